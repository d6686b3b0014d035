/** The gates in their order: how much was recorded at each, and what failed there. */

import { counted, either, listed, text, word } from "../../shared/language.js";
import { html } from "../../shared/view.js";

/** @param {{receipt: any, checklists: any[]}} properties */
export function Gates({ receipt, checklists }) {
  const names = checklists[0]?.gates ?? [];
  if (names.length === 0) return null;
  const items = itemsById(checklists);
  const failed = failedItems(receipt);
  const recorded = receipt.answers.map((answer) => items.get(answer.item_id)?.gate);
  return html`
    <section>
      <h3>${text("gates.title")}</h3>
      <ol class="card gates">
        ${names.map(
          (name) => html`
            <${Gate}
              name=${name}
              recordedCount=${recorded.filter((gateName) => gateName === name).length}
              failures=${failed.filter((failure) => items.get(failure.item_id)?.gate === name)}
            />
          `,
        )}
      </ol>
      ${receipt.verdict.gate_order_kept === false && html`<p class="muted small">${text("gates.order")}</p>`}
    </section>
  `;
}

/** Every item of the checklists by its id; a head item stands in all of them alike. */
export function itemsById(checklists) {
  const items = checklists.flatMap((checklist) => [...checklist.head_items, ...checklist.items]);
  return new Map(items.map((item) => [item.id, item]));
}

function failedItems({ verdict, basis, lines }) {
  const ofHead = verdict.head?.not_ok ?? [];
  const ofLines = lines.flatMap((line) =>
    (verdict.lines[line.id]?.not_ok ?? []).map((failure) => ({
      ...failure,
      product: basis.lines[line.id].product.name,
    })),
  );
  return [...ofHead, ...ofLines];
}

function Gate({ name, recordedCount, failures }) {
  const state = failures.length > 0 ? "failed" : recordedCount > 0 ? "passed" : "open";
  return html`
    <li class="gate" data-state=${state}>
      <div class="gate-head">
        <strong>${word("gate", name)}</strong>
        <span class="muted small">${gateText(recordedCount, failures.length)}</span>
      </div>
      ${failures.length > 0 && html`<ul class="failures">${failures.map((failure) => html`<${Failure} failure=${failure} />`)}</ul>`}
    </li>
  `;
}

function gateText(recordedCount, failureCount) {
  if (recordedCount === 0) return text("gates.nothing");
  const recorded = counted("gates.recorded", recordedCount);
  const found = failureCount === 0 ? text("gates.all_ok") : counted("gates.failed", failureCount);
  return `${recorded} · ${found}`;
}

function Failure({ failure }) {
  const class_ = failure.nonconformity_class;
  return html`
    <li>
      <span class="class-mark" data-class=${class_} title=${word("class", class_)}>${class_}</span>
      <div>
        <strong>${either(failure)}</strong>
        ${failure.product && html`<span class="muted small">${failure.product}</span>`}
        <p>${listed(failure.reasons.map(either))}</p>
      </div>
    </li>
  `;
}
