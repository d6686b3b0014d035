/** The lot lever: the same goods as several lots or as one, if they may be one. */

import { lotSizesOf, pullLever } from "../../sampling/lever.js";
import { SamplingError } from "../../sampling/errors.js";
import { number, text, told } from "../../shared/language.js";
import { downloadCsv } from "../parts/download.js";
import { Field } from "../parts/fields.js";
import { changeQuery, html, query as currentQuery } from "../view.js";
import { items, numbersOf, percent, withUnit } from "./figures.js";
import { QuestionForm } from "./form.js";
import { SamplingPage } from "./frame.js";
import { useTables } from "./holdings.js";
import { ruleOf } from "./question.js";

/** What must be equal before goods may be one lot (6.1). */
const ALIKE = ["product", "supplier", "batch", "day"];

export default function LeverScreen() {
  const { tables } = useTables();
  const csv = () => {
    const { lever } = pulled(/** @type {any} */ (tables), currentQuery());
    if (lever) downloadCsv(leverRows(lever), "lot-lever.csv");
  };
  return html`
    <${SamplingPage} view="lever" title=${text("lever.title")} lead=${text("lever.lead")} csv=${csv}>
      ${(known, query) => html`<${Lever} tables=${known} query=${query} />`}
    <//>
  `;
}

function pulled(tables, query) {
  if (!query.lots) return { lever: null, refused: null };
  try {
    return { lever: pullLever(tables, lotSizesOf(query.lots), ruleOf(query)), refused: null };
  } catch (error) {
    if (error instanceof SamplingError) return { lever: null, refused: error };
    throw error;
  }
}

function Lever({ tables, query }) {
  const { lever, refused } = pulled(tables, query);
  const alike = new Set((query.alike ?? "").split(",").filter(Boolean));
  const isOfLots = refused && (refused.argument === "lot_sizes" || refused.argument === "lot_size");
  const mark = (name) => changeQuery({ alike: (alike.has(name) ? [...alike].filter((one) => one !== name) : [...alike, name]).join(",") });
  return html`
    <${QuestionForm} tables=${tables} query=${query} refused=${refused} hasLot=${false}>
      <${Field} label=${text("lever.lots")} hint=${text("lever.lots_hint")} error=${isOfLots ? told(refused.text) : undefined}>
        <input inputmode="text" autocomplete="off" value=${query.lots ?? ""} placeholder="10x50" onInput=${(event) => changeQuery({ lots: event.target.value.trim() })} />
      <//>
      <fieldset class="choice alike">
        <legend class="field-label">${text("lever.alike")}</legend>
        ${ALIKE.map((name) => html`<label class="check"><input type="checkbox" checked=${alike.has(name)} onChange=${() => mark(name)} /> <span>${alikeText(name)}</span></label>`)}
      </fieldset>
    <//>
    ${lever && html`<${Verdict} lever=${lever} isAlike=${ALIKE.every((name) => alike.has(name))} />`}
    ${lever && html`<${Sides} lever=${lever} />`}
    ${!lever && !refused && html`<p class="card empty muted">${text("lever.none")}</p>`}
  `;
}

function alikeText(name) {
  if (name === "product") return text("lever.product");
  if (name === "supplier") return text("lever.supplier");
  return name === "batch" ? text("lever.batch") : text("lever.day");
}

function Verdict({ lever, isAlike }) {
  const saved = lever.items_saved;
  return html`
    <section class="card lever-verdict" aria-live="polite">
      <p class="lever-number"><strong>${number(lever.items_separate)}</strong> → <strong>${number(lever.items_merged)}</strong> <span>${text("lever.items")}</span></p>
      <p>${savedText(saved)}</p>
      <p class=${isAlike ? "is-allowed" : "is-not-allowed"}>${isAlike ? text("lever.allowed") : text("lever.not_allowed")}</p>
    </section>
  `;
}

/** @param {number} saved items */
function savedText(saved) {
  if (saved === 0) return text("lever.same");
  return saved > 0 ? text("lever.saved", { n: number(saved) }) : text("lever.costs", { n: number(-saved) });
}

function Sides({ lever }) {
  const { plan, figures } = lever.merged;
  return html`
    <div class="lever-sides">
      <section class="card">
        <h3>${text("lever.separate", { n: number(lever.separate.length) })}</h3>
        <p>${text("lever.all_accepted", { chance: percent(lever.all_accepted_separate) })}</p>
        <ol class="lot-rows">${grouped(lever.separate).map(({ count, plan: own, figures: risks }) => html`<${LotRow} count=${count} plan=${own} figures=${risks} />`)}</ol>
      </section>
      <section class="card">
        <h3>${text("lever.merged")}</h3>
        <p>${text("lever.accepted", { chance: percent(1 - figures.producer_risk) })}</p>
        <ol class="lot-rows"><${LotRow} count=${1} plan=${plan} figures=${figures} /></ol>
      </section>
    </div>
  `;
}

function LotRow({ count, plan, figures }) {
  const consumer = withUnit(figures.consumer_quality_10, plan.quality_measure);
  return html`
    <li>
      <strong>${count > 1 ? `${number(count)} × ` : ""}N ${number(plan.lot_size)}</strong>
      <span>${plan.full_inspection ? text("compare.full") : numbersOf(plan)}</span>
      <span class="muted small">${text("lever.risks", { producer: percent(figures.producer_risk), consumer, asn: items(figures.asn_at_aql) })}</span>
    </li>
  `;
}

/** Lots of one size stand in one row. */
function grouped(separate) {
  const bySize = new Map();
  for (const one of separate) {
    const row = bySize.get(one.plan.lot_size) ?? { ...one, count: 0 };
    bySize.set(one.plan.lot_size, { ...row, count: row.count + 1 });
  }
  return [...bySize.values()];
}

function leverRows({ separate, merged, items_separate: apart, items_merged: together, all_accepted_separate: chance }) {
  const row = ({ plan, figures }) => [plan.lot_size, numbersOf(plan), plan.items_to_inspect, figures.producer_risk, figures.consumer_quality_10];
  return [
    ["N", text("compare.numbers"), text("compare.at_most"), text("compare.producer_risk"), text("figure.consumer_quality")],
    ...separate.map(row),
    [],
    row(merged),
    [],
    [text("lever.items_separate"), apart],
    [text("lever.items_merged"), together],
    [text("lever.chance_all"), chance],
  ];
}
