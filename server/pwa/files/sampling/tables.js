// The tables of the standard as the server exports them (GET /api/v1/sampling/tables), laid out
// for look-up. No value of a table stands in the code.

import { SamplingError } from "./errors.js";

/**
 * @typedef {"confirmed" | "single_source" | "unconfirmed"} Confidence
 * @typedef {{code_letter: string, sample_sizes: number[], cells: string[], confidence: string}} PlanRow
 * @typedef {{lot_size_from: number, code_letters: string[], confidence: string}} LetterRow
 * @typedef {{table: string, rows: any[], inspection_levels?: string[],
 *   plan_type?: string, inspection_severity?: string}} Table
 * @typedef {{edition: string, standard: string, code_letters: string[], aqls: string[],
 *   inspection_levels: string[], tables: Table[]}} Export
 */

/** @type {Record<string, Confidence>} */
const CONFIDENCE_MARKS = { c: "confirmed", s: "single_source", u: "unconfirmed" };
/** @type {Confidence[]} */
const WORST_FIRST = ["unconfirmed", "single_source", "confirmed"];

/** The worst of several marks. @param {Confidence[]} marks @returns {Confidence} */
export function worstOf(marks) {
  return WORST_FIRST.find((mark) => marks.includes(mark)) ?? "unconfirmed";
}

export class SamplingTables {
  /** @type {Map<string, Table>} */
  #tables;

  /** @param {Export} exported */
  constructor(exported) {
    this.edition = exported.edition;
    this.standard = exported.standard;
    this.codeLetters = exported.code_letters;
    this.aqls = exported.aqls;
    this.inspectionLevels = exported.inspection_levels;
    this.#tables = new Map(exported.tables.map((table) => [table.table, table]));
    /** @type {Map<string, import("./plans.js").TablePlan>} */
    this.plans = new Map();
  }

  /** @param {string} name e.g. "1", "2-A" @returns {Table} */
  table(name) {
    const found = this.#tables.get(name);
    if (!found) throw new SamplingError("not-one-of", "table", name, [...this.#tables.keys()]);
    return found;
  }

  /**
   * Table 1: the letter of a lot, and how sure it is.
   * @param {number} lotSize
   * @param {string} level
   * @returns {{letter: string, confidence: Confidence}}
   */
  letter(lotSize, level) {
    const { rows, inspection_levels: levels } = this.table("1");
    /** @type {LetterRow} */
    const row = rows.findLast((/** @type {LetterRow} */ one) => one.lot_size_from <= lotSize);
    const place = (levels ?? this.inspectionLevels).indexOf(level);
    return {
      letter: row.code_letters[place],
      confidence: CONFIDENCE_MARKS[row.confidence[place]],
    };
  }

  /**
   * A row of a master table, and one of its cells.
   * @param {string} name
   * @param {number} place of the code letter
   * @param {number} column of the AQL
   */
  cell(name, place, column) {
    /** @type {PlanRow} */
    const row = this.table(name).rows[place];
    return {
      cell: row.cells[column],
      sampleSizes: row.sample_sizes,
      confidence: CONFIDENCE_MARKS[row.confidence[column]],
    };
  }
}
