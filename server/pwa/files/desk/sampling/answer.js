/** The plan: what to open and when to accept, the way to it in words, and how sure its cells are. */

import { number, text, told, word } from "../../shared/language.js";
import { explainPlan } from "../../sampling/explanation.js";
import { html } from "../view.js";

/**
 * @param {{plan: import("../../sampling/plans.js").Plan, askedType: string}} properties
 */
export function Answer({ plan, askedType }) {
  return html`
    <section class="card answer" aria-label=${text("answer.label")} aria-live="polite">
      <div class="answer-head">
        <p class="letter"><span class="muted small">${text("answer.letter")}</span> <strong>${plan.code_letter}</strong>
          ${plan.plan_code_letter !== plan.code_letter && html`<span class="letter-used"> → <strong>${plan.plan_code_letter}</strong></span>`}
        </p>
        <p class="muted small">${word("plan_type", plan.plan_type)} · ${word("inspection_severity", plan.inspection_severity)}</p>
        <${Confidence} mark=${plan.confidence} />
      </div>
      ${plan.stages.length === 1 ? html`<${Numbers} plan=${plan} />` : html`<${Stages} plan=${plan} />`}
      ${plan.full_inspection && html`<p class="answer-note"><strong>${text("answer.full", { n: number(plan.lot_size) })}</strong></p>`}
      ${plan.plan_type !== askedType && html`<p class="answer-note">${text("answer.other_type", { asked: word("plan_type", askedType), used: word("plan_type", plan.plan_type) })}</p>`}
    </section>
  `;
}

/** Anything that is not confirmed by two sources says so. @param {{mark: string}} properties */
export function Confidence({ mark }) {
  return mark === "confirmed"
    ? html`<span class="tag is-sure">${text("confirmed")}</span>`
    : html`<span class="tag">${text("unconfirmed")}</span>`;
}

function Numbers({ plan }) {
  const [stage] = plan.stages;
  return html`
    <dl class="numbers">
      <div><dt>n</dt><dd>${number(plan.full_inspection ? plan.lot_size : stage.sample_size)}</dd></div>
      <div><dt>Ac</dt><dd>${stage.acceptance_number ?? "#"}</dd></div>
      <div><dt>Re</dt><dd>${stage.rejection_number}</dd></div>
    </dl>
  `;
}

function Stages({ plan }) {
  return html`
    <table class="stages">
      <thead>
        <tr>${[text("stage.number"), "n", "Σ n", "Ac", "Re"].map((title) => html`<th scope="col">${title}</th>`)}</tr>
      </thead>
      <tbody>
        ${plan.stages.map(
          (stage) => html`
            <tr>
              <th scope="row">${stage.stage}</th>
              <td>${number(stage.sample_size)}</td>
              <td>${number(stage.cumulative_sample_size)}</td>
              <td>${stage.acceptance_number ?? "#"}</td>
              <td>${stage.rejection_number}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
    ${plan.stages.some((stage) => stage.acceptance_number === null) && html`<p class="muted small">${text("answer.no_acceptance")}</p>`}
  `;
}

/** The way through the tables, a sentence for each step. */
export function Path({ plan }) {
  const tables = [...new Set(plan.path.map((step) => step.table))].join(", ");
  return html`
    <section class="card path" aria-label=${text("path.title")}>
      <h3>${text("path.title")}</h3>
      <ol>${explainPlan(plan).map((step) => html`<li>${told(step)}</li>`)}</ol>
      <p class="muted small">${text("path.clause", { standard: plan.standard, tables })}</p>
    </section>
  `;
}
