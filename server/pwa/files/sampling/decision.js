// From the counts in the sample to the decision on the lot, at any moment of the inspection.
// The same rules as sampling/decision.py. GB/T 2828.1-2012, 7.3 and 11.1.

import { SamplingError, checkInteger } from "./errors.js";

/**
 * @typedef {import("./plans.js").Stage} Stage
 * @typedef {"accepted" | "not_accepted" | "undecided"} Decision
 *
 * Where a lot stands for one class. `stage` decided, or is being drawn, or is to be drawn next;
 * `items_left` of it are not inspected yet; `is_early` when the rest could not change the verdict.
 * @typedef {{decision: Decision, stage: number, nonconforming: number, items_inspected: number,
 *   acceptance_number: number | null, rejection_number: number, items_left: number,
 *   is_early: boolean}} ClassDecision
 */

/**
 * Judge one nonconformity class.
 * @param {Stage[]} stages what is really inspected: `inspectionStages(plan)`
 * @param {string} measure percent_nonconforming or nonconformities_per_100_items
 * @param {number[]} nonconforming a count for each stage drawn so far, not cumulative
 * @param {number[] | null} [itemsInspected] at each of those stages; null: inspected whole
 * @returns {ClassDecision}
 */
export function decideClass(stages, measure, nonconforming, itemsInspected = null) {
  const counts = checkedCounts(nonconforming, stages);
  const inspected = checkedItems(itemsInspected, counts, stages);
  const countsItems = measure === "percent_nonconforming";
  let [found, opened] = [0, 0];
  for (const [at, count] of counts.entries()) {
    const items = inspected[at];
    if (countsItems && count > items) {
      throw new SamplingError("count-above-sample", `nonconforming[${at}]`, count, [`0 … ${items}`]);
    }
    found += count;
    opened += items;
    const step = judged(stages[at], found, opened, items, countsItems);
    if (step.decision === "undecided" && !step.items_left) continue;
    if (at + 1 === counts.length) return step;
    throw new SamplingError("too-many-stages", "nonconforming", counts.length, [`${at + 1}`]);
  }
  const next = stages[counts.length];
  return {
    decision: "undecided",
    stage: next.stage,
    nonconforming: found,
    items_inspected: opened,
    acceptance_number: next.acceptance_number,
    rejection_number: next.rejection_number,
    items_left: next.sample_size,
    is_early: false,
  };
}

/**
 * The decision on the lot: accepted only if every class accepts it.
 * @param {Record<string, {decision: Decision}>} classes
 * @returns {Decision}
 */
export function decideLot(classes) {
  const decisions = Object.values(classes).map((one) => one.decision);
  if (decisions.includes("not_accepted")) return "not_accepted";
  const isAccepted = decisions.length && decisions.every((decision) => decision === "accepted");
  return isAccepted ? "accepted" : "undecided";
}

/**
 * @param {Stage} stage
 * @param {number} found over all stages
 * @param {number} opened over all stages
 * @param {number} items at this stage
 * @param {boolean} countsItems
 * @returns {ClassDecision}
 */
function judged(stage, found, opened, items, countsItems) {
  const left = Math.max(stage.sample_size - items, 0);
  const acceptance = stage.acceptance_number;
  // An item can hold any number of nonconformities, so only items bound what is still to come.
  const worst = countsItems || !left ? found + left : Infinity;
  /** @type {Decision} */
  let decision = "undecided";
  if (found >= stage.rejection_number) decision = "not_accepted";
  else if (acceptance !== null && worst <= acceptance) decision = "accepted";
  return {
    decision,
    stage: stage.stage,
    nonconforming: found,
    items_inspected: opened,
    acceptance_number: acceptance,
    rejection_number: stage.rejection_number,
    items_left: left,
    is_early: decision !== "undecided" && left > 0,
  };
}

/** @param {unknown} counts @param {Stage[]} stages @returns {number[]} */
function checkedCounts(counts, stages) {
  if (!Array.isArray(counts)) {
    throw new SamplingError("wrong-shape", "nonconforming", counts, ["a list of counts"]);
  }
  if (counts.length > stages.length) {
    const allowed = [`0 … ${stages.length}`];
    throw new SamplingError("too-many-stages", "nonconforming", counts.length, allowed);
  }
  return counts.map((count, at) => checkInteger(`nonconforming[${at}]`, count, 0));
}

/** @param {number[] | null} items @param {number[]} counts @param {Stage[]} stages */
function checkedItems(items, counts, stages) {
  if (items === null) return stages.slice(0, counts.length).map((stage) => stage.sample_size);
  if (!Array.isArray(items) || items.length !== counts.length) {
    throw new SamplingError("wrong-shape", "items_inspected", items, ["one per stage drawn"]);
  }
  const largest = (/** @type {number} */ at) => (stages.length === 1 ? null : stages[at].sample_size);
  return items.map((count, at) => checkInteger(`items_inspected[${at}]`, count, 0, largest(at)));
}
