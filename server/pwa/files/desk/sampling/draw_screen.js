/** Which items to open: their numbers, drawn from a seed that stands in the address and on paper. */

import { drawItemNumbers, drawStages, METHODS } from "../../sampling/drawing.js";
import { SamplingError } from "../../sampling/errors.js";
import { inspectionStages } from "../../sampling/plans.js";
import { number, text, told, word } from "../../shared/language.js";
import { downloadCsv } from "../parts/download.js";
import { Field } from "../parts/fields.js";
import { changeQuery, html, query as currentQuery, useEffect } from "../view.js";
import { describe, numbersOf } from "./figures.js";
import { Choice, QuestionForm } from "./form.js";
import { SamplingPage } from "./frame.js";
import { useTables } from "./holdings.js";
import { answerTo, questionOf } from "./question.js";

export default function DrawScreen() {
  const { tables } = useTables();
  const csv = () => {
    const query = currentQuery();
    const { plan, stages } = drawnFor(/** @type {any} */ (tables), query);
    if (plan && stages) downloadCsv(drawRows(plan, stages, query), `sample-${plan.lot_size}-${query.seed}.csv`);
  };
  useEffect(() => {
    if (!currentQuery().seed) changeQuery({ seed: newSeed() });
  }, []);
  return html`
    <${SamplingPage} view="draw" title=${text("draw.title")} lead=${text("draw.lead")} csv=${csv}>
      ${(known, query) => html`<${Draw} tables=${known} query=${query} />`}
    <//>
  `;
}

/** Eight characters that are easily read aloud and copied by hand. */
const newSeed = () => Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {import("../../sampling/tables.js").SamplingTables} tables @param {Record<string, string>} query */
function drawnFor(tables, query) {
  const { plan, refused } = answerTo(tables, questionOf(query));
  if (!plan || plan.full_inspection || !query.seed) return { plan, refused, stages: null };
  try {
    return { plan, refused: null, stages: draw(plan, query) };
  } catch (error) {
    if (error instanceof SamplingError) return { plan, refused: error, stages: null };
    throw error;
  }
}

// What is no number stays as it is written, to be refused by name.
const itemsOf = (part) => (/^\d{1,15}$/.test(part) ? Number(part) : part);

/** @param {import("../../sampling/plans.js").Plan} plan @param {Record<string, string>} query */
function draw(plan, { seed = "", method = "simple", strata }) {
  const sizes = inspectionStages(plan).map((stage) => stage.sample_size);
  // The samples of one plan are parts of one simple draw; nothing else is defined for several.
  if (sizes.length > 1) return drawStages(plan.lot_size, sizes, seed);
  const layers = method === "stratified" ? (strata ?? "").split(/[,，\s]+/).filter(Boolean).map(itemsOf) : null;
  return [drawItemNumbers(plan.lot_size, sizes[0], seed, method, layers)];
}

function Draw({ tables, query }) {
  const { plan, refused, stages } = drawnFor(tables, query);
  const hasMethod = plan !== null && plan.stages.length === 1;
  const method = query.method ?? "simple";
  const wrong = (argument) => (refused && refused.argument === argument ? told(refused.text) : undefined);
  return html`
    <${QuestionForm} tables=${tables} query=${query} refused=${refused}>
      ${hasMethod && html`<${Choice} name="method" label=${text("draw.method")} wordOf=${(value) => word("draw_method", value)} values=${METHODS} value=${method} onChoose=${(value) => changeQuery({ method: value })} error=${wrong("method")} />`}
      ${
        hasMethod &&
        method === "stratified" &&
        html`<${Field} label=${text("draw.strata")} hint=${text("draw.strata_hint", { n: number(plan.lot_size) })} error=${wrong("strata") ?? (refused?.argument.startsWith("strata[") ? told(refused.text) : undefined)}>
          <input inputmode="text" autocomplete="off" value=${query.strata ?? ""} placeholder="400, 600" onInput=${(event) => changeQuery({ strata: event.target.value })} />
        <//>`
      }
      <${Field} label=${text("draw.seed")} hint=${text("draw.seed_hint")} error=${wrong("seed")}>
        <input autocomplete="off" maxlength="200" value=${query.seed ?? ""} onInput=${(event) => changeQuery({ seed: event.target.value })} />
      <//>
      <button class="button" type="button" onClick=${() => changeQuery({ seed: newSeed() })}>${text("draw.again")}</button>
    <//>
    ${!plan && !refused && html`<p class="card empty muted">${text("plans.none")}</p>`}
    ${plan?.full_inspection && html`<p class="card empty">${text("answer.full", { n: number(plan.lot_size) })}</p>`}
    ${plan && stages && html`<${Drawn} plan=${plan} stages=${stages} query=${query} />`}
  `;
}

function Drawn({ plan, stages, query }) {
  return html`
    <section class="card drawn" aria-live="polite">
      <h3>${describe(plan)}</h3>
      <p class="muted">${numbersOf(plan)} · ${text("draw.with", { seed: query.seed ?? "", method: word("draw_method", plan.stages.length > 1 ? "simple" : (query.method ?? "simple")) })}</p>
      ${stages.map(
        (numbers, at) => html`
          ${stages.length > 1 && html`<h4>${text("draw.stage", { n: at + 1 })}</h4>`}
          <ol class="item-numbers" aria-label=${text("draw.items", { n: number(numbers.length) })}>${numbers.map((one) => html`<li>${one}</li>`)}</ol>
        `,
      )}
    </section>
  `;
}

function drawRows(plan, stages, query) {
  return [
    [text("question.lot_size"), plan.lot_size],
    [text("compare.numbers"), numbersOf(plan)],
    [text("draw.seed"), query.seed ?? ""],
    [text("draw.method"), word("draw_method", query.method ?? "simple")],
    [],
    [text("stage.number"), text("draw.item")],
    ...stages.flatMap((numbers, at) => numbers.map((one) => [at + 1, one])),
  ];
}
