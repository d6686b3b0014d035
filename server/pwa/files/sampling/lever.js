// The same goods as several lots or as one: items to open, and the risks. The same figures as
// sampling/comparison.py. GB/T 2828.1-2012, 6.1.

import { planFigures } from "./curves.js";
import { SamplingError, checkLotSize } from "./errors.js";
import { findPlan } from "./plans.js";

/**
 * @typedef {import("./curves.js").Figures} Figures
 * @typedef {import("./plans.js").Plan} Plan
 * @typedef {{plan: Plan, figures: Figures}} Weighed
 */

export const LOTS_MAX = 100;
/** Each different size costs the risks of a plan. */
export const LOT_SIZES_MAX = 20;
const PART = /^(?:(\d{1,3})\s*[x×*]\s*)?(\d{1,10})$/i;

/** Lot sizes out of "50,50,60" or "10x50". @param {string} text @returns {number[]} */
export function lotSizesOf(text) {
  const parts = text.split(/[,，;；\s]+/).filter(Boolean);
  const sizes = parts.flatMap((part) => {
    const [, times, size] = PART.exec(part) ?? [];
    if (!size) throw new SamplingError("wrong-shape", "lot_sizes", part, ["50, 50, 60", "10x50"]);
    const wanted = Math.min(Number(times ?? 1), LOTS_MAX + 1);
    return Array.from({ length: wanted }, () => checkLotSize(Number(size)));
  });
  if (sizes.length < 2 || sizes.length > LOTS_MAX) {
    throw new SamplingError("out-of-range", "lot_sizes", sizes.length, [`2 … ${LOTS_MAX}`]);
  }
  const different = new Set(sizes).size;
  if (different > LOT_SIZES_MAX) {
    throw new SamplingError("out-of-range", "lot_sizes", different, [`1 … ${LOT_SIZES_MAX}`]);
  }
  checkLotSize(sizes.reduce((total, size) => total + size, 0));
  return sizes;
}

/**
 * @param {import("./tables.js").SamplingTables} tables
 * @param {number[]} sizes
 * @param {Omit<import("./plans.js").Question, "lot_size">} rule
 */
export function pullLever(tables, sizes, rule) {
  /** @param {number} size @returns {Weighed} */
  const weigh = (size) => {
    const plan = findPlan(tables, { ...rule, lot_size: size });
    return { plan, figures: planFigures(plan) };
  };
  /** @type {Map<number, Weighed>} */
  const bySize = new Map(sizes.map((size) => [size, /** @type {any} */ (null)]));
  for (const size of bySize.keys()) bySize.set(size, weigh(size));
  const separate = sizes.map((size) => /** @type {Weighed} */ (bySize.get(size)));
  const merged = weigh(sizes.reduce((total, size) => total + size, 0));
  const items = separate.reduce((total, { plan }) => total + plan.items_to_inspect, 0);
  return {
    separate,
    merged,
    items_separate: items,
    items_merged: merged.plan.items_to_inspect,
    items_saved: items - merged.plan.items_to_inspect,
    all_accepted_separate: separate.reduce((chance, { figures }) => chance * (1 - figures.producer_risk), 1),
  };
}
