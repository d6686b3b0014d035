/** The plan a lot was judged by, and the counts: one row for each nonconformity class. */

import { number, text, word } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { LotDecision } from "./words.js";

const COLUMNS = ["class", "n", "ac", "re", "found", "result"];

/** @param {{sampling: any, verdict: any, sample: any, scheme: any}} properties */
export function SamplingTable({ sampling, verdict, sample, scheme }) {
  return html`
    <details class="sampling" open=${verdict?.lot_decision === "not_accepted"}>
      <summary>
        <span>${text("sampling.title")}</span>
        ${verdict?.lot_decision && html`<${LotDecision} decision=${verdict.lot_decision} />`}
      </summary>
      <p class="muted small">
        ${explained(sampling, sample)} ${scheme && !scheme.is_confirmed && html`<span class="tag">${text("unconfirmed")}</span>`}
      </p>
      <div class="table-frame">
        <table>
          <thead>
            <tr>${COLUMNS.map((name) => html`<th scope="col" title=${text(`sampling.${name}_title`)}>${text(`sampling.${name}`)}</th>`)}</tr>
          </thead>
          <tbody>
            ${Object.entries(sampling.classes).map(([class_, rule]) => html`<${Row} class_=${class_} rule=${rule} decision=${verdict?.classes?.[class_]} />`)}
          </tbody>
        </table>
      </div>
    </details>
  `;
}

function Row({ class_, rule, decision }) {
  const aql = rule.zero_acceptance ? text("sampling.zero") : `AQL ${rule.plan.aql}`;
  return html`
    <tr>
      <th scope="row">${word("class", class_)} <span class="muted small">${aql}</span></th>
      <td>${number(rule.sample_size)}</td>
      <td>${number(rule.acceptance_number)}</td>
      <td>${number(rule.rejection_number)}</td>
      <td>${decision ? number(decision.nonconforming) : "—"}</td>
      <td>${decision ? html`<${LotDecision} decision=${decision.decision} />` : "—"}</td>
    </tr>
  `;
}

function explained(sampling, sample) {
  const plan = Object.values(sampling.classes).find((rule) => rule.plan)?.plan;
  const parts = [text("sampling.lot_size", { n: number(sampling.lot_size) })];
  if (sample) parts.push(text("sampling.inspected", { n: number(sample.inspected) }));
  if (sampling.full_inspection) parts.push(text("sampling.full_inspection"));
  if (plan) {
    parts.push(plan.standard, text("sampling.level", { level: plan.inspection_level }));
    parts.push(word("inspection_severity", plan.inspection_severity));
    parts.push(text("sampling.code_letter", { letter: plan.plan_code_letter }));
  }
  return parts.join(" · ");
}
