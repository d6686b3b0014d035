/**
 * One item of a checklist, answered with a thumb: receiving, inspections and registers use it.
 * What an answer means is not decided here but by checklists/evaluation.js; this shows it.
 */

import { plainText } from "../../../checklists/measurement.js";
import { either, text, told } from "../../../shared/language.js";
import { html, useState } from "../../view.js";
import { Choice } from "../choice.js";
import { Icon } from "../../../shared/icons.js";
import { Keypad } from "../keypad.js";

/**
 * @typedef {Record<string, any>} Item
 * @typedef {Record<string, any>} Answer id, item_id, value, is_ok, not_applicable, number, attachment_ids, note
 * @typedef {{smallest: bigint | null, largest: bigint | null}} Bounds in millionths
 */

/**
 * @param {object} properties
 * @param {Item} properties.item
 * @param {Answer | null} properties.answer
 * @param {{outcome: string, reasons: any[]} | null} properties.outcome as the evaluation judged it
 * @param {Bounds} [properties.bounds]
 * @param {(changed: Partial<Answer>) => void} properties.onAnswer
 * @param {any} [properties.photos] the photo field, where the item may have photos
 * @param {boolean} [properties.isClosed] nothing may be changed any more
 */
export function ChecklistItem({ item, answer, outcome, bounds, onAnswer, photos, isClosed = false }) {
  const isNotOk = outcome?.outcome === "not_ok";
  return html`
    <article class="item" id=${`item-${item.id}`} data-outcome=${outcome?.outcome ?? "missing"}>
      <div class="item-head">
        <span class="item-class" data-class=${item.nonconformity_class} aria-label=${text("item.class", { name: item.nonconformity_class })}>${item.nonconformity_class}</span>
        <h3>${either(item)}</h3>
        <${Sign} outcome=${outcome?.outcome} />
      </div>
      <${Input} item=${item} answer=${answer} bounds=${bounds ?? { smallest: null, largest: null }} onAnswer=${onAnswer} isClosed=${isClosed} />
      ${outcome && (isNotOk || isLacking(answer, outcome)) && outcome.reasons.length > 0 && html`<p class="item-reason" data-outcome=${outcome.outcome}>${outcome.reasons.map((reason) => told({ key: `reason.${reason.code}`, params: reason.params })).join(text("app.separator"))}</p>`}
      ${photos}
      ${(isNotOk || answer?.note) &&
      html`<textarea class="item-note" rows="2" maxlength="1000" aria-label=${text("item.note")} placeholder=${text("item.note")} disabled=${isClosed} value=${answer?.note ?? ""} onInput=${(event) => onAnswer({ note: event.target.value })}></textarea>`}
      <${Footnote} item=${item} />
    </article>
  `;
}

/** Answered, and still not enough: a paper without number or photo, a date without its shelf life. */
function isLacking(answer, outcome) {
  const isGiven = answer && (answer.is_ok !== null || answer.value || answer.number || answer.attachment_ids.length > 0);
  return Boolean(isGiven && outcome?.outcome === "missing");
}

function Sign({ outcome }) {
  if (outcome === "ok") return html`<span class="item-sign is-ok"><${Icon} name="check" /></span>`;
  if (outcome === "not_ok") return html`<span class="item-sign is-bad"><${Icon} name="cross" /></span>`;
  return null;
}

function Footnote({ item }) {
  if (item.is_confirmed !== false && !item.note) return null;
  return html`
    <p class="item-foot muted small">
      ${item.is_confirmed === false && html`<span class="tag">${text("item.unconfirmed")}</span>`}
      ${item.note && either(item.note)}
    </p>
  `;
}

function Input(properties) {
  const { item, answer, onAnswer, isClosed } = properties;
  const na = item.may_be_not_applicable
    ? html`<button class="na" type="button" aria-pressed=${String(answer?.not_applicable ?? false)} disabled=${isClosed} onClick=${() => onAnswer({ not_applicable: !answer?.not_applicable, is_ok: null, value: null })}>${text("item.not_applicable")}</button>`
    : null;
  if (answer?.not_applicable) return html`<div class="item-input">${na}</div>`;
  const Kind = KINDS[item.type] ?? TextInput;
  return html`<div class="item-input"><${Kind} ...${properties} />${na}</div>`;
}

function Marks({ item, answer, onAnswer, isClosed }) {
  const options = [
    { value: "ok", label: text("item.ok"), tone: "ok" },
    { value: "not_ok", label: text("item.not_ok"), tone: "bad" },
  ];
  const value = answer?.is_ok === true ? "ok" : answer?.is_ok === false ? "not_ok" : null;
  // A second tap on the same takes it back.
  const choose = (chosen) => onAnswer({ is_ok: chosen === value ? null : chosen === "ok", not_applicable: false });
  return html`<${Choice} label=${either(item)} options=${options} value=${value} onChoose=${choose} isDisabled=${isClosed} />`;
}

function Paper(properties) {
  const { item, answer, onAnswer, isClosed } = properties;
  return html`
    <${Marks} ...${properties} />
    ${(item.is_number_required || answer?.number || (answer?.is_ok && answer.attachment_ids.length === 0)) &&
    html`<input class="field" type="text" maxlength="100" disabled=${isClosed} placeholder=${text("item.paper_number")} aria-label=${text("item.paper_number")} value=${answer?.number ?? ""} onInput=${(event) => onAnswer({ number: event.target.value })} />`}
  `;
}

function Temperature({ item, answer, bounds, onAnswer, isClosed }) {
  const [isOpen, setOpen] = useState(false);
  const limit = limitText(bounds, "℃");
  return html`
    <button class="reading" type="button" disabled=${isClosed} onClick=${() => setOpen(true)}>
      <span class="reading-value">${answer?.value ? text("item.degrees", { value: answer.value.replace("-", "−") }) : text("item.enter_temperature")}</span>
      <span class="muted small">${limit}</span>
    </button>
    ${isOpen &&
    html`<${Keypad} title=${either(item)} bounds=${bounds} limit=${limit} value=${answer?.value ?? null} close=${() => setOpen(false)} done=${(value) => { onAnswer({ value, not_applicable: false }); setOpen(false); }} />`}
  `;
}

function NumberInput({ item, answer, bounds, onAnswer, isClosed }) {
  const limit = limitText(bounds, item.unit ?? "");
  return html`
    <label class="field-row">
      <input class="field" type="text" inputmode="decimal" maxlength="20" disabled=${isClosed} aria-label=${either(item)} value=${answer?.value ?? ""} onInput=${(event) => onAnswer({ value: event.target.value || null })} />
      <span class="muted">${item.unit ?? ""}</span>
    </label>
    ${limit && html`<p class="muted small">${limit}</p>`}
  `;
}

function Count({ item, answer, onAnswer, isClosed }) {
  const n = Number(answer?.value ?? 0);
  const set = (value) => onAnswer({ value: String(Math.max(0, value)) });
  return html`
    <div class="stepper">
      <button type="button" disabled=${isClosed || n === 0} aria-label=${text("item.one_less")} onClick=${() => set(n - 1)}><${Icon} name="minus" /></button>
      <output aria-live="polite">${answer?.value ?? "–"}</output>
      <button type="button" disabled=${isClosed} aria-label=${text("item.one_more")} onClick=${() => set(n + 1)}><${Icon} name="plus" /></button>
      ${!answer?.value && html`<button class="button quiet" type="button" disabled=${isClosed} onClick=${() => set(0)}>${text("item.none_found")}</button>`}
    </div>
  `;
}

function Options({ item, answer, onAnswer, isClosed }) {
  const options = item.options.map((option) => ({ value: option.value, label: either(option), tone: option.is_ok ? "ok" : "bad" }));
  return html`<${Choice} label=${either(item)} options=${options} value=${answer?.value ?? null} isDisabled=${isClosed} onChoose=${(value) => onAnswer({ value: value === answer?.value ? null : value })} />`;
}

function TextInput({ item, answer, onAnswer, isClosed }) {
  return html`<textarea class="field" rows="2" maxlength="2000" disabled=${isClosed} aria-label=${either(item)} value=${answer?.value ?? ""} onInput=${(event) => onAnswer({ value: event.target.value || null })}></textarea>`;
}

function DayInput({ item, answer, onAnswer, isClosed }) {
  return html`<input class="field" type="date" disabled=${isClosed} aria-label=${either(item)} value=${answer?.value ?? ""} onInput=${(event) => onAnswer({ value: event.target.value || null })} />`;
}

/** A moment by this phone's clock; it is written down in UTC. */
function TimeInput({ item, answer, onAnswer, isClosed }) {
  const at = answer?.value ? new Date(answer.value) : null;
  const local = at && !Number.isNaN(at.getTime()) ? new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : "";
  const written = (value) => (value ? new Date(value).toISOString() : null);
  return html`<input class="field" type="datetime-local" disabled=${isClosed} aria-label=${either(item)} value=${local} onInput=${(event) => onAnswer({ value: written(event.target.value) })} />`;
}

function Place({ item, answer, onAnswer, isClosed }) {
  const ask = () => navigator.geolocation?.getCurrentPosition(({ coords }) => onAnswer({ value: `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}` }));
  return html`<div class="field-row"><output class="field" aria-label=${either(item)}>${answer?.value ?? "–"}</output><button class="button quiet" type="button" disabled=${isClosed} onClick=${ask}>${text("item.here")}</button></div>`;
}

function Nothing() {
  return null;
}

const KINDS = {
  check: Marks,
  document: Paper,
  temperature: Temperature,
  number: NumberInput,
  count: Count,
  choice: Options,
  text: TextInput,
  barcode: TextInput,
  date: DayInput,
  time: TimeInput,
  location: Place,
  photo: Nothing,
  signature: Nothing,
};

/**
 * A limit in words: “≤ −12 ℃”.
 *
 * @param {Bounds} bounds
 * @param {string} unit
 */
export function limitText({ smallest, largest }, unit) {
  const words = (number) => `${plainText(number).replace("-", "−")} ${unit}`.trim();
  if (smallest !== null && largest !== null) return `${words(smallest)} … ${words(largest)}`;
  if (largest !== null) return `≤ ${words(largest)}`;
  if (smallest !== null) return `≥ ${words(smallest)}`;
  return "";
}

