/** What is asked of the standard, as the address of every screen of the sampling desk holds it. */

import { distributionFor } from "../../sampling/curves.js";
import { SamplingError } from "../../sampling/errors.js";
import { findPlan, INSPECTION_SEVERITIES, PLAN_TYPES } from "../../sampling/plans.js";
import { QUALITY_MEASURES } from "../../sampling/aql.js";
import { withQuery } from "../view.js";

/**
 * @typedef {import("../../sampling/plans.js").Plan} Plan
 * @typedef {import("../../sampling/plans.js").Question} Question
 * @typedef {import("../../sampling/tables.js").SamplingTables} SamplingTables
 */

export { INSPECTION_SEVERITIES, PLAN_TYPES, QUALITY_MEASURES };
export const FIRST = { aql: "1.0", level: "II", severity: "normal", type: "single" };

/**
 * The question of an address. What is missing is the usual.
 *
 * @param {Record<string, string>} query
 * @returns {Question | null} null while no lot size is written
 */
export function questionOf(query) {
  const written = (query.n ?? "").replace(/[\s,，']/g, "");
  if (!written) return null;
  // What is no number goes on as it is written, to be refused by name.
  const size = /^\d{1,300}$/.test(written) ? Number(written) : /** @type {any} */ (query.n);
  return { lot_size: size, ...ruleOf(query) };
}

/** The question without its lot. @param {Record<string, string>} query */
export function ruleOf(query) {
  return {
    aql: query.aql ?? FIRST.aql,
    inspection_level: query.level ?? FIRST.level,
    inspection_severity: query.severity ?? FIRST.severity,
    plan_type: query.type ?? FIRST.type,
    quality_measure: query.measure ?? null,
  };
}

/**
 * The plan, or why there is none.
 *
 * @param {SamplingTables} tables
 * @param {Question | null} question
 * @returns {{plan: Plan | null, refused: SamplingError | null}}
 */
export function answerTo(tables, question) {
  if (question === null) return { plan: null, refused: null };
  try {
    return { plan: findPlan(tables, question), refused: null };
  } catch (error) {
    if (error instanceof SamplingError) return { plan: null, refused: error };
    throw error;
  }
}

/** The law of the curves: as the address asks, where the plan's measure has it. @param {Plan} plan @param {string | undefined} asked */
export function lawOf(plan, asked) {
  const isItems = plan.quality_measure === "percent_nonconforming";
  return isItems && asked === "hypergeometric" ? asked : distributionFor(plan);
}

const ASKED = ["n", "aql", "level", "severity", "type", "measure"];

/**
 * The address of another screen of the sampling desk that asks the same.
 *
 * @param {string} path such as "sampling/draw"
 * @param {Record<string, string>} query
 * @param {Record<string, string>} [more]
 */
export function addressOf(path, query, more = {}) {
  const kept = Object.fromEntries(ASKED.map((name) => [name, query[name]]));
  return withQuery(`#/${path}`, { ...kept, ...more });
}

/** The question of one plan, short: 1000/1.0/II/normal/single. @param {Question} question */
export const shortOf = (question) =>
  [question.lot_size, question.aql, question.inspection_level, question.inspection_severity, question.plan_type].join("/");

/** @param {string} short @returns {Question} */
export function questionOfShort(short) {
  const [n, aql, level, severity, type] = short.split("/");
  return /** @type {Question} */ (questionOf({ n: n || "0", aql, level, severity, type }));
}

/** The number of the table a question begins with, such as 2-A. @param {{plan_type?: string, inspection_severity?: string}} rule */
export function tableOf({ plan_type: type, inspection_severity: severity }) {
  const number = 2 + Math.max(PLAN_TYPES.indexOf(type ?? ""), 0);
  return `${number}-${"ABC"[Math.max(INSPECTION_SEVERITIES.indexOf(severity ?? ""), 0)]}`;
}
