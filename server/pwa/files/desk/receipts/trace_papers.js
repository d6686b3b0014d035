/** Where a batch came from: the supplier, its licences as they are on file, the papers of the deliveries. */

import { day, either, text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { Picture } from "../parts/picture.js";
import { numberOf } from "./words.js";

/** @param {{trace: any}} properties */
export function TracePapers({ trace }) {
  const numbers = new Map(trace.lines.map((line) => [line.goods_receipt_id, numberOf(line)]));
  return html`
    <section class="trace-part">
      <h3>${text("trace.origin")}</h3>
      <div class="trace-origin">
        ${trace.suppliers.map((supplier) => html`<${Supplier} key=${supplier.id} ...${supplier} />`)}
        ${trace.papers.length > 0 && html`
          <article class="card trace-papers">
            <h4>${text("trace.papers")}</h4>
            <ul class="papers">
              ${trace.papers.map((paper) => html`<${Paper} paper=${paper} receipt=${numbers.get(paper.goods_receipt_id)} />`)}
            </ul>
          </article>
        `}
      </div>
    </section>
  `;
}

function Supplier({ name, code, address, licences }) {
  return html`
    <article class="card">
      <h4>${name} <span class="muted small">${[code, address].filter(Boolean).join(" · ")}</span></h4>
      <ul class="papers">
        ${licences.map((licence) => html`
          <li key=${licence.id}>
            <span>${text(`licence_kind.${licence.kind}`)}</span>
            <span class="muted small">${licence.number}</span>
            <span class="muted small">${licence.valid_until ? text("trace.valid_until", { day: day(licence.valid_until) }) : text("trace.no_end")}</span>
          </li>
        `)}
      </ul>
    </article>
  `;
}

function Paper({ paper, receipt }) {
  return html`
    <li>
      <span>${either(paper.title)}</span>
      <span class="muted small">${[paper.number, receipt].filter(Boolean).join(" · ")}</span>
      ${paper.attachment_ids.length > 0 && html`<span class="strip">${paper.attachment_ids.map((id) => html`<${Picture} key=${id} id=${id} alt=${either(paper.title)} />`)}</span>`}
    </li>
  `;
}
