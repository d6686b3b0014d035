// The sample of one line of a receipt: a plan for each class side by side, the items to open, and
// where the lot stands while they are counted. The same plans as server/receiving/basis.py makes
// and the same judgement as server/receiving/verdict.py.

import { decideClass, decideLot } from "./decision.js";
import { drawStages } from "./drawing.js";
import { checkInteger } from "./errors.js";
import { findPlan, inspectionStages } from "./plans.js";

/**
 * @typedef {import("./tables.js").SamplingTables} SamplingTables
 * @typedef {import("./plans.js").Plan} Plan
 * @typedef {import("./decision.js").ClassDecision} ClassDecision
 * @typedef {import("./decision.js").Decision} Decision
 * @typedef {import("./errors.js").Message} Message
 * @typedef {{zero_acceptance?: boolean, aql?: string, inspection_level?: string}} ClassRule
 * @typedef {{quality_measure: string | null, classes: Record<string, ClassRule>}} Scheme
 *
 * The severity a class is inspected under, and the one its history calls for.
 * @typedef {{used: string, due: string}} Severity
 * @typedef {{inspection_severity: string, due_severity: string, zero_acceptance: boolean,
 *   sample_size: number, acceptance_number: number, rejection_number: number,
 *   plan: Plan | null}} ClassPlan
 * @typedef {{lot_size: number, sample_size: number, full_inspection: boolean,
 *   classes: Record<string, ClassPlan>}} LotSampling
 * @typedef {{lot_size: number, inspected: number, nonconforming: Record<string, number>}} Sample
 */

export const CLASSES = ["A", "B", "C"];
/** Goods that come while inspection is discontinued are looked at as strictly as can be. */
const WHILE_DISCONTINUED = "tightened";

/** The severity whose plan is used where *due* is called for. @param {string} due */
export function severityToUse(due) {
  return due === "discontinued" ? WHILE_DISCONTINUED : due;
}

/**
 * The severity of each class out of the supplier's switching states for the product. A class
 * without a state is at the beginning: normal.
 * @param {{nonconformity_class: string, severity: string}[]} states
 * @returns {Record<string, Severity>}
 */
export function dueSeverities(states) {
  const of = new Map(states.map((state) => [state.nonconformity_class, state.severity]));
  return Object.fromEntries(
    CLASSES.map((class_) => {
      const due = of.get(class_) ?? "normal";
      return [class_, { used: severityToUse(due), due }];
    }),
  );
}

/**
 * The plans of a lot, one for each class of the product's scheme.
 * @param {SamplingTables} tables
 * @param {Scheme} scheme
 * @param {number} lotSize 1 … 10⁹; a lot of one item has no plan: it is inspected
 * @param {Record<string, Severity>} severities by class
 * @returns {LotSampling}
 */
export function planLot(tables, scheme, lotSize, severities) {
  checkInteger("lot_size", lotSize, 1);
  /** @type {Map<string, Plan>} */
  const plans = new Map();
  for (const [class_, rule] of Object.entries(scheme.classes)) {
    if (rule.zero_acceptance || lotSize === 1) continue;
    const question = {
      lot_size: lotSize,
      aql: rule.aql ?? "",
      inspection_level: rule.inspection_level,
      inspection_severity: severities[class_].used,
      quality_measure: scheme.quality_measure,
    };
    plans.set(class_, findPlan(tables, question));
  }
  const sizes = [...plans.values()].map((plan) => plan.items_to_inspect);
  const largest = sizes.length ? Math.max(...sizes) : lotSize;
  const inScheme = CLASSES.filter((class_) => class_ in scheme.classes);
  const planned = inScheme.map((class_) => [
    class_,
    classPlan(plans.get(class_) ?? null, largest, severities[class_]),
  ]);
  return {
    lot_size: lotSize,
    sample_size: largest,
    full_inspection: largest >= lotSize,
    classes: Object.fromEntries(planned),
  };
}

/** @param {Plan | null} plan @param {number} largest @param {Severity} severity @returns {ClassPlan} */
function classPlan(plan, largest, severity) {
  if (!plan) {
    return {
      inspection_severity: "normal", // the first finding decides: nothing switches
      due_severity: "normal",
      zero_acceptance: true,
      sample_size: largest,
      acceptance_number: 0,
      rejection_number: 1,
      plan: null,
    };
  }
  const [stage] = inspectionStages(plan);
  return {
    inspection_severity: severity.used,
    due_severity: severity.due,
    zero_acceptance: false,
    sample_size: stage.sample_size,
    acceptance_number: stage.acceptance_number ?? 0,
    rejection_number: stage.rejection_number,
    plan,
  };
}

/**
 * The items to open, in the order they are to be kept: the first n of them are the sample of the
 * class with n items, each a simple random sample of its own. Empty where every item is opened.
 * @param {LotSampling} sampling
 * @param {string} seed
 * @returns {number[]}
 */
export function drawForClasses(sampling, seed) {
  if (sampling.full_inspection) return [];
  const sizes = new Set(Object.values(sampling.classes).map((rule) => rule.sample_size));
  let before = 0;
  const steps = [...sizes, sampling.sample_size]
    .sort((one, other) => one - other)
    .map((size) => {
      const step = size - before;
      before = size;
      return step;
    });
  return drawStages(sampling.lot_size, steps.filter(Boolean), seed).flat();
}

/**
 * Where the lot stands, class by class.
 * @param {LotSampling} sampling
 * @param {Sample} sample
 * @returns {Record<string, ClassDecision>}
 */
export function judgeSample(sampling, sample) {
  /** @type {Record<string, ClassDecision>} */
  const decisions = {};
  for (const [class_, rule] of Object.entries(sampling.classes)) {
    const size = rule.sample_size;
    const measure = rule.plan?.quality_measure ?? "percent_nonconforming";
    let found = sample.nonconforming[class_] ?? 0;
    let inspected = Math.min(sample.inspected, size);
    if (measure === "percent_nonconforming") {
      // What was found beyond the class's own items decides no differently: n is above Re.
      found = Math.min(found, size);
      inspected = Math.max(inspected, found);
    }
    const stages = rule.plan ? inspectionStages(rule.plan) : [zeroAcceptanceStage(size)];
    decisions[class_] = decideClass(stages, measure, [found], [inspected]);
  }
  decisions.A ??= decideClass(
    [zeroAcceptanceStage(sampling.sample_size)],
    "percent_nonconforming",
    [0],
  );
  return decisions;
}

/** @param {number} size @returns {import("./plans.js").Stage} */
function zeroAcceptanceStage(size) {
  const sizes = { sample_size: size, cumulative_sample_size: size };
  return { stage: 1, ...sizes, acceptance_number: 0, rejection_number: 1 };
}

/**
 * The classes in which more nonconforming items were counted than the lot has: a slip.
 * @param {LotSampling} sampling
 * @param {Sample} sample
 * @returns {string[]}
 */
export function countedBeyondLot(sampling, sample) {
  return Object.entries(sampling.classes)
    .filter(([class_, rule]) => {
      const measure = rule.plan?.quality_measure ?? "percent_nonconforming";
      const found = sample.nonconforming[class_] ?? 0;
      return measure === "percent_nonconforming" && found > sampling.lot_size;
    })
    .map(([class_]) => class_);
}

/**
 * What the screen shows while the sample is counted. `is_decided`: the rest cannot change it.
 * @param {LotSampling} sampling
 * @param {Sample} sample
 * @returns {{decision: Decision, is_decided: boolean, items_left: number, text: Message,
 *   classes: Record<string, ClassDecision & {is_decided: boolean, room: number, text: Message}>}}
 */
export function standing(sampling, sample) {
  const decisions = judgeSample(sampling, sample);
  const decision = decideLot(decisions);
  const open = Object.values(decisions).filter((one) => one.decision === "undecided");
  const left = decision === "undecided" ? Math.max(...open.map((one) => one.items_left)) : 0;
  const failed = Object.keys(decisions).filter((name) => decisions[name].decision === "not_accepted");
  return {
    decision,
    is_decided: decision !== "undecided",
    items_left: left,
    text: { key: `lot.${decision}`, params: { left, classes: failed.join(", ") } },
    classes: Object.fromEntries(
      Object.entries(decisions).map(([name, one]) => [name, classStanding(one)]),
    ),
  };
}

/** @param {ClassDecision} one */
function classStanding(one) {
  const { decision, is_early: isEarly, nonconforming: found, items_left: left } = one;
  // How many more may be found before it is not accepted any longer.
  const room = Math.max(one.rejection_number - 1 - found, 0);
  const key = isEarly && decision === "accepted" ? "accepted_early" : decision;
  const params = { found, left, room, rejection_number: one.rejection_number };
  return {
    ...one,
    is_decided: decision !== "undecided",
    room,
    text: { key: `class_standing.${key}`, params },
  };
}
