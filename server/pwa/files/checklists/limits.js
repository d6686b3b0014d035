// Which limits hold for an item: fixed, by storage class, by the label, by another answer.
// The same rules as server/checklists/limits.py.

import { ONE, decimal, plainText } from "./measurement.js";

/** How much warmer than its label a chilled product may be at the ramp. */
const LABEL_ALLOWANCE = 3n * ONE;
const DAY_MS = 86_400_000;

/**
 * @type {(limits: Record<string, string | null> | null | undefined) => [bigint | null, bigint | null]}
 */
const pair = (limits) => [
  limits?.min == null ? null : decimal(limits.min),
  limits?.max == null ? null : decimal(limits.max),
];

/**
 * The smallest and the largest value allowed; null where there is no such limit.
 * @returns {[bigint | null, bigint | null]}
 * @param {import("./conditions.js").Item} item
 * @param {import("./conditions.js").Surroundings} around
 */
export function bounds(item, around) {
  const limits = item.limits ?? {};
  const { facts } = around;
  if (limits.product_limits_first) {
    const own = { min: facts.temperature_min, max: facts.temperature_max };
    if (own.min != null || own.max != null) return pair(own);
  }
  if (limits.by_storage_class) return pair(limits.by_storage_class[facts.storage_class]);
  if (limits.by_choice) {
    const chosen = around.chosen(limits.by_choice.item);
    return pair(chosen === null ? null : limits.by_choice.limits[chosen]);
  }
  if (limits.max_rule === "label_plus_3") {
    const label = facts.label_temperature_max;
    if (label != null) return [null, decimal(label) + LABEL_ALLOWANCE];
    return pair({ max: limits.fallback_max });
  }
  return pair(limits);
}

/**
 * @param {bigint} number
 * @param {import("./conditions.js").Item} item
 * @param {import("./conditions.js").Surroundings} around
 */
export function outOfBounds(item, number, around) {
  const [smallest, largest] = bounds(item, around);
  const shown = { value: plainText(number), unit: item.unit || "" };
  if (largest !== null && number > largest) {
    return [{ code: "above_max", params: { ...shown, max: plainText(largest) } }];
  }
  if (smallest !== null && number < smallest) {
    return [{ code: "below_min", params: { ...shown, min: plainText(smallest) } }];
  }
  return [];
}

/** @param {string} text @returns {boolean} */
export function isDay(text) {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!match || match[1] === "0000") return false;
  const [year, month, day] = match.slice(1).map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/** @param {number} year @param {number} month */
export function daysIn(year, month) {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** @param {string} from @param {string} to */
const days = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

/** The dates of the goods, as far as they are known. */
export class Life {
  /** @param {Record<string, any>} facts */
  constructor(facts) {
    this.produced = facts.produced_on || null;
    this.expires = facts.expires_on || null;
    this.delivered = facts.delivered_on || null;
  }

  /** Whether a date is missing that judging the remaining shelf life needs. */
  isMissing() {
    return this.expires === null || this.delivered === null || this.produced === null;
  }

  /** @param {string} ratio the share of the life that must be left */
  faults(ratio) {
    const { produced, expires, delivered } = this;
    /** @type {Record<string, string | number>} */
    const shown = {};
    if (produced) shown.produced_on = produced;
    if (expires) shown.expires_on = expires;
    if (delivered) shown.delivered_on = delivered;
    const fault = (/** @type {string} */ code, params = shown) => [{ code, params }];
    if (produced && delivered && produced > delivered) return fault("produced_after_delivery");
    if (produced && expires && expires < produced) return fault("expires_before_production");
    if (expires && delivered && expires < delivered) return fault("expired");
    if (this.isMissing()) return [];
    const life = days(produced, expires);
    const remaining = days(delivered, expires);
    if (BigInt(remaining) * ONE >= decimal(ratio) * BigInt(life)) return [];
    const left = { life_days: life, remaining_days: remaining, ratio };
    return fault("remaining_life_short", left);
  }
}
