/** Plans side by side: what they open, what they risk, and their curves in one picture. */

import { evaluate, planFigures, qualityAt } from "../../sampling/curves.js";
import { number, text, word } from "../../shared/language.js";
import { downloadCsv } from "../parts/download.js";
import { changeQuery, html, query as currentQuery, useMemo } from "../view.js";
import { Curve } from "./curve.js";
import { describe, items, numbersOf, percent, quality, unitOf, withUnit } from "./figures.js";
import { QuestionForm } from "./form.js";
import { SamplingPage } from "./frame.js";
import { useTables } from "./holdings.js";
import { addressOf, answerTo, lawOf, questionOf, questionOfShort, shortOf } from "./question.js";

const PLANS_MAX = 5;
const POINTS = 121;

/**
 * @typedef {{short: string, plan: import("../../sampling/plans.js").Plan, law: string,
 *   figures: import("../../sampling/curves.js").Figures}} Column
 */

export default function CompareScreen() {
  const { tables } = useTables();
  const csv = () => {
    const columns = columnsOf(/** @type {any} */ (tables), currentQuery().with ?? "");
    const rows = figureRows(columns).map(({ name, values }) => [name, ...values]);
    if (columns.length) downloadCsv([["", ...columns.map(({ plan }) => describe(plan))], ...rows], "sampling-plans.csv");
  };
  return html`
    <${SamplingPage} view="compare" title=${text("compare.title")} lead=${text("compare.lead")} csv=${csv}>
      ${(known, query) => html`<${Comparison} tables=${known} query=${query} />`}
    <//>
  `;
}

function Comparison({ tables, query }) {
  const question = questionOf(query);
  const { plan, refused } = answerTo(tables, question);
  const shorts = (query.with ?? "").split("~").filter(Boolean);
  const columns = useMemo(() => columnsOf(tables, query.with ?? ""), [tables, query.with]);
  const short = plan && question ? shortOf({ ...question, aql: plan.aql }) : "";
  const add = () => changeQuery({ with: [...shorts, short].join("~") });
  const remove = (gone) => changeQuery({ with: shorts.filter((one) => one !== gone).join("~") });
  return html`
    <${QuestionForm} tables=${tables} query=${query} refused=${refused}>
      <button class="button" type="button" disabled=${!plan || shorts.includes(short) || columns.length >= PLANS_MAX} onClick=${add}>${text("compare.add")}</button>
    <//>
    ${columns.length === 0 && html`<p class="card empty muted">${text("compare.none")}</p>`}
    ${columns.length > 0 && html`<${Figures} columns=${columns} remove=${remove} />`}
    ${columns.length > 0 && html`<${Curves} columns=${columns} />`}
  `;
}

/** @param {import("../../sampling/tables.js").SamplingTables} tables @param {string} shorts @returns {Column[]} */
function columnsOf(tables, shorts) {
  const distinct = [...new Set(shorts.split("~").filter(Boolean))].slice(0, PLANS_MAX);
  return distinct.flatMap((short) => {
    const { plan } = answerTo(tables, questionOfShort(short));
    if (!plan) return [];
    const law = lawOf(plan, undefined);
    return [{ short, plan, law, figures: planFigures(plan, law) }];
  });
}

/** @param {Column[]} columns */
function figureRows(columns) {
  const row = (name, value) => ({ name, values: columns.map(value) });
  return [
    row(text("question.type"), ({ plan }) => word("plan_type", plan.plan_type)),
    row(text("answer.letter"), ({ plan }) => (plan.plan_code_letter === plan.code_letter ? plan.code_letter : `${plan.code_letter} → ${plan.plan_code_letter}`)),
    row(text("compare.numbers"), ({ plan }) => numbersOf(plan)),
    row(text("compare.at_most"), ({ plan }) => `${number(plan.items_to_inspect)}${plan.full_inspection ? ` · ${text("compare.full")}` : ""}`),
    row(text("figure.asn"), ({ figures }) => items(figures.asn_at_aql)),
    row(text("compare.producer_risk"), ({ figures }) => percent(figures.producer_risk)),
    row(text("figure.consumer_quality"), ({ figures, plan }) => withUnit(figures.consumer_quality_10, plan.quality_measure)),
    row(text("figure.quality_50"), ({ figures, plan }) => withUnit(figures.quality_50, plan.quality_measure)),
    row(text("figure.aoql"), ({ figures, plan }) => withUnit(figures.aoql, plan.quality_measure)),
    row(text("csv.confidence"), ({ plan }) => (plan.confidence === "confirmed" ? text("confirmed") : text("unconfirmed"))),
  ];
}

function Figures({ columns, remove }) {
  return html`
    <div class="table-card compare-scroll" tabindex="0" role="group" aria-label=${text("compare.table")}>
      <table class="compare">
        <thead>
          <tr>
            <td></td>
            ${columns.map(
              ({ plan, short }, at) => html`
                <th scope="col">
                  <span class="line-key" data-line=${at} aria-hidden="true"></span>
                  <a href=${addressOf("sampling", { n: String(plan.lot_size), aql: plan.aql, level: plan.inspection_level, severity: plan.inspection_severity, type: questionOfShort(short).plan_type ?? "" })}>${describe(plan)}</a>
                  <button class="button quiet small-button" type="button" aria-label=${text("compare.remove", { plan: describe(plan) })} onClick=${() => remove(short)}>×</button>
                </th>
              `,
            )}
          </tr>
        </thead>
        <tbody>${figureRows(columns).map(({ name, values }) => html`<tr><th scope="row">${name}</th>${values.map((value) => html`<td>${value}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
  `;
}

/** Plans that count different things are not drawn over one scale. @param {{columns: Column[]}} properties */
function Curves({ columns }) {
  const measure = columns[0].plan.quality_measure;
  const pictures = useMemo(() => drawn(columns), [columns]);
  if (!pictures) return html`<p class="muted">${text("compare.other_measure")}</p>`;
  const { at, lines } = pictures;
  const unit = text("curve.unit", { unit: word("quality_measure", measure) });
  const names = columns.map(({ plan }) => describe(plan)).join("; ");
  return html`
    <div class="curves">
      <${Curve} title=${text("curve.oc")} summary=${names} at=${at} unit=${unit} lines=${lines.pa} top=${1} format=${(value) => `${Math.round(value * 100)}%`} />
      <${Curve} title=${text("curve.asn")} summary=${names} at=${at} unit=${unit} lines=${lines.asn} format=${items} />
      <${Curve} title=${text("curve.aoq")} summary=${names} at=${at} unit=${unitOf(measure)} lines=${lines.aoq} format=${quality} />
    </div>
  `;
}

/** @param {Column[]} columns */
function drawn(columns) {
  if (new Set(columns.map(({ plan }) => plan.quality_measure)).size > 1) return null;
  const end = Math.max(...columns.map(({ plan, law }) => qualityAt(plan, 0.01, law) ?? 100));
  const at = Array.from({ length: POINTS }, (_, place) => (end * place) / (POINTS - 1));
  const outcomes = columns.map(({ plan, law }) => at.map((level) => evaluate(plan, level, law)));
  const lines = (name) => columns.map(({ plan }, column) => ({ name: describe(plan), values: outcomes[column].map((outcome) => outcome[name]) }));
  return { at, lines: { pa: lines("pa"), asn: lines("asn"), aoq: lines("aoq") } };
}
