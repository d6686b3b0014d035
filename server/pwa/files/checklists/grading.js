// The grade of a filled-in checklist; the same rules as server/checklists/grading.py.

import { decimal } from "./measurement.js";

/** @typedef {ReturnType<typeof import("./evaluation.js").evaluate>} Evaluation */

const CLASSES = ["A", "B", "C"];
/** @type {Record<string, string>} */
const ONE_WORSE = { C: "B", B: "A", A: "A" };

/**
 * How *evaluation* is graded by its *template*. A class A failure decides alone.
 * @param {Record<string, any>} template
 * @param {Evaluation} evaluation
 * @param {Set<string>} repeated items that failed at this place not long ago: one class higher
 */
export function grade(template, evaluation, repeated = new Set()) {
  const failed = evaluation.outcomes.filter((one) => one.outcome === "not_ok");
  const classes = failed.map((one) => classOfFailure(one, repeated));
  const failures = Object.fromEntries(
    CLASSES.map((name) => [name, classes.filter((class_) => class_ === name).length]),
  );
  const percent = percentOf(template, evaluation);
  const [word, decidedBy] = decide(template, evaluation, failures, percent);
  const counted = (/** @type {string[]} */ ...words) =>
    evaluation.outcomes.filter((one) => words.includes(one.outcome)).length;
  return {
    grade: word,
    decided_by: decidedBy,
    percent: percent === null ? null : `${percent / 100n}.${`${percent % 100n}`.padStart(2, "0")}`,
    failures,
    raised: failed
      .filter((one, at) => classes[at] !== one.nonconformity_class)
      .map((one) => one.item_id),
    judged_count: counted("ok", "not_ok"),
    not_applicable_count: counted("not_applicable"),
    left_out_count: counted("left_out"),
  };
}

/**
 * The class a failed item counts in: one higher if it failed here before.
 * @param {import("./evaluation.js").ItemOutcome} outcome
 * @param {Set<string>} repeated
 */
export function classOfFailure(outcome, repeated) {
  const own = outcome.nonconformity_class;
  return repeated.has(outcome.item_id) ? ONE_WORSE[own] : own;
}

/**
 * Hundredths of a percent; whole numbers only, so that phone and server agree to the last.
 * @param {Record<string, any>} template
 * @param {Evaluation} evaluation
 */
function percentOf(template, evaluation) {
  const items = [...(template.head_items ?? []), ...template.items];
  /** @type {Map<string, bigint>} */
  const weights = new Map();
  for (const item of items) weights.set(item.id, decimal(item.weight ?? "1") / 1000n);
  let earned = 0n;
  let possible = 0n;
  for (const { item_id: id, outcome } of evaluation.outcomes) {
    const weight = weights.get(id) ?? 0n;
    if (outcome === "ok" || outcome === "not_ok") possible += weight;
    if (outcome === "ok") earned += weight;
  }
  return possible === 0n ? null : (earned * 20000n + possible) / (2n * possible);
}

/**
 * @param {Record<string, any>} template
 * @param {Evaluation} evaluation
 * @param {Record<string, number>} failures
 * @param {bigint | null} percent
 * @returns {[string | null, string | null]}
 */
function decide(template, evaluation, failures, percent) {
  const rule = template.grading ?? null;
  if (rule === null) return [null, null];
  if (failures.A) return ["failed", "class_a"];
  if (evaluation.outcomes.some((one) => one.outcome === "missing")) return ["undecided", null];
  if ((rule.method ?? "classes") === "percent") {
    if (percent === null) return ["undecided", null];
    const reaches = (/** @type {string} */ line) => percent * 10_000n >= decimal(line);
    const word = reaches(rule.pass_percent) ? "pass" : reaches(rule.basic_percent) ? "basic" : "failed";
    return [word, "percent"];
  }
  const within = (/** @type {Record<string, number>} */ most) => CLASSES.every((name) => failures[name] <= most[name]);
  return [within(rule.pass) ? "pass" : within(rule.basic) ? "basic" : "failed", "classes"];
}
