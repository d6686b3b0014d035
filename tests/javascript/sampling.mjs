import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { answer, canonical, load } from "./answering.mjs";

const { SamplingTables } = await load("sampling/tables.js");
const { findPlan, inspectionStages, planOfCell } = await load("sampling/plans.js");
const { decideClass, decideLot } = await load("sampling/decision.js");
const { drawItemNumbers, drawStages } = await load("sampling/drawing.js");
const { sha256 } = await load("sampling/sha256.js");
const lot = await load("sampling/lot.js");
const explanation = await load("sampling/explanation.js");
const curves = await load("sampling/curves.js");
const lever = await load("sampling/lever.js");

const tables = new SamplingTables(JSON.parse(readFileSync(process.argv[3], "utf8")));

answer({
  plan: ({ question }) => findPlan(tables, question),
  hash: ({ questions }) => {
    const plans = questions.map((question) => findPlan(tables, question));
    return createHash("sha256").update(canonical(plans)).digest("hex");
  },
  cell: ({ type, severity, letter, aql }) => planOfCell(tables, type, severity, letter, aql),
  decide: ({ question, nonconforming, items }) => {
    const plan = findPlan(tables, question);
    return decideClass(inspectionStages(plan), plan.quality_measure, nonconforming, items);
  },
  decide_lot: ({ classes }) => decideLot(classes),
  draw: ({ lot_size, sample_size, seed, method, strata }) =>
    drawItemNumbers(lot_size, sample_size, seed, method, strata),
  draw_stages: ({ lot_size, sample_sizes, seed }) => drawStages(lot_size, sample_sizes, seed),
  sha256: ({ text }) => [...sha256(text)],
  plan_lot: ({ scheme, lot_size, severities }) =>
    lot.planLot(tables, scheme, lot_size, severities),
  draw_for_classes: ({ sampling, seed }) => lot.drawForClasses(sampling, seed),
  standing: ({ sampling, sample }) => lot.standing(sampling, sample),
  due: ({ states }) => lot.dueSeverities(states),
  explain: ({ question }) => explanation.explainPlan(findPlan(tables, question)),
  why: ({ rule }) => explanation.explainSeverity("B", rule),
  risks: ({ question, at, law }) => {
    const plan = findPlan(tables, question);
    const outcomes = at.map((quality) => curves.evaluate(plan, quality, law));
    return { outcomes, figures: curves.planFigures(plan, law) };
  },
  lever: ({ sizes, rule }) => lever.pullLever(tables, lever.lotSizesOf(sizes), rule),
  differences: ({ ours, servers }) => explanation.differences(ours, servers),
});
