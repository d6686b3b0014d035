/** The sampling gate: drawn for all lines at once, or one line after the other. */

import { standing } from "../../../sampling/lot.js";
import { number, text, told, word } from "../../../shared/language.js";
import { Icon } from "../../../shared/icons.js";
import { Screen } from "../../parts/screen.js";
import { html } from "../../view.js";
import { lotSizeOf, withSample } from "./documents.js";
import { drawn, finished, itemsAtSampling } from "./drawing.js";
import { useReceipt } from "./use_receipt.js";

export default function Samples({ id }) {
  const shown = useReceipt(id);
  const { receipt, held, edit, isClosed, isLoading } = shown;
  const back = `#/receipts/${id}`;
  if (isLoading || !receipt) return html`<${Screen} title=${word("gate", "sampling")} back=${back} />`;
  const open = held.tables && !isClosed ? receipt.lines.filter((line) => lotSizeOf(line) && !sampleOf(receipt, line.id)) : [];
  const drawAll = () => edit((document) => open.reduce((changed, line) => withSample(changed, drawn(changed, line, productOf(held, line), held, /** @type {number} */ (lotSizeOf(line)), null)), document));
  return html`
    <${Screen} title=${word("gate", "sampling")} back=${back} footer=${html`<a class="button" href=${`#/receipts/${id}/decision`}>${text("receiving.to_decision")}</a>`}>
      ${!held.tables && html`<p class="card notice" role="alert">${text("sample.no_tables")}</p>`}
      ${open.length > 1 && html`<button class="button quiet draw-all" type="button" onClick=${drawAll}>${text("sample.draw_all", { n: number(open.length) })}</button>`}
      <ul class="picks">${receipt.lines.map((line) => html`<li key=${line.id}><${LineSample} id=${id} line=${line} shown=${shown} /></li>`)}</ul>
    <//>
  `;
}

const sampleOf = (receipt, lineId) => receipt.samples.find((one) => one.line_id === lineId) ?? null;
const productOf = (held, line) => held.products.get(line.product_id)?.document;

function LineSample({ id, line, shown: { receipt, held, basis, verdict, parts, edit, isClosed } }) {
  const found = verdict?.lines[line.id];
  const plan = basis?.lines[line.id]?.sampling;
  const sample = sampleOf(receipt, line.id);
  const { counts } = plan ? itemsAtSampling(parts, line.id) : { counts: [] };
  const isClean = plan && sample && Object.values(sample.nonconforming).every((n) => n === 0);
  const finish = () => edit((document) => finished(document, line.id, counts, sample, plan));
  return html`
    <a class="card pick" href=${`#/receipts/${id}/samples/${line.id}`}>
      <span class="pick-text"><strong>${productOf(held, line)?.name}</strong>
        <span class="muted small">${plan ? text("sample.summary", { n: number(plan.sample_size), lot: number(plan.lot_size) }) : text("sample.not_drawn")}</span>
        ${plan && sample && !plan.full_inspection && sample.inspected < plan.sample_size && html`<span class="muted small">${numbersText(sample)}</span>`}
        ${plan && sample && !isClean && html`<span class="small">${told(standing(plan, sample).text)}</span>`}
        ${found?.reasons.map((reason) => html`<span class="small is-bad">${told(reason)}</span>`)}
      </span>
      ${found?.lot_decision ? html`<span class="tag" data-decision=${found.lot_decision}>${word("lot_decision", found.lot_decision)}</span>` : html`<${Icon} name="chevron" />`}
    </a>
    ${isClean && !isClosed && sample.inspected < plan.sample_size && html`<button class="button quiet all-clean" type="button" onClick=${finish}>${text("sample.all_clean", { n: number(plan.sample_size) })}</button>`}
  `;
}

const FEW = 8;

/** Which items to open: the first of them; all stand on the line's own screen. */
function numbersText({ item_numbers: drawnNumbers }) {
  const numbers = [...drawnNumbers].sort((one, other) => one - other);
  const shown = numbers.slice(0, FEW).join(" · ");
  return text("sample.open_these", { numbers: numbers.length > FEW ? `${shown} …` : shown });
}
