// Holding answers against a checklist, offline, exactly as the server does: the same rules as
// server/checklists/evaluation.py. Both pass tests/vectors/checklists, and are compared on random
// checklists. No network, no clock, no storage.

import { Surroundings } from "./conditions.js";
import { Life, bounds, daysIn, isDay, outOfBounds } from "./limits.js";
import { decimal, parseMeasurement, trimmed } from "./measurement.js";

/**
 * @typedef {"ok" | "not_ok" | "not_applicable" | "left_out" | "missing"} Outcome
 * @typedef {{code: string, params: Record<string, any>}} Reason
 * @typedef {{outcome: Outcome, reasons: Reason[], found: number | null}} Verdict
 * @typedef {{item_id: string, gate: string | null, nonconformity_class: string, outcome: Outcome,
 *   reasons: Reason[], count: number | null, answer_ids: string[]}} ItemOutcome
 * @typedef {import("./conditions.js").Item} Item
 * @typedef {import("./conditions.js").Answer} Answer
 */

const CLASSES = ["A", "B", "C"];
const GRAVITY = ["missing", "left_out", "not_applicable", "ok", "not_ok"];
const SAYS_NOTHING = new Set(["not_answered", "paper_missing", "photo_missing", "not_signed"]);
const WITHOUT_EVIDENCE = new Set(["missing", "left_out", "not_applicable"]);
/** @type {Record<string, string>} */
const FACT_IS_FALSE = { licences_are_valid: "licences_not_valid", is_signed: "not_signed" };
const COUNT = /^[0-9]{1,9}$/;
const PLACE = /^(-?[0-9]{1,3}(?:\.[0-9]{1,9})?), ?(-?[0-9]{1,3}(?:\.[0-9]{1,9})?)$/;
const TIME =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|([+-])([0-9]{2}):([0-9]{2}))$/;

/** An answer to an item that this part of the checklist does not have. */
export class UnknownItem extends Error {
  /** @param {string} itemId */
  constructor(itemId) {
    super(`no item ${itemId}`);
    this.itemId = itemId;
  }
}

/** @type {(code: string, params?: Record<string, any>) => Reason} */
const reason = (code, params = {}) => ({ code, params });
/** @type {(outcome: Outcome, reasons?: Reason[], found?: number | null) => Verdict} */
const verdict = (outcome, reasons = [], found = null) => ({ outcome, reasons, found });
/** @type {(code: string, params?: Record<string, any>) => Verdict} */
const missing = (code, params) => verdict("missing", [reason(code, params)]);
const OK = verdict("ok");

/**
 * How the items of one part of *template* came out.
 * @param {Record<string, any>} template a checklist document
 * @param {Answer[]} answers the answers to this part
 * @param {Record<string, any>} facts what is known beside the answers
 * @param {"items" | "head"} part
 */
export function evaluate(template, answers, facts, part = "items") {
  /** @type {Item[]} */
  const items = template[part === "head" ? "head_items" : "items"];
  /** @type {string[]} */
  const gates = template.gates;
  const around = new Surroundings(template, items, byItem(items, answers), facts);
  const outcomes = items.map((item) => judgeItem(item, around));
  const photos = items.filter((item, at) => lacksPhoto(item, outcomes[at], around));
  const failed = outcomes.filter((one) => one.outcome === "not_ok");
  /** @param {(name: string) => number} count @returns {Record<string, number>} */
  const perClass = (count) => Object.fromEntries(CLASSES.map((name) => [name, count(name)]));
  return {
    outcomes,
    missing_photos: photos.map(({ id, zh, en }) => ({ item_id: id, zh, en })),
    gates: gates.map((gate) => gateState(gate, outcomes, photos)),
    questions: items.flatMap((item, at) => questions(item, outcomes[at], around)),
    failures: perClass((name) => failed.filter((o) => o.nonconformity_class === name).length),
    counts: perClass((name) =>
      outcomes.reduce((sum, o) => sum + (o.nonconformity_class === name ? o.count ?? 0 : 0), 0),
    ),
    is_complete: !photos.length && outcomes.every((one) => one.outcome !== "missing"),
    not_applicable_count: outcomes.filter((one) => one.outcome === "not_applicable").length,
  };
}

/** @param {Item[]} items @param {Answer[]} answers @returns {Map<string, Answer[]>} */
function byItem(items, answers) {
  /** @type {Map<string, Answer[]>} */
  const grouped = new Map();
  const known = new Set(items.map((item) => item.id));
  for (const answer of answers) {
    if (!known.has(answer.item_id)) throw new UnknownItem(answer.item_id);
    grouped.set(answer.item_id, [...(grouped.get(answer.item_id) ?? []), answer]);
  }
  return grouped;
}

// -- one item --------------------------------------------------------------------------------

/** @param {Item} item @param {Surroundings} around @returns {ItemOutcome} */
function judgeItem(item, around) {
  const answers = around.answersTo(item.id);
  const applicable = around.applies(item);
  let result;
  if (applicable === false) {
    // What somebody marked as wrong is never passed over.
    const isMarked = answers.some((answer) => answer.is_ok === false);
    result = isMarked ? verdict("not_ok", [reason("marked_not_ok")]) : verdict("not_applicable");
  } else if (answers.length) {
    const verdicts = answers.map((answer) => judgeAnswer(item, answer, around, applicable));
    result = verdicts.reduce((worst, one) => (isGraver(one, worst) ? one : worst));
  } else {
    result = missing("not_answered");
  }
  if (result.outcome === "missing" && SAYS_NOTHING.has(result.reasons[0].code)) {
    result = around.isRequired(item) ? result : verdict("left_out");
  }
  result = withFact(item, result, answers.length > 0, around.facts);
  return {
    item_id: item.id,
    gate: item.gate ?? null,
    nonconformity_class: item.nonconformity_class,
    outcome: result.outcome,
    reasons: result.reasons,
    count: result.found,
    answer_ids: answers.flatMap((answer) => answer.id || []),
  };
}

/** @param {Verdict} one @param {Verdict} other */
function isGraver(one, other) {
  const difference = GRAVITY.indexOf(one.outcome) - GRAVITY.indexOf(other.outcome);
  return difference > 0 || (difference === 0 && (one.found ?? 0) > (other.found ?? 0));
}

/**
 * Let what the system knows stand above what was ticked; it never mends a failure.
 * @param {Item} item
 * @param {Verdict} result
 * @param {boolean} isAnswered
 * @param {Record<string, any>} facts
 * @returns {Verdict}
 */
function withFact(item, result, isAnswered, facts) {
  const known = facts[item.fact || ""] ?? null;
  if (known === null) return result;
  const isVoid = result.outcome === "missing" || result.outcome === "left_out";
  if (known === true) return !isAnswered || isVoid ? OK : result;
  const code = FACT_IS_FALSE[item.fact];
  if (item.type === "signature") return missing(code);
  const marked = result.outcome === "not_ok" ? result.reasons : [];
  return verdict("not_ok", [reason(code), ...marked]);
}

/**
 * @param {Item} item
 * @param {Answer} answer
 * @param {Surroundings} around
 * @param {boolean | null} applicable
 * @returns {Verdict}
 */
function judgeAnswer(item, answer, around, applicable) {
  if (answer.not_applicable) {
    if (item.may_be_not_applicable && applicable === null) return verdict("not_applicable");
    return missing("not_applicable_refused");
  }
  const result = JUDGES[item.type](item, answer, around);
  if (answer.is_ok !== false) return result;
  const reasons = result.outcome === "missing" ? [] : result.reasons;
  return verdict("not_ok", [...reasons, reason("marked_not_ok")], result.found);
}

// -- by type: each judges one answer that is not "not applicable" ---------------------------------

/** @type {Record<string, (item: Item, answer: Answer, around: Surroundings) => Verdict>} */
const JUDGES = {
  check: (_item, answer) => (answer.is_ok == null ? missing("not_answered") : OK),
  text: judgeText,
  barcode: judgeText,
  number: judgeNumber,
  temperature: judgeNumber,
  count: judgeCount,
  document: judgeDocument,
  choice: judgeChoice,
  date: judgeDate,
  time: judgeTime,
  photo: (_item, answer) => (answer.attachment_ids?.length ? OK : missing("photo_missing")),
  signature: (_item, answer) =>
    answer.is_ok != null || answer.attachment_ids?.length ? OK : missing("not_signed"),
  location: judgeLocation,
};

/** @param {Item} _item @param {Answer} answer */
function judgeText(_item, answer) {
  return trimmed(answer.value) ? OK : missing("not_answered");
}

/** @param {Item} item @param {Answer} answer @param {Surroundings} around */
function judgeNumber(item, answer, around) {
  const value = trimmed(answer.value);
  if (!value) return missing("not_answered");
  const number = parseMeasurement(value, item.unit);
  if (number === null) return missing("unreadable_number", { value });
  const reasons = outOfBounds(item, number, around);
  return reasons.length ? verdict("not_ok", reasons) : OK;
}

/**
 * Class A stops at the first one found, whatever the sample; B and C wait for the plan.
 * @param {Item} item
 * @param {Answer} answer
 * @param {Surroundings} around
 */
function judgeCount(item, answer, around) {
  const value = trimmed(answer.value);
  if (!value) return missing("not_answered");
  if (!COUNT.test(value)) return missing("unreadable_count", { value });
  const count = Number(value);
  if (item.nonconformity_class === "A" && count > 0) {
    return verdict("not_ok", [reason("critical_found", { count })], count);
  }
  const reasons = outOfBounds(item, decimal(`${count}`), around);
  return verdict(reasons.length ? "not_ok" : "ok", reasons, count);
}

/** @param {Item} item @param {Answer} answer */
function judgeDocument(item, answer) {
  const number = trimmed(answer.number) || trimmed(answer.value);
  if (item.is_number_required && !number) return missing("number_missing");
  return number || answer.attachment_ids?.length ? OK : missing("paper_missing");
}

/** @param {Item} item @param {Answer} answer */
function judgeChoice(item, answer) {
  const value = trimmed(answer.value);
  if (!value) return missing("not_answered");
  const option = item.options.find((/** @type {Item} */ one) => one.value === value);
  if (!option) return missing("unknown_option", { value });
  const { zh, en } = option;
  return option.is_ok ? OK : verdict("not_ok", [reason("option_not_ok", { zh, en })]);
}

/** @param {Item} item @param {Answer} answer @param {Surroundings} around */
function judgeDate(item, answer, around) {
  const value = trimmed(answer.value);
  if (value && !isDay(value)) return missing("unreadable_day", { value });
  const ratio = item.limits?.min_remaining_ratio ?? null;
  if (ratio === null) return value ? OK : missing("not_answered");
  const life = new Life(around.facts);
  if (around.facts.has_shelf_life === false && life.expires === null) {
    return value || answer.is_ok != null ? OK : missing("not_answered");
  }
  const faults = life.faults(ratio);
  if (faults.length) return verdict("not_ok", faults);
  return life.isMissing() ? missing("dates_missing") : OK;
}

/** @param {Item} item @param {Answer} answer @param {Surroundings} around */
function judgeTime(item, answer, around) {
  const value = trimmed(answer.value);
  if (!value) return missing("not_answered");
  const moment = microseconds(value);
  if (moment === null) return missing("unreadable_time", { value });
  const limits = item.limits ?? {};
  if (limits.min_hours !== undefined) {
    const began = microseconds(around.chosen(limits.after_item) ?? "");
    const seconds = (decimal(limits.min_hours) * 3600n) / 1_000_000n;
    if (began !== null && moment - began < seconds * 1_000_000n) {
      return verdict("not_ok", [reason("kept_too_short", { min_hours: limits.min_hours })]);
    }
  }
  return OK;
}

/** @param {Item} _item @param {Answer} answer */
function judgeLocation(_item, answer) {
  const value = trimmed(answer.value);
  if (!value) return missing("not_answered");
  const place = PLACE.exec(value);
  const isThere = place && Math.abs(Number(place[1])) <= 90 && Math.abs(Number(place[2])) <= 180;
  return isThere ? OK : missing("unreadable_location", { value });
}

/**
 * A wire time in microseconds; null for one without a zone, or that no calendar has.
 * @param {string} text
 */
function microseconds(text) {
  const match = TIME.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const zone = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0);
  const isReal =
    isDay(text.slice(0, 10)) && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60;
  if (!isReal || Number(match[11] ?? 0) > 59 || zone >= 24 * 60) return null;
  const offset = match[9] === "-" ? -zone : zone;
  const local = Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / 1000 + hour * 3600 + minute * 60 + second;
  const fraction = (match[7] ?? "").padEnd(6, "0");
  return BigInt(local - offset * 60) * 1_000_000n + BigInt(fraction);
}

// -- photos, gates and slips ----------------------------------------------------------------------

/**
 * Whether the item was answered, asks for a photo as it came out, and has none.
 * @param {Item} item
 * @param {ItemOutcome} outcome
 * @param {Surroundings} around
 */
function lacksPhoto(item, outcome, around) {
  const answers = around.answersTo(item.id);
  if (!answers.length || WITHOUT_EVIDENCE.has(outcome.outcome)) return false;
  const rule = item.photo ?? "none";
  const hasFailed = outcome.outcome === "not_ok" || Boolean(outcome.count);
  if (rule === "none" || (rule === "on_failure" && !hasFailed)) return false;
  return !answers.some((answer) => answer.attachment_ids?.length);
}

/** @param {string} gate @param {ItemOutcome[]} outcomes @param {Item[]} photos */
function gateState(gate, outcomes, photos) {
  const inside = outcomes.filter((outcome) => outcome.gate === gate);
  const ids = (/** @type {Outcome} */ word) => inside.filter((o) => o.outcome === word).map((o) => o.item_id);
  const lacking = photos.some((item) => inside.some((outcome) => outcome.item_id === item.id));
  const left = ids("missing");
  return { gate, is_complete: !left.length && !lacking, missing: left, failed: ids("not_ok") };
}

/**
 * 18 where only frozen goods pass: the minus was probably forgotten. Ask once.
 * @param {Item} item
 * @param {ItemOutcome} outcome
 * @param {Surroundings} around
 */
function questions(item, outcome, around) {
  if (item.type !== "temperature" || outcome.outcome !== "not_ok") return [];
  const high = outcome.reasons.find((one) => one.code === "above_max" && decimal(one.params.max) <= 0n);
  if (!high) return [];
  const [smallest, largest] = bounds(item, around);
  const number = decimal(high.params.value);
  const fits = number > 0n && largest !== null && -number <= largest && (smallest === null || -number >= smallest);
  return fits ? [{ item_id: item.id, code: "minus_missing", params: { value: high.params.value } }] : [];
}
