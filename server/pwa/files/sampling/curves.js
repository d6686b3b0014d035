// What a plan does to lots of every quality: acceptance, items opened, outgoing quality, and the
// figures people ask for. The same sums as sampling/probability.py; GB/T 2828.1-2012, clause 12.

import { checkChoice } from "./errors.js";
import { binomialLaw, hypergeometricLaw, nonconformingInLot, poissonLaw, zeros } from "./laws.js";
import { inspectionStages } from "./plans.js";

/**
 * @typedef {import("./plans.js").Plan} Plan
 * @typedef {import("./plans.js").Stage} Stage
 * @typedef {{pa: number, asn: number, aoq: number}} Outcome
 * @typedef {{producer_risk: number, asn_at_aql: number, quality_95: number | null,
 *   quality_50: number | null, consumer_quality_10: number | null, aoql: number}} Figures
 */

export const DISTRIBUTIONS = ["binomial", "poisson", "hypergeometric"];
/** Qualities are percents, or nonconformities per 100 items up to this. */
const LARGEST_RATE = 1e6;
const STEPS = 60;

/** The law asked for, or the one that fits the plan's measure. @param {Plan} plan @param {string | null} [asked] */
export function distributionFor(plan, asked = null) {
  if (asked === null) return plan.quality_measure === "percent_nonconforming" ? "binomial" : "poisson";
  checkChoice("distribution", asked, DISTRIBUTIONS);
  return asked;
}

/**
 * What becomes of lots of one quality.
 * @param {Plan} plan
 * @param {number} quality in the unit of the AQL
 * @param {string} distribution one of DISTRIBUTIONS
 * @returns {Outcome} asn without curtailment; aoq with refused lots inspected whole
 */
export function evaluate(plan, quality, distribution) {
  const inLot = nonconformingInLot(plan.lot_size, quality);
  const law = lawOf(plan, quality, distribution, inLot);
  let alive = [1];
  let [lowest, drawn] = [0, 0];
  let [pa, asn, aoq] = [0, 0, 0];
  for (const stage of inspectionStages(plan)) {
    asn += sum(alive) * stage.sample_size;
    const counts = afterStage(law, alive, lowest, drawn, stage);
    drawn = stage.cumulative_sample_size;
    const firstOpen = stage.acceptance_number === null ? 0 : stage.acceptance_number + 1;
    const split = Math.max(firstOpen - lowest, 0);
    const passed = counts.slice(0, split);
    pa += sum(passed);
    if (distribution === "hypergeometric") {
      aoq += (100 * sum(passed.map((chance, at) => chance * (inLot - lowest - at)))) / plan.lot_size;
    } else {
      aoq += (quality * sum(passed) * (plan.lot_size - drawn)) / plan.lot_size;
    }
    alive = counts.slice(split);
    lowest = Math.max(firstOpen, lowest);
  }
  return { pa: Math.min(pa, 1), asn, aoq };
}

/**
 * The chances of each count that is still open after a stage.
 * @param {import("./laws.js").Law} law @param {number[]} alive @param {number} lowest
 * @param {number} drawn @param {Stage} stage
 */
function afterStage(law, alive, lowest, drawn, stage) {
  const counts = zeros(stage.rejection_number - lowest);
  for (const [place, weight] of alive.entries()) {
    if (weight === 0) continue;
    const below = stage.rejection_number - lowest - place;
    const chances = law(drawn, lowest + place, stage.sample_size, below);
    for (const [more, chance] of chances.entries()) counts[place + more] += weight * chance;
  }
  return counts;
}

/** @param {Plan} plan @param {number} quality @param {string} distribution @param {number} inLot */
function lawOf(plan, quality, distribution, inLot) {
  if (distribution === "binomial") return binomialLaw(quality / 100);
  if (distribution === "poisson") return poissonLaw(quality / 100);
  return hypergeometricLaw(plan.lot_size, inLot);
}

/**
 * The quality accepted with the probability *pa*; null where even the worst lot is accepted more
 * often. For one lot the smallest quality of whole items that is not accepted more often.
 * @param {Plan} plan @param {number} pa @param {string} distribution
 * @returns {number | null}
 */
export function qualityAt(plan, pa, distribution) {
  const accepted = (/** @type {number} */ quality) => evaluate(plan, quality, distribution).pa;
  if (distribution === "hypergeometric") {
    const ofItems = (/** @type {number} */ items) => (100 * items) / plan.lot_size;
    if (accepted(100) > pa) return null;
    let [low, high] = [-1, plan.lot_size];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (accepted(ofItems(middle)) > pa) low = middle;
      else high = middle;
    }
    return ofItems(high);
  }
  let [low, high] = [0, 100];
  if (distribution === "poisson") {
    while (accepted(high) > pa && high < LARGEST_RATE) high = Math.min(high * 4, LARGEST_RATE);
  }
  if (accepted(high) > pa) return null;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return high;
    if (accepted(middle) > pa) low = middle;
    else high = middle;
  }
}

/**
 * AOQL: the worst average outgoing quality, whatever comes in.
 * @param {Plan} plan @param {string} distribution
 */
export function outgoingQualityLimit(plan, distribution) {
  const end = qualityAt(plan, 1e-4, distribution) ?? 100;
  const outgoing = (/** @type {number} */ quality) => evaluate(plan, quality, distribution).aoq;
  if (distribution === "hypergeometric") {
    const ofItems = (/** @type {number} */ items) => outgoing((100 * items) / plan.lot_size);
    return highestWhole(ofItems, nonconformingInLot(plan.lot_size, end));
  }
  const best = bestOf(STEPS, (step) => outgoing((end * step) / STEPS));
  const [low, high] = [(end * Math.max(best - 1, 0)) / STEPS, (end * Math.min(best + 1, STEPS)) / STEPS];
  return outgoing(highestPoint(outgoing, low, high));
}

/** @param {(items: number) => number} outgoing @param {number} last */
function highestWhole(outgoing, last) {
  const step = Math.max(Math.floor(last / STEPS), 1);
  const best = step * bestOf(Math.floor(last / step), (place) => outgoing(place * step));
  let [low, high] = [Math.max(best - step, 0), Math.min(best + step, last)];
  while (high - low > 3) {
    const third = Math.floor((high - low) / 3);
    if (outgoing(low + third) < outgoing(high - third)) low += third;
    else high -= third;
  }
  return Math.max(...Array.from({ length: high - low + 1 }, (_, place) => outgoing(low + place)));
}

/** The first of 0 … last where *value* is largest. @param {number} last @param {(place: number) => number} value */
function bestOf(last, value) {
  let [best, highest] = [0, -Infinity];
  for (let place = 0; place <= last; place += 1) {
    const here = value(place);
    if (here > highest) [best, highest] = [place, here];
  }
  return best;
}

/** Golden-section search on an interval that holds one maximum. @param {(at: number) => number} curve @param {number} low @param {number} high */
function highestPoint(curve, low, high) {
  const ratio = 0.6180339887498949;
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  for (let round = 0; round < STEPS; round += 1) {
    if (curve(left) < curve(right)) [low, left, right] = [left, right, left + ratio * (high - left)];
    else [high, right, left] = [right, left, right - ratio * (right - low)];
  }
  return (low + high) / 2;
}

/**
 * The figures of a plan: both risks, the qualities accepted with 95, 50 and 10 %, AOQL.
 * @param {Plan} plan @param {string} [distribution]
 * @returns {Figures}
 */
export function planFigures(plan, distribution = distributionFor(plan)) {
  const atAql = evaluate(plan, Number(plan.aql), distribution);
  return {
    producer_risk: Math.max(1 - atAql.pa, 0),
    asn_at_aql: atAql.asn,
    quality_95: qualityAt(plan, 0.95, distribution),
    quality_50: qualityAt(plan, 0.5, distribution),
    consumer_quality_10: qualityAt(plan, 0.1, distribution),
    aoql: outgoingQualityLimit(plan, distribution),
  };
}

/**
 * Even steps of quality from 0 to where about one lot in a hundred is accepted, and what becomes
 * of lots of each.
 * @param {Plan} plan @param {string} distribution @param {number} [count] of points
 * @returns {{qualities: number[], outcomes: Outcome[]}}
 */
export function curveOf(plan, distribution, count = 121) {
  const end = Math.max(qualityAt(plan, 0.01, distribution) ?? 100, Number(plan.aql));
  const qualities = Array.from({ length: count }, (_, at) => (end * at) / (count - 1));
  return { qualities, outcomes: qualities.map((quality) => evaluate(plan, quality, distribution)) };
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);
