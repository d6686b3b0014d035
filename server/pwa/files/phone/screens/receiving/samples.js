/** The sampling gate: one line after the other, each with its plan and its counts. */

import { number, text, told, word } from "../../../shared/language.js";
import { Icon } from "../../../shared/icons.js";
import { Screen } from "../../parts/screen.js";
import { html } from "../../view.js";
import { useReceipt } from "./use_receipt.js";

export default function Samples({ id }) {
  const { receipt, held, basis, verdict, isLoading } = useReceipt(id);
  const back = `#/receipts/${id}`;
  if (isLoading || !receipt) return html`<${Screen} title=${word("gate", "sampling")} back=${back} />`;
  return html`
    <${Screen} title=${word("gate", "sampling")} back=${back} footer=${html`<a class="button" href=${`#/receipts/${id}/decision`}>${text("receiving.to_decision")}</a>`}>
      ${!held.tables && html`<p class="card notice" role="alert">${text("sample.no_tables")}</p>`}
      <ul class="picks">
        ${receipt.lines.map((line) => {
          const found = verdict?.lines[line.id];
          const plan = basis?.lines[line.id]?.sampling;
          return html`
            <li key=${line.id}>
              <a class="card pick" href=${`#/receipts/${id}/samples/${line.id}`}>
                <span class="pick-text"><strong>${held.products.get(line.product_id)?.document.name}</strong>
                  <span class="muted small">${plan ? text("sample.summary", { n: number(plan.sample_size), lot: number(plan.lot_size) }) : text("sample.not_drawn")}</span>
                  ${found?.reasons.map((reason) => html`<span class="small is-bad">${told(reason)}</span>`)}
                </span>
                ${found?.lot_decision ? html`<span class="tag" data-decision=${found.lot_decision}>${word("lot_decision", found.lot_decision)}</span>` : html`<${Icon} name="chevron" />`}
              </a>
            </li>
          `;
        })}
      </ul>
    <//>
  `;
}
