/** What was decided about a signed receipt afterwards, and the way to decide more. */

import { moment, number, text, word } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { may } from "../session.js";
import { AmendmentForm } from "./amendment_form.js";
import { PARTS } from "./lines.js";
import { DecisionBadge, Fact } from "./words.js";

/** @param {{receipt: any, again: () => void}} properties */
export function Amendments({ receipt, again }) {
  const [isOpen, setOpen] = useState(false);
  const { document: signed, amendments: made } = receipt;
  const mayAmend = signed.status === "signed" && may("capture_records");
  if (made.length === 0 && !mayAmend) return null;
  return html`
    <section>
      <div class="section-head">
        <h3>${text("amendments.title")}</h3>
        ${mayAmend && html`<button class="button quiet" type="button" aria-haspopup="dialog" onClick=${() => setOpen(true)}>${text("amend.open")}</button>`}
      </div>
      ${made.map((amendment) => html`<${Amendment} key=${amendment.id} amendment=${amendment} signed=${signed} />`)}
      ${isOpen && html`<${AmendmentForm} receipt=${receipt} close=${() => setOpen(false)} again=${again} />`}
    </section>
  `;
}

function Amendment({ amendment, signed }) {
  return html`
    <article class="card amendment">
      <div class="receipt-head">
        <span class="receipt-number">${amendment.number}</span>
        <${DecisionBadge} status="signed" decision=${amendment.decision} />
      </div>
      <strong>${word("amendment", amendment.kind)}</strong>
      <p>${amendment.reason}</p>
      <ul class="amended-lines">${amendment.lines.map((line) => html`<${AmendedLine} line=${line} signed=${signed} />`)}</ul>
      <dl class="facts">
        <${Fact} term=${text("amendments.by")}>${amendment.created_by.name}<//>
        <${Fact} term=${text("amendments.received_at")}>${moment(amendment.received_at)}<//>
      </dl>
    </article>
  `;
}

function AmendedLine({ line, signed }) {
  const name = signed.basis.lines[line.line_id]?.product.name ?? line.line_id;
  const parts = PARTS.map((part) => `${word("quantity", part)} ${number(line[`${part}_quantity`])}`);
  if (line.disposition) parts.push(word("disposition", line.disposition));
  return html`<li><span>${name}</span> <span class="muted">${parts.join(" · ")}</span></li>`;
}
