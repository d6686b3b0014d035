/** The lines: what came, what was taken, what the sample said. */

import { day, either, number, text, word } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { SamplingTable } from "./sampling_table.js";
import { Fact, traceAddress } from "./words.js";

export const PARTS = ["accepted", "rejected", "pending"];

/** @param {{receipt: any}} properties */
export function Lines({ receipt: { document: signed, lines_now: now } }) {
  return html`
    <section>
      <h3>${text("lines.title")}</h3>
      ${signed.lines.map(
        (line) => html`
          <${Line}
            key=${line.id}
            line=${line}
            now=${now.find((quantities) => quantities.line_id === line.id) ?? line}
            basis=${signed.basis.lines[line.id]}
            verdict=${signed.verdict.lines[line.id]}
            sample=${signed.samples.find((sample) => sample.line_id === line.id)}
            supplierId=${signed.supplier_id}
          />
        `,
      )}
    </section>
  `;
}

function Line({ line, now, basis, verdict, sample, supplierId }) {
  const { product } = basis;
  const batch = line.supplier_batch_number;
  return html`
    <article class="card line">
      <h4>${product.name} <span class="muted small">${product.specification}</span></h4>
      <${Quantities} line=${line} now=${now} unit=${word("unit", product.unit)} />
      ${verdict?.reasons.length > 0 && html`<ul class="reasons">${verdict.reasons.map((reason) => html`<li>${either(reason)}</li>`)}</ul>`}
      ${line.rejection_reason && html`<p>${text("lines.rejection_reason", { reason: line.rejection_reason })}</p>`}
      <dl class="facts">
        <${Fact} term=${text("lines.batch")}>
          ${batch && html`<a class="trace-link" href=${traceAddress(batch, { supplier_id: supplierId, product_id: line.product_id })}>${batch}<span class="small">${text("trace.link")}</span></a>`}
        <//>
        <${Fact} term=${text("lines.produced_on")}>${line.produced_on && day(line.produced_on)}<//>
        <${Fact} term=${text("lines.expires_on")}>${basis.expires_on && day(basis.expires_on)}<//>
        <${Fact} term=${text("lines.storage")}>${storage(product)}<//>
      </dl>
      ${basis.sampling && html`<${SamplingTable} sampling=${basis.sampling} verdict=${verdict} sample=${sample} scheme=${product.sampling_scheme} />`}
    </article>
  `;
}

function storage({ storage_class: storageClass, temperature_limits: limits }) {
  const words = word("storage", storageClass);
  if (!limits) return words;
  const { min, max } = limits;
  const key = min === null ? "lines.at_most" : max === null ? "lines.at_least" : "lines.between";
  const range = `${words} ${text(key, { min: min && number(min), max: max && number(max) })}`;
  return limits.is_confirmed ? range : html`<span>${range} <span class="tag">${text("unconfirmed")}</span></span>`;
}

/** Delivered = accepted + rejected + pending, as a bar and in figures. */
function Quantities({ line, now, unit }) {
  const isAmended = PARTS.some((part) => now[`${part}_quantity`] !== line[`${part}_quantity`]);
  const shares = PARTS.map((part) => [part, Number(now[`${part}_quantity`])]).filter(([, quantity]) => Number(quantity) > 0);
  return html`
    <div class="quantities">
      <div class="quantity-bar" aria-hidden="true">
        ${shares.map(([part, quantity]) => html`<span data-part=${part} style=${{ flexGrow: String(Number(quantity) / Number(line.delivered_quantity)) }}></span>`)}
      </div>
      <dl class="figures">
        <${Figure} part="delivered" quantity=${line.delivered_quantity} unit=${unit} />
        ${PARTS.map((part) => html`<${Figure} part=${part} quantity=${now[`${part}_quantity`]} />`)}
      </dl>
      ${isAmended && html`<p class="muted small">${text("lines.amended", signedQuantities(line))}</p>`}
    </div>
  `;
}

function signedQuantities(line) {
  return Object.fromEntries(PARTS.map((part) => [part, number(line[`${part}_quantity`])]));
}

/** @param {{part: string, quantity: string, unit?: string}} properties */
function Figure({ part, quantity, unit }) {
  return html`
    <div class=${Number(quantity) === 0 ? "figure is-zero" : "figure"} data-part=${part}>
      <dt>${word("quantity", part)}</dt>
      <dd>${number(quantity)}${unit && html`<span class="unit">${unit}</span>`}</dd>
    </div>
  `;
}
