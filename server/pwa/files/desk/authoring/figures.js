/** The figures of one version that carry 待核对, and confirming one against its source. */

import { either, moment, text, word } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { Sheet } from "../../shared/sheet.js";
import { send } from "../api.js";
import { Field } from "../parts/fields.js";
import { ErrorNotice } from "../parts/problem.js";
import { may } from "../session.js";
import { html, useAnswer, useState } from "../view.js";
import { shown } from "./differences.js";
import { limitWords } from "./limit_words.js";

const RULES = ["acceptance", "grading", "sampling_scheme"];

/** @param {{id: string, document: any}} properties */
export function FigureList({ id, document }) {
  const { answer, error, again } = useAnswer(`checklists/${id}/confirmations`);
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const confirmed = new Map((answer?.confirmations ?? []).map((one) => [`${one.part}/${one.item_id}`, one]));
  const figures = unconfirmed(document);
  if (figures.length === 0) return null;
  return html`
    <section class="card" aria-label=${text("authoring.figures")}>
      <h3>${text("authoring.figures")}</h3>
      <p class="muted">${text("authoring.figures_lead")}</p>
      <${ErrorNotice} error=${error} />
      <ul class="figure-list">
        ${figures.map((figure) => {
          const done = confirmed.get(`${figure.part}/${figure.item_id}`);
          return html`
            <li key=${figure.part + figure.item_id}>
              <span class="figure-text"><strong>${figure.title}</strong><span class="muted">${figure.says}</span></span>
              ${done && html`<span class="muted small">${text("authoring.confirmed_by", { name: done.confirmed_by_name, when: moment(done.confirmed_at), source: done.source })}</span>`}
              ${!done && html`<span class="tag">${text("unconfirmed")}</span>`}
              ${!done && may("write_master_data") && html`<button class="button quiet" type="button" onClick=${() => setOpen(figure)}>${text("authoring.confirm")}</button>`}
            </li>
          `;
        })}
      </ul>
      ${open && html`<${Confirm} path=${`checklists/${id}/confirmations`} body=${{ part: open.part, item_id: open.item_id }} figure=${open} close=${() => setOpen(null)} done=${() => { setOpen(null); again(); }} />`}
    </section>
  `;
}

function unconfirmed(document) {
  const all = [...document.head_items, ...document.items];
  const optionsOf = ({ limits }) => all.find(({ id }) => id === limits?.by_choice?.item)?.options;
  const items = all
    .filter((item) => item.is_confirmed === false)
    .map((item) => ({ part: "item", item_id: item.id, title: `${item.id} ${either(item)}`, says: [limitWords(item.limits, item.unit, optionsOf(item)), item.basis && either(item.basis)].filter(Boolean).join(" · ") }));
  const rules = RULES.filter((part) => document[part] && document[part].is_confirmed === false).map((part) => {
    const { is_confirmed: _mark, ...says } = document[part];
    return { part, item_id: "", title: word("figure_part", part), says: shown(says) };
  });
  return [...items, ...rules];
}

/**
 * Say against which text a figure was checked.
 *
 * @param {{path: string, body: any, figure: {title: string, says: string}, close: () => void, done: () => void}} properties
 */
export function Confirm({ path, body, figure, close, done }) {
  const [source, setSource] = useState("");
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const submit = async (event) => {
    event.preventDefault();
    try {
      await send("POST", path, { id: crypto.randomUUID(), ...body, source });
      say(text("authoring.confirmed", { name: figure.title }));
      done();
    } catch (refused) {
      setError(refused);
    }
  };
  return html`
    <${Sheet} title=${text("authoring.confirm")} close=${close}>
      <form class="sheet-form" onSubmit=${submit}>
        <p><strong>${figure.title}</strong> ${figure.says}</p>
        <p class="muted">${text("authoring.confirm_lead")}</p>
        <${ErrorNotice} error=${error} />
        <${Field} label=${text("authoring.source")} hint=${text("authoring.source_hint")}><textarea required maxlength="500" value=${source} onInput=${(event) => setSource(event.target.value)}></textarea><//>
        <button class="button" type="submit">${text("authoring.confirm")}</button>
      </form>
    <//>
  `;
}
