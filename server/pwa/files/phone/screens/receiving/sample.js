/**
 * Sampling one line: how large the lot, how many to open and which, and a large + for each
 * nonconformity. Red at the rejection number; green once the rest cannot change it any more.
 */

import { explainPlan, explainSeverity } from "../../../sampling/explanation.js";
import { standing } from "../../../sampling/lot.js";
import { number, text, told, word } from "../../../shared/language.js";
import { Screen } from "../../parts/screen.js";
import { html, useState } from "../../view.js";
import { lotSizeOf, withSample } from "./documents.js";
import { CLASSES, counted, drawn, finished, itemsAtSampling } from "./drawing.js";
import { ReceiptItem } from "./item.js";
import { useReceipt } from "./use_receipt.js";

export default function Sample({ id, line: lineId }) {
  const shown = useReceipt(id);
  const { receipt, held, basis, edit, isClosed, isLoading } = shown;
  const back = `#/receipts/${id}/samples`;
  const line = receipt?.lines.find((one) => one.id === lineId);
  if (isLoading || !line) return html`<${Screen} title=${word("gate", "sampling")} back=${back} />`;
  const product = held.products.get(line.product_id)?.document;
  const sample = receipt.samples.find((one) => one.line_id === lineId) ?? null;
  const plan = basis?.lines[lineId]?.sampling ?? null;
  if (!held.tables) return html`<${Screen} title=${product.name} back=${back}><p class="card notice" role="alert">${text("sample.no_tables")}</p><//>`;
  return html`
    <${Screen} title=${product.name} subtitle=${text("sample.of", { quantity: line.delivered_quantity, unit: word("unit", line.unit) })} back=${back} footer=${html`<a class="button" href=${back}>${text("receiving.done")}</a>`}>
      <${Lot} key=${sample ? "drawn" : "new"} line=${line} sample=${sample} isClosed=${isClosed} draw=${(lotSize) => edit((document) => withSample(document, drawn(document, line, product, held, lotSize, sample)))} />
      ${sample && plan && html`<${Counting} sample=${sample} plan=${plan} shown=${shown} lineId=${lineId} />`}
    <//>
  `;
}

function Lot({ line, sample, draw, isClosed }) {
  const [typed, setTyped] = useState(String(sample?.lot_size ?? lotSizeOf(line) ?? ""));
  const [error, setError] = useState("");
  const begin = async () => {
    const size = Number(typed.normalize("NFKC"));
    if (!Number.isInteger(size) || size < 1 || size > 100_000_000) return setError(text("sample.lot_wrong"));
    setError("");
    await draw(size);
  };
  const isChanged = sample && String(sample.lot_size) !== typed;
  return html`
    <section class="card stack">
      <label class="labelled"><span>${text("sample.lot_size")}</span>
        <input class="field is-large" type="text" inputmode="numeric" maxlength="12" disabled=${isClosed} aria-invalid=${error ? "true" : null} value=${typed} onInput=${(event) => setTyped(event.target.value)} /></label>
      ${line.unit === "kg" && html`<p class="muted small">${text("sample.lot_in_items")}</p>`}
      ${error && html`<p class="field-error" role="alert">${error}</p>`}
      ${!isClosed && (!sample || isChanged) && html`<button class="button" type="button" onClick=${begin}>${text(sample ? "sample.draw_again" : "sample.draw")}</button>`}
    </section>
  `;
}

function Counting({ sample, plan, shown, lineId }) {
  const { parts, edit, isClosed } = shown;
  const stand = standing(plan, sample);
  const { counts, others } = itemsAtSampling(parts, lineId);
  const setCount = (entry, changed) => edit((document) => counted(document, lineId, counts, entry, changed, sample));
  const finish = () => edit((document) => finished(document, lineId, counts, sample, plan));
  return html`
    <${Table} plan=${plan} stand=${stand} sample=${sample} />
    <p class="banner" data-decision=${stand.decision} role="status">${told(stand.text)}</p>
    <${Numbers} sample=${sample} plan=${plan} />
    <h2 class="visually-hidden">${text("receiving.item_by_item")}</h2>
    <section class="stack">
      ${counts.map((entry) => html`<${ReceiptItem} key=${entry.item.id} entry=${entry} lineId=${lineId} shown=${shown} onAnswer=${(changed) => void setCount(entry, changed)} />`)}
    </section>
    ${!isClosed && sample.inspected < plan.sample_size && html`<button class="button quiet" type="button" onClick=${finish}>${text("sample.all_looked_at", { n: number(plan.sample_size) })}</button>`}
    <section class="stack">
      ${others.map((entry) => html`<${ReceiptItem} key=${entry.item.id} entry=${entry} lineId=${lineId} shown=${shown} />`)}
    </section>
    <${Why} plan=${plan} />
  `;
}

function Table({ plan, stand, sample }) {
  return html`
    <table class="plan">
      <caption class="visually-hidden">${text("sample.plan")}</caption>
      <thead><tr><th scope="col">${text("sample.class")}</th><th scope="col">n</th><th scope="col">Ac</th><th scope="col">Re</th><th scope="col">${text("sample.found")}</th><th scope="col">${text("sample.result")}</th></tr></thead>
      <tbody>
        ${CLASSES.filter((name) => plan.classes[name]).map((name) => {
          const rule = plan.classes[name];
          const one = stand.classes[name];
          return html`<tr key=${name} data-decision=${one.decision}><th scope="row">${name}</th><td>${number(rule.sample_size)}</td><td>${number(rule.acceptance_number)}</td><td>${number(rule.rejection_number)}</td><td><strong>${number(sample.nonconforming[name] ?? 0)}</strong></td><td>${one.is_decided ? word("lot_decision", one.decision) : text("sample.room", { n: number(one.room) })}</td></tr>`;
        })}
      </tbody>
    </table>
  `;
}

function Numbers({ sample, plan }) {
  if (plan.full_inspection) return html`<p class="muted">${text("sample.every_item", { n: number(plan.lot_size) })}</p>`;
  const numbers = [...sample.item_numbers].sort((one, other) => one - other);
  return html`
    <details class="card">
      <summary>${text("sample.numbers", { n: number(numbers.length) })}</summary>
      <p class="numbers">${numbers.map((one) => html`<span>${one}</span>`)}</p>
    </details>
  `;
}

function Why({ plan }) {
  return html`
    <details class="card">
      <summary>${text("sample.why")}</summary>
      ${CLASSES.filter((name) => plan.classes[name]).map((name) => html`
        <div class="why" key=${name}>
          <strong>${text("sample.class_of", { name })}</strong>
          <p>${told(explainSeverity(name, plan.classes[name]))}</p>
          ${plan.classes[name].plan && html`<ul class="notice-list small">${explanations(plan.classes[name].plan).map((one) => html`<li>${told(one)}</li>`)}</ul>`}
        </div>`)}
    </details>
  `;
}

const explanations = (plan) => [explainPlan(plan)].flat();
