/** Figures as people write them, and the answer as a quality engineer reads it aloud. */

import { language, text, word } from "../../shared/language.js";

const LOCALES = { "zh-CN": "zh-CN", en: "en-GB" };

/** @param {number} value @param {Intl.NumberFormatOptions} options */
const formatted = (value, options) => new Intl.NumberFormat(LOCALES[language()], options).format(value);

/** A probability in percent, with a digit more where it is close to 0 or 1. @param {number} value */
export function percent(value) {
  const isClose = value > 0 && value < 1 && (value > 0.995 || value < 0.005);
  return formatted(value, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: isClose ? 3 : 1 });
}

/** A quality level, to three figures. @param {number | null} value */
export function quality(value) {
  return value === null ? "—" : formatted(value, { maximumSignificantDigits: 3 });
}

/** A quality with its unit. @param {number | null} value @param {string} measure */
export function withUnit(value, measure) {
  if (value === null) return "—";
  return measure === "percent_nonconforming" ? `${quality(value)}%` : `${quality(value)} ${unitOf(measure)}`;
}

/** @param {string} measure */
export const unitOf = (measure) => (measure === "percent_nonconforming" ? "%" : text("unit.per_100"));

/** @param {number} value */
export const items = (value) => formatted(value, { maximumFractionDigits: 1 });

/** n 80, Ac 2, Re 3; of several stages their sample sizes. @param {import("../../sampling/plans.js").Plan} plan */
export function numbersOf(plan) {
  return plan.stages
    .map(({ sample_size: n, acceptance_number: ac, rejection_number: re }) => `n ${n}, Ac ${ac ?? "#"}, Re ${re}`)
    .join("; ");
}

/** The question of a plan in one line. @param {import("../../sampling/plans.js").Plan} plan */
export const describe = (plan) =>
  text("plan_line", {
    n: formatted(plan.lot_size, {}),
    aql: plan.aql,
    level: plan.inspection_level,
    severity: word("severity_short", plan.inspection_severity),
    type: word("plan_type", plan.plan_type),
  });
