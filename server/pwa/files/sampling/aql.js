// Acceptance quality limits: the preferred values and what they may measure (clause 5.2).
// The same rules as sampling/aql.py.

import { SamplingError } from "./errors.js";

const PLAIN_DECIMAL = /^([0-9]{1,12})(?:\.([0-9]{1,12}))?$/;
const LARGEST_PERCENT_AQL = "10";
/** @type {readonly [string, string]} */
export const QUALITY_MEASURES = ["percent_nonconforming", "nonconformities_per_100_items"];

/** A plain decimal as a whole number of 10⁻¹². @param {string} text @returns {bigint | null} */
function exact(text) {
  const match = PLAIN_DECIMAL.exec(text);
  return match && BigInt(match[1] + (match[2] ?? "").padEnd(12, "0"));
}

/**
 * The preferred value as the standard prints it: 2.50 → 2.5.
 * @param {unknown} aql text; a number is refused, for 0.1 is none that a computer holds
 * @param {string[]} preferred
 * @returns {string}
 */
export function canonicalAql(aql, preferred) {
  if (typeof aql !== "string") {
    throw new SamplingError("aql-not-text", "aql", aql, ["text or Decimal", ...preferred]);
  }
  const value = exact(aql);
  if (value === null) throw new SamplingError("aql-not-a-number", "aql", aql, preferred);
  const values = preferred.map((text) => exact(text) ?? 0n);
  const place = values.indexOf(value);
  if (place >= 0) return preferred[place];
  const above = values.findIndex((one) => one > value);
  const upper = Math.max(above < 0 ? values.length - 1 : above, 1);
  throw new SamplingError("aql-not-preferred", "aql", aql, preferred.slice(upper - 1, upper + 1));
}

/**
 * What a (canonical) AQL measures: checked when stated, chosen when not.
 * @param {string} aql
 * @param {unknown} stated
 * @param {string[]} preferred
 * @returns {string}
 */
export function qualityMeasure(aql, stated, preferred) {
  const [percent, per100Items] = QUALITY_MEASURES;
  const onlyPer100 = preferred.indexOf(aql) > preferred.indexOf(LARGEST_PERCENT_AQL);
  if (stated == null) return onlyPer100 ? per100Items : percent;
  if (stated !== percent && stated !== per100Items) {
    throw new SamplingError("not-one-of", "quality_measure", stated, QUALITY_MEASURES);
  }
  if (stated === percent && onlyPer100) {
    throw new SamplingError("aql-only-per-100-items", "quality_measure", stated, [per100Items]);
  }
  return stated;
}
