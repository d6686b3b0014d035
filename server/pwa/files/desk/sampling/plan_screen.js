/** The sampling desk's first screen: the question, and the plan while one writes. */

import { explainPlan } from "../../sampling/explanation.js";
import { planFigures } from "../../sampling/curves.js";
import { text, told, word } from "../../shared/language.js";
import { downloadCsv } from "../parts/download.js";
import { html, query as currentQuery } from "../view.js";
import { Answer, Path } from "./answer.js";
import { QuestionForm } from "./form.js";
import { SamplingPage } from "./frame.js";
import { useTables } from "./holdings.js";
import { TableCard } from "./master_table.js";
import { addressOf, answerTo, lawOf, questionOf, shortOf, tableOf } from "./question.js";
import { curveRows, Risks } from "./risks.js";

export default function PlanScreen() {
  const { tables } = useTables();
  const csv = () => {
    const query = currentQuery();
    const { plan } = answerTo(/** @type {any} */ (tables), questionOf(query));
    if (plan) downloadCsv(planRows(plan, lawOf(plan, query.law)), `sampling-plan-${plan.lot_size}-${plan.aql}.csv`);
  };
  return html`
    <${SamplingPage} view="plan" title=${text("sections.sampling")} lead=${text("plans.lead")} csv=${csv}>
      ${(known, query) => html`<${Found} tables=${known} query=${query} />`}
    <//>
  `;
}

function Found({ tables, query }) {
  const question = questionOf(query);
  const { plan, refused } = answerTo(tables, question);
  return html`
    <div class="plan-work">
      <${QuestionForm} tables=${tables} query=${query} refused=${refused} />
      <div class="plan-answer">
        ${plan && html`<${Answer} plan=${plan} askedType=${question?.plan_type} />`}
        ${plan && html`<${Next} plan=${plan} query=${query} />`}
        ${!plan && !refused && html`<p class="card empty muted">${text("plans.none")}</p>`}
      </div>
      ${plan && html`<${Path} plan=${plan} />`}
    </div>
    ${plan && html`<${Risks} plan=${plan} asked=${query.law} />`}
    ${plan && html`<${TableCard} tables=${tables} name=${tableOf(question ?? {})} query=${query} />`}
  `;
}

/** What one does with a plan. */
function Next({ plan, query }) {
  return html`
    <p class="next-steps">
      ${!plan.full_inspection && html`<a class="button quiet" href=${addressOf("sampling/draw", query)}>${text("plans.draw")}</a>`}
      <a class="button quiet" href=${addressOf("sampling/compare", query, { with: compared(plan, query) })}>${text("plans.compare")}</a>
    </p>
  `;
}

function compared(plan, query) {
  const question = /** @type {any} */ (questionOf(query));
  return ["single", "double", "multiple"].map((type) => shortOf({ ...question, plan_type: type, lot_size: plan.lot_size })).join("~");
}

/** @param {import("../../sampling/plans.js").Plan} plan @param {string} law */
function planRows(plan, law) {
  const figures = planFigures(plan, law);
  return [
    [text("csv.standard"), plan.standard],
    [text("question.lot_size"), plan.lot_size],
    ["AQL", plan.aql],
    [text("question.measure"), word("quality_measure", plan.quality_measure)],
    [text("question.level"), plan.inspection_level],
    [text("question.severity"), word("inspection_severity", plan.inspection_severity)],
    [text("question.type"), word("plan_type", plan.plan_type)],
    [text("answer.letter"), plan.code_letter],
    [text("csv.letter_used"), plan.plan_code_letter],
    [text("csv.confidence"), plan.confidence],
    [text("csv.items"), plan.items_to_inspect],
    [],
    [text("stage.number"), "n", "Σ n", "Ac", "Re"],
    ...plan.stages.map((stage) => [stage.stage, stage.sample_size, stage.cumulative_sample_size, stage.acceptance_number ?? "#", stage.rejection_number]),
    [],
    ...explainPlan(plan).map((step) => [told(step)]),
    [],
    [text("curve.law"), word("distribution", law)],
    [text("figure.producer_risk", { aql: plan.aql }), figures.producer_risk],
    [text("figure.consumer_quality"), figures.consumer_quality_10],
    [text("figure.aoql"), figures.aoql],
    [],
    ...curveRows(plan, law),
  ];
}
