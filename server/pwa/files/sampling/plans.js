// From lot, AQL, level and severity to the sampling plan, arrows followed: the same plans as
// sampling/plans.py gives. GB/T 2828.1-2012, 10.3 and Tables 1 to 4-C.

import { canonicalAql, qualityMeasure } from "./aql.js";
import { checkChoice, checkLotSize } from "./errors.js";
import { worstOf } from "./tables.js";

/**
 * @typedef {import("./tables.js").SamplingTables} SamplingTables
 * @typedef {import("./tables.js").Confidence} Confidence
 * @typedef {{stage: number, sample_size: number, cumulative_sample_size: number,
 *   acceptance_number: number | null, rejection_number: number}} Stage
 * @typedef {{table: string, code_letter: string, cell: string}} TableStep
 * @typedef {{plan_type: string, code_letter: string, stages: Stage[], path: TableStep[],
 *   confidence: Confidence}} TablePlan
 * @typedef {{lot_size: number, aql: string, inspection_level?: string,
 *   inspection_severity?: string, plan_type?: string, quality_measure?: string | null}} Question
 *
 * A plan as the server keeps it on a record.
 * @typedef {{standard: string, edition: string, lot_size: number, aql: string,
 *   inspection_level: string, inspection_severity: string, plan_type: string,
 *   quality_measure: string, code_letter: string, plan_code_letter: string, stages: Stage[],
 *   full_inspection: boolean, items_to_inspect: number, confidence: Confidence,
 *   path: TableStep[]}} Plan
 */

export const INSPECTION_SEVERITIES = ["normal", "tightened", "reduced"];
export const PLAN_TYPES = ["single", "double", "multiple"];
/** @type {Record<string, string>} */
const TABLE_NUMBERS = { single: "2", double: "3", multiple: "4" };
/** @type {Record<string, string>} */
const TABLE_PARTS = { normal: "A", tightened: "B", reduced: "C" };
/** @type {Record<string, number>} */
const ARROWS = { "↓": 1, "↑": -1 };
/** @type {Record<string, string>} */
const OTHER_TYPE = { "*": "single", "++": "double" };

/**
 * The plan of the standard for one lot.
 * @param {SamplingTables} tables
 * @param {Question} question lot_size 2 … 10⁹; aql one of the preferred values, as text
 * @returns {Plan}
 * @throws {import("./errors.js").SamplingError} naming the argument that has no plan
 */
export function findPlan(tables, question) {
  const lotSize = checkLotSize(question.lot_size);
  const aql = canonicalAql(question.aql, tables.aqls);
  const measure = qualityMeasure(aql, question.quality_measure, tables.aqls);
  const level = question.inspection_level ?? "II";
  const severity = question.inspection_severity ?? "normal";
  const type = question.plan_type ?? "single";
  checkChoice("inspection_level", level, tables.inspectionLevels);
  checkChoice("inspection_severity", severity, INSPECTION_SEVERITIES);
  checkChoice("plan_type", type, PLAN_TYPES);
  const { letter, confidence } = tables.letter(lotSize, level);
  const found = planOfCell(tables, type, severity, letter, aql);
  const sample = found.stages[found.stages.length - 1].cumulative_sample_size;
  return {
    standard: tables.standard,
    lot_size: lotSize,
    aql,
    inspection_level: level,
    inspection_severity: severity,
    plan_type: found.plan_type,
    code_letter: letter,
    plan_code_letter: found.code_letter,
    stages: found.stages,
    full_inspection: sample >= lotSize,
    edition: tables.edition,
    quality_measure: measure,
    items_to_inspect: Math.min(sample, lotSize),
    confidence: worstOf([found.confidence, confidence]),
    path: found.path,
  };
}

/**
 * What is really to be inspected: the stages, or the whole lot at once. Under 100 % inspection the
 * lot is judged by the numbers of the last stage.
 * @param {Plan} plan
 * @returns {Stage[]}
 */
export function inspectionStages(plan) {
  if (!plan.full_inspection) return plan.stages;
  const { lot_size: size } = plan;
  const last = plan.stages[plan.stages.length - 1];
  return [{ ...last, stage: 1, sample_size: size, cumulative_sample_size: size }];
}

/**
 * The plan a cell leads to, along arrows and references to another type of plan.
 * @param {SamplingTables} tables
 * @param {string} planType
 * @param {string} severity
 * @param {string} letter
 * @param {string} aql as the standard prints it
 * @returns {TablePlan}
 */
export function planOfCell(tables, planType, severity, letter, aql) {
  const key = [planType, severity, letter, aql].join(" ");
  const known = tables.plans.get(key);
  if (known) return known;
  const found = followed(tables, planType, severity, letter, aql);
  tables.plans.set(key, found);
  return found;
}

/** @type {typeof planOfCell} */
function followed(tables, planType, severity, letter, aql) {
  const letters = tables.codeLetters;
  const column = tables.aqls.indexOf(aql);
  /** @type {TableStep[]} */
  const path = [];
  /** @type {Confidence[]} */
  const marks = [];
  let type = planType;
  let place = letters.indexOf(letter);
  while (path.length < 2 * letters.length) {
    const name = `${TABLE_NUMBERS[type]}-${TABLE_PARTS[severity]}`;
    const { cell, sampleSizes, confidence } = tables.cell(name, place, column);
    path.push({ table: name, code_letter: letters[place], cell });
    marks.push(confidence);
    if (cell in ARROWS) place += ARROWS[cell];
    else if (cell in OTHER_TYPE) type = OTHER_TYPE[cell];
    else {
      const stages = stagesOf(cell, sampleSizes);
      const mark = worstOf(marks);
      return { plan_type: type, code_letter: letters[place], stages, path, confidence: mark };
    }
  }
  throw new RangeError(`${tables.edition}: no plan from ${path[0].table}, ${letter}, ${aql}`);
}

/**
 * Stages out of a printed cell, e.g. "#/2 0/3 0/3 1/3 3/4".
 * @param {string} cell
 * @param {number[]} sampleSizes
 * @returns {Stage[]}
 */
function stagesOf(cell, sampleSizes) {
  let drawn = 0;
  return cell.split(" ").map((pair, at) => {
    const [acceptance, rejection] = pair.split("/");
    drawn += sampleSizes[at];
    return {
      stage: at + 1,
      sample_size: sampleSizes[at],
      cumulative_sample_size: drawn,
      acceptance_number: acceptance === "#" ? null : Number(acceptance),
      rejection_number: Number(rejection),
    };
  });
}
