/** One position of the delivery: batch, dates, quantity. The shelf life does the arithmetic. */

import { expiryOf, lifeOf, parseShelfLife, lifeInDays } from "../../../receiving/dates.js";
import { parseQuantity, withDelivered } from "../../../receiving/quantities.js";
import { day, either, number, text, told, word } from "../../../shared/language.js";
import { Screen } from "../../parts/screen.js";
import { goInstead } from "../../../shared/router.js";
import { say } from "../../../shared/messages.js";
import { today } from "../../storage/ids.js";
import { html, useState } from "../../view.js";
import { withChangedLine, withoutLine } from "./documents.js";
import { useReceipt } from "./use_receipt.js";

export default function Line({ id, line: lineId }) {
  const shown = useReceipt(id);
  const { receipt, held, basis, edit, isClosed, isLoading } = shown;
  const back = `#/receipts/${id}`;
  const line = receipt?.lines.find((one) => one.id === lineId);
  if (isLoading || !line) return html`<${Screen} title=${text("receiving.line")} back=${back} />`;
  const product = held.products.get(line.product_id)?.document;
  const change = (changed) => edit((document) => withChangedLine(document, lineId, (before) => ({ ...before, ...changed })));
  const remove = async () => {
    const before = receipt;
    await edit((document) => withoutLine(document, lineId));
    goInstead(back);
    say(text("receiving.removed", { name: product?.name ?? "" }), { label: text("undo"), run: () => void edit(() => before) });
  };
  return html`
    <${Screen} title=${product?.name ?? ""} subtitle=${product?.specification} back=${back} footer=${html`<a class="button" href=${back}>${text("receiving.done")}</a>`}>
      <section class="card stack">
        <${Delivered} line=${line} product=${product} isClosed=${isClosed} edit=${edit} lineId=${lineId} />
        <label class="labelled"><span>${text("receiving.batch")}</span>
          <input class="field" type="text" maxlength="100" autocomplete="off" autocapitalize="characters" disabled=${isClosed} value=${line.supplier_batch_number} onInput=${(event) => void change({ supplier_batch_number: event.target.value })} /></label>
      </section>
      <${Dates} receipt=${receipt} line=${line} change=${change} isClosed=${isClosed} />
      ${product?.storage_class === "chilled" &&
      html`<section class="card stack"><label class="labelled"><span>${text("receiving.label_temperature")}</span><input class="field" type="text" inputmode="decimal" maxlength="6" disabled=${isClosed} value=${line.label_temperature_c ?? ""} onChange=${(event) => takeLabel(event.target, change)} /></label></section>`}
      ${basis?.lines[lineId] && html`<p class="muted small">${text("receiving.checklist", { name: either(basis.lines[lineId].checklist), n: number(basis.lines[lineId].checklist.version) })}</p>`}
      ${!isClosed && html`<button class="link is-bad" type="button" onClick=${remove}>${text("receiving.remove_line")}</button>`}
    <//>
  `;
}

function takeLabel(input, change) {
  const parsed = parseQuantity(input.value.replace(/^[-−－]/, ""), "°C");
  const isNegative = /^[-−－]/.test(input.value.trim());
  if (input.value.trim() === "") void change({ label_temperature_c: null });
  else if (parsed.value !== null) void change({ label_temperature_c: isNegative ? `-${parsed.value}` : parsed.value });
}

function Delivered({ line, product, edit, lineId, isClosed }) {
  const [typed, setTyped] = useState(line.delivered_quantity);
  const [error, setError] = useState("");
  const take = (value) => {
    setTyped(value);
    const parsed = parseQuantity(value, line.unit, product ? [product.unit_name.zh, product.unit_name.en] : []);
    if (parsed.value === null) return setError(told(parsed.error));
    if (Number(parsed.value) <= 0) return setError(text("receiving.more_than_none"));
    if (withDelivered(line, parsed.value) === null) return setError(text("receiving.less_than_decided"));
    setError("");
    void edit((document) => withChangedLine(document, lineId, (before) => withDelivered(/** @type {any} */ (before), parsed.value) ?? before));
  };
  return html`
    <label class="labelled"><span>${text("receiving.delivered", { unit: word("unit", line.unit) })}</span>
      <input class="field is-large" type="text" inputmode="decimal" maxlength="20" disabled=${isClosed} aria-invalid=${error ? "true" : null} value=${typed} onInput=${(event) => take(event.target.value)} /></label>
    ${error && html`<p class="field-error" role="alert">${error}</p>`}
  `;
}

function Dates({ receipt, line, change, isClosed }) {
  const expires = expiryOf(line);
  const life = lifeOf(line.produced_on, expires, receipt.delivered_on);
  const daysAgo = (days) => today(new Date(Date.parse(`${receipt.delivered_on}T12:00:00`) - days * 86_400_000));
  return html`
    <section class="card stack">
      <label class="labelled"><span>${text("receiving.produced_on")}</span><input class="field" type="date" disabled=${isClosed} value=${line.produced_on ?? ""} onInput=${(event) => void change({ produced_on: event.target.value || null })} /></label>
      ${!isClosed && !line.produced_on && html`<div class="choice" role="group" aria-label=${text("receiving.produced_on")}>${[0, 1, 2].map((days) => html`<button type="button" onClick=${() => void change({ produced_on: daysAgo(days) })}>${text(days === 0 ? "receiving.today" : days === 1 ? "receiving.yesterday" : "receiving.two_days_ago")}</button>`)}</div>`}
      <${ShelfLife} line=${line} change=${change} isClosed=${isClosed} />
      <label class="labelled"><span>${text("receiving.expires_on")}</span><input class="field" type="date" disabled=${isClosed} value=${line.expires_on ?? ""} onInput=${(event) => void change({ expires_on: event.target.value || null })} /></label>
      ${expires && html`<p class=${life?.is_expired ? "is-bad" : "muted"}>${life ? text(life.is_expired ? "receiving.expired" : "receiving.life_left", { day: day(expires), n: number(life.remaining_days), share: number(life.share_left) }) : text("receiving.expires", { day: day(expires) })}</p>`}
    </section>
  `;
}

function ShelfLife({ line, change, isClosed }) {
  const [typed, setTyped] = useState(line.shelf_life_days === null ? "" : String(line.shelf_life_days));
  const [isWrong, setWrong] = useState(false);
  const take = (value) => {
    setTyped(value);
    if (!value.trim()) {
      setWrong(false);
      return void change({ shelf_life_days: null });
    }
    const life = parseShelfLife(value);
    const days = life && lifeInDays(life, line.produced_on);
    setWrong(days === null);
    if (days !== null) void change({ shelf_life_days: days });
  };
  return html`
    <label class="labelled"><span>${text("receiving.shelf_life")}</span><input class="field" type="text" maxlength="12" disabled=${isClosed} aria-invalid=${isWrong ? "true" : null} value=${typed} onInput=${(event) => take(event.target.value)} /></label>
    ${isWrong && html`<p class="field-error" role="alert">${text("receiving.shelf_life_wrong")}</p>`}
  `;
}
