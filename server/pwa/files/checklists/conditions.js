// When an item applies, and when it must be answered. The same rules as
// server/checklists/conditions.py: true, false, or null for "not known yet".

import { decimal, parseMeasurement, trimmed } from "./measurement.js";

/**
 * @typedef {Record<string, any>} Item
 * @typedef {{id?: string, item_id: string, value?: string | null, is_ok?: boolean | null,
 *   not_applicable?: boolean, number?: string, attachment_ids?: string[]}} Answer
 * @typedef {Record<string, any>} Condition
 */

const MARKED = new Set(["check", "signature"]);
/** @type {Record<string, (value: bigint, bound: bigint) => boolean>} */
const RANGES = {
  at_least: (value, bound) => value >= bound,
  at_most: (value, bound) => value <= bound,
  above: (value, bound) => value > bound,
  below: (value, bound) => value < bound,
};

/**
 * Whether limits or conditions of a checklist ask how goods are kept.
 * @param {Record<string, any>} template
 */
export function asksForStorage(template) {
  const parts = [...(template.items ?? []), ...(template.head_items ?? []), ...(template.sections ?? [])];
  return parts.some(({ limits, when, required_when: required }) => limits?.by_storage_class || [when, required].some(names));
}

/** @param {Condition | null | undefined} condition @returns {boolean} */
function names(condition) {
  if (!condition) return false;
  return condition.fact === "storage_class" || names(condition.not) || [...(condition.all ?? []), ...(condition.any ?? [])].some(names);
}

/** What an answer is judged by beside itself: the facts, and the other answers. */
export class Surroundings {
  /** @type {Map<string, boolean | null>} */
  #applies = new Map();
  /** @type {Map<string, boolean>} */
  #required = new Map();

  /**
   * @param {Record<string, any>} template
   * @param {Item[]} items
   * @param {Map<string, Answer[]>} answers
   * @param {Record<string, any>} facts
   */
  constructor(template, items, answers, facts) {
    this.facts = facts;
    this.answers = answers;
    this.items = new Map(items.map((item) => [item.id, item]));
    /** @type {Map<string, Record<string, any>>} */
    this.sections = new Map();
    for (const section of template.sections ?? []) this.sections.set(section.id, section);
  }

  /** @param {string} itemId @returns {Answer[]} */
  answersTo(itemId) {
    return this.answers.get(itemId) ?? [];
  }

  /** What was answered to another item of the same part. @param {string} itemId */
  chosen(itemId) {
    return this.answersTo(itemId).findLast((answer) => answer.value)?.value ?? null;
  }

  /**
   * Whether the item is asked; null without a condition, or while that is not known. Null also
   * while it is being worked out: conditions that go in a circle are not followed for ever.
   * @param {Item} item @returns {boolean | null}
   */
  applies(item) {
    return remembered(this.#applies, item.id, null, () => {
      const section = this.sections.get(item.section || "");
      const conditions = [section?.when, item.when].filter(Boolean);
      const result = every(conditions.map((condition) => this.holds(condition)));
      return result === true && !item.when ? null : result;
    });
  }

  /** Whether an answer must be given; a condition not known yet asks for one. @param {Item} item */
  isRequired(item) {
    if (!item.required_when) return item.is_required ?? true;
    return remembered(this.#required, item.id, true, () => this.holds(item.required_when) !== false);
  }

  /** @param {Condition} condition @returns {boolean | null} */
  holds(condition) {
    if (condition.all) return every(condition.all.map((/** @type {Condition} */ part) => this.holds(part)));
    if (condition.any) {
      return inverse(every(condition.any.map((/** @type {Condition} */ part) => inverse(this.holds(part)))));
    }
    if (condition.not) return inverse(this.holds(condition.not));
    if (condition.fact) {
      const known = this.facts[condition.fact] ?? null;
      return known === null ? null : condition.in.includes(known);
    }
    return this.#itemHolds(condition);
  }

  /** @param {Condition} condition @returns {boolean | null} */
  #itemHolds(condition) {
    const item = this.items.get(condition.item);
    if (!item) return null;
    const given = this.applies(item) === false ? null : this.#given(item);
    if (condition.is_answered !== undefined) return (given !== null) === condition.is_answered;
    if (given !== null) return passes(condition, item, given);
    return this.#mayStillCome(item) ? null : false;
  }

  /**
   * What was answered, as conditions see it; a check is "ok" or "not_ok".
   * @param {Item} item
   * @returns {string | null}
   */
  #given(item) {
    const answers = this.answersTo(item.id);
    if (MARKED.has(item.type)) {
      const marks = answers.map((answer) => answer.is_ok);
      return marks.includes(false) ? "not_ok" : marks.includes(true) ? "ok" : null;
    }
    const value = trimmed(this.chosen(item.id));
    if (value) return value;
    return answers.some((answer) => answer.attachment_ids?.length || answer.number) ? "" : null;
  }

  /** @param {Item} item */
  #mayStillCome(item) {
    if (this.applies(item) === false) return false;
    if (this.answersTo(item.id).some((answer) => answer.not_applicable)) return false;
    return this.isRequired(item);
  }
}

/**
 * @template T
 * @param {Map<string, T>} found
 * @param {string} key
 * @param {T} meanwhile
 * @param {() => T} work
 * @returns {T}
 */
function remembered(found, key, meanwhile, work) {
  const known = found.get(key);
  if (known !== undefined) return known;
  found.set(key, meanwhile);
  const result = work();
  found.set(key, result);
  return result;
}

/** @param {(boolean | null)[]} parts @returns {boolean | null} */
function every(parts) {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

/** @param {boolean | null} value */
function inverse(value) {
  return value === null ? null : !value;
}

/**
 * @param {Condition} condition
 * @param {Item} item
 * @param {string} given
 * @returns {boolean | null}
 */
function passes(condition, item, given) {
  if (condition.in) return condition.in.includes(given);
  const number = parseMeasurement(given, item.unit);
  if (number === null) return null;
  return Object.entries(RANGES).every(
    ([name, test]) => condition[name] === undefined || test(number, decimal(condition[name])),
  );
}
