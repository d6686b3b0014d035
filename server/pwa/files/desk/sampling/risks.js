/** What the plan does: its three curves with one pointer, both risks, and the figures as a table. */

import { curveOf, evaluate, planFigures } from "../../sampling/curves.js";
import { text, word } from "../../shared/language.js";
import { Select } from "../parts/fields.js";
import { changeQuery, html, useMemo, useState } from "../view.js";
import { Curve } from "./curve.js";
import { items, percent, quality, unitOf, withUnit } from "./figures.js";
import { lawOf, QUALITY_MEASURES } from "./question.js";

/** @param {{plan: import("../../sampling/plans.js").Plan, asked: string | undefined}} properties */
export function Risks({ plan, asked }) {
  const law = lawOf(plan, asked);
  const { at, outcomes, figures, atAql, lines, marks } = useMemo(() => study(plan, law), [JSON.stringify(plan), law]);
  const [place, setPlace] = useState(/** @type {number | null} */ (null));
  const unit = text("curve.unit", { unit: word("quality_measure", plan.quality_measure) });
  // Nobody has pointed anywhere yet: the curves are read at the AQL.
  const point = Math.min(place ?? at.findIndex((quality) => quality >= Number(plan.aql)), at.length - 1);
  const known = outcomes[point];
  const told = (value) => withUnit(value, plan.quality_measure);
  return html`
    <section class="risks" aria-label=${text("curve.label")}>
      <${Figures} figures=${figures} plan=${plan} law=${law} />
      <div class="card reading">
        <label class="field">
          <span class="field-label">${text("curve.read")}</span>
          <input type="range" min="0" max=${at.length - 1} value=${point} aria-valuetext=${told(at[point])}
            onInput=${(event) => setPlace(Number(event.target.value))} />
        </label>
        <dl class="reading-values">
          <div><dt>p</dt><dd>${told(at[point])}</dd></div>
          <div><dt>Pa</dt><dd>${percent(known.pa)}</dd></div>
          <div><dt>ASN</dt><dd>${items(known.asn)}</dd></div>
          <div><dt>AOQ</dt><dd>${told(known.aoq)}</dd></div>
        </dl>
      </div>
      <div class="curves">
        <${Curve} title=${text("curve.oc")} summary=${text("curve.oc_summary", { aql: told(Number(plan.aql)), pa: percent(atAql.pa), lq: told(figures.consumer_quality_10) })}
          at=${at} unit=${unit} lines=${lines.pa} marks=${marks.pa} top=${1} format=${percentTick} onPoint=${setPlace} place=${place} />
        <${Curve} title=${text("curve.asn")} summary=${text("curve.asn_summary", { aql: told(Number(plan.aql)), asn: items(atAql.asn) })}
          at=${at} unit=${unit} lines=${lines.asn} marks=${marks.asn} format=${items} onPoint=${setPlace} place=${place} />
        <${Curve} title=${text("curve.aoq")} summary=${text("curve.aoq_summary", { aoql: told(figures.aoql) })}
          at=${at} unit=${unit} lines=${lines.aoq} marks=${marks.aoq} format=${quality} onPoint=${setPlace} place=${place} />
      </div>
    </section>
  `;
}

const percentTick = (value) => `${Math.round(value * 100)}%`;

/** Everything the pictures and the file hold. @param {import("../../sampling/plans.js").Plan} plan @param {string} law */
export function study(plan, law) {
  const { qualities: at, outcomes } = curveOf(plan, law);
  const figures = planFigures(plan, law);
  const aql = Number(plan.aql);
  const atAql = evaluate(plan, aql, law);
  const label = `AQL ${plan.aql}`;
  const line = (name) => [{ name, values: outcomes.map((outcome) => outcome[name]) }];
  const mark = (name) => [{ x: aql, y: atAql[name], label }];
  const worst = outcomes.reduce((best, outcome, place) => (outcome.aoq > outcomes[best].aoq ? place : best), 0);
  const consumer = figures.consumer_quality_10;
  return {
    at,
    outcomes,
    figures,
    atAql,
    lines: { pa: line("pa"), asn: line("asn"), aoq: line("aoq") },
    marks: {
      pa: [...mark("pa"), ...(consumer === null ? [] : [{ x: consumer, y: evaluate(plan, consumer, law).pa, label: "10%", tone: "bad" }])],
      asn: mark("asn"),
      aoq: [...mark("aoq"), { x: at[worst], y: outcomes[worst].aoq, label: "AOQL", tone: "bad" }],
    },
  };
}

function Figures({ figures, plan, law }) {
  const told = (value) => withUnit(value, plan.quality_measure);
  const isItems = plan.quality_measure === "percent_nonconforming";
  const rows = [
    [text("figure.producer_risk", { aql: plan.aql }), percent(figures.producer_risk)],
    [text("figure.consumer_quality"), told(figures.consumer_quality_10)],
    [text("figure.quality_95"), told(figures.quality_95)],
    [text("figure.quality_50"), told(figures.quality_50)],
    [text("figure.aoql"), told(figures.aoql)],
    [text("figure.asn"), items(figures.asn_at_aql)],
  ];
  const isPer100Only = Number(plan.aql) > 10;
  const measures = QUALITY_MEASURES.filter((name) => !isPer100Only || name === plan.quality_measure);
  const laws = isItems ? ["binomial", "hypergeometric"] : ["poisson"];
  return html`
    <div class="card plan-figures">
      <h3>${text("figure.title")}</h3>
      <dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      <div class="filters">
      <${Select} label=${text("question.measure")} value=${plan.quality_measure} options=${measures.map((value) => ({ value, label: word("quality_measure", value) }))} onChoose=${(value) => changeQuery({ measure: value, law: null })} />
      <${Select} label=${text("curve.law")} value=${law} options=${laws.map((value) => ({ value, label: word("distribution", value) }))} onChoose=${(value) => changeQuery({ law: value })} />
      </div>
    </div>
  `;
}

/** The curve as rows of a file. @param {import("../../sampling/plans.js").Plan} plan @param {string} law */
export function curveRows(plan, law) {
  const { qualities: at, outcomes } = curveOf(plan, law);
  const head = [`p [${unitOf(plan.quality_measure)}]`, "Pa", "ASN", "AOQ"];
  return [head, ...outcomes.map(({ pa, asn, aoq }, place) => [at[place], pa, asn, aoq])];
}
