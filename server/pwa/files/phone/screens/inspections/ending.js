/** The end of an inspection: what is missing leads to its item; else what will follow from it. */

import { counted, either, number, text, told, word } from "../../../shared/language.js";
import { Sheet } from "../../../shared/sheet.js";
import { html } from "../../view.js";

/** @param {{shown: any, close: () => void, end: () => void}} properties */
export function Ending({ shown, close, end }) {
  const { stand } = shown;
  if (stand.missing.length > 0) return html`<${Sheet} title=${counted("inspections.left", stand.missing.length)} close=${close}><${Missing} missing=${stand.missing} close=${close} /><//>`;
  return html`
    <${Sheet} title=${text("inspections.finish")} close=${close}>
      ${stand.grade.grade && html`<p class="inspection-grade" data-grade=${stand.grade.grade}>${word("grade", stand.grade.grade)}</p>`}
      ${stand.failed.length > 0
        ? html`
            <p>${counted("inspections.become_findings", stand.failed.length)}</p>
            <ul class="failed-list">${stand.failed.map(({ item }) => html`<li key=${item.id}><span class="item-class" data-class=${item.nonconformity_class}>${item.nonconformity_class}</span><span>${either(item)}${stand.earlier.has(item.id) && html` <span class="tag is-bad">${text("actions.repeat")}</span>`}</span></li>`)}</ul>
          `
        : html`<p>${text("inspections.all_well", { n: number(stand.answered) })}</p>`}
      <p class="muted small">${text("inspections.stands")}</p>
      <button class="button" type="button" onClick=${end}>${text("inspections.finish_now")}</button>
    <//>
  `;
}

function Missing({ missing, close }) {
  const lead = (id) => {
    close();
    const item = document.getElementById(`item-${id}`);
    item?.scrollIntoView({ block: "center" });
    /** @type {HTMLElement | null | undefined} */ (item?.querySelector("button, input, textarea, canvas"))?.focus({ preventScroll: true });
  };
  return html`
    <ul class="missing-list">
      ${missing.map(
        ({ item, outcome, lacksPhoto }) => html`
          <li key=${item.id}>
            <button class="missing-item" type="button" onClick=${() => lead(item.id)}>
              <strong>${either(item)}</strong>
              <span class="small is-bad">${lacksPhoto ? text("inspections.photo_missing") : told({ key: `reason.${outcome.reasons[0].code}`, params: outcome.reasons[0].params })}</span>
            </button>
          </li>
        `,
      )}
    </ul>
  `;
}
