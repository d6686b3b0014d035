// Judging a receipt by its basis: the same judgement as server/receiving/verdict.py, to which
// random receipts hold it. Never throws: what the server would refuse to store is in `refusals`.

import { UnknownItem, evaluate } from "../checklists/evaluation.js";
import { decimal } from "../checklists/measurement.js";
import { decideLot } from "../sampling/decision.js";
import { CLASSES, countedBeyondLot, judgeSample } from "../sampling/lot.js";
import { missingOf, missingOfLine } from "./missing.js";
import { isSigned } from "./receipt.js";

/**
 * @typedef {import("./receipt.js").Receipt} Receipt
 * @typedef {import("./receipt.js").Basis} Basis
 * @typedef {import("./receipt.js").LineBasis} LineBasis
 * @typedef {import("./receipt.js").Line} Line
 * @typedef {import("./receipt.js").Sample} Sample
 * @typedef {import("./receipt.js").Answer} Answer
 * @typedef {import("./receipt.js").Checklist} Checklist
 * @typedef {import("./receipt.js").Item} Item
 * @typedef {import("./receipt.js").Told} Told
 * @typedef {import("./missing.js").Evaluation} Evaluation
 * @typedef {import("../wording/messages.js").Message} Message
 * @typedef {import("../sampling/decision.js").ClassDecision} ClassDecision
 * @typedef {Record<string, Checklist>} Checklists by line id
 *
 * @typedef {{item_id: string, zh: string, en: string, nonconformity_class: string,
 *   reasons: Message[]}} NotOk
 * @typedef {{failures: Record<string, number>, not_ok: NotOk[], missing: number,
 *   not_applicable: number}} Judgement
 * @typedef {Judgement & {is_acceptable: boolean, is_complete: boolean,
 *   has_class_a_failure: boolean, lot_decision: string | null,
 *   classes: Record<string, ClassDecision> | null, reasons: Message[], notes: Message[]}} LineVerdict
 * @typedef {{head: Judgement | null, lines: Record<string, LineVerdict>,
 *   gate_order_kept: boolean, missing: Told[], refusals: Told[],
 *   evaluations: {head: Evaluation | null, lines: Record<string, Evaluation>}}} Verdict
 */

const COLDEST_FIRST = ["frozen", "chilled", "ambient"];
/** @type {(key: string, params?: Message["params"]) => Message} */
const message = (key, params = {}) => ({ key, params });

/**
 * @param {Receipt} receipt
 * @param {Basis} basis
 * @param {Checklists} checklists
 * @param {{asSigned?: boolean}} [how] asSigned: as it will be once both have signed, so that the
 *   list of what is missing does not name the signatures themselves
 * @returns {Verdict}
 */
export function judge(receipt, basis, checklists, { asSigned = false } = {}) {
  if (!receipt.lines.length) {
    const missing = [{ path: "/lines", key: "missing.lines", params: {} }];
    const evaluations = { head: null, lines: {} };
    return { head: null, lines: {}, gate_order_kept: true, missing, refusals: [], evaluations };
  }
  /** @type {Told[]} */
  const refusals = [];
  const leading = leadingChecklist(receipt, basis, checklists);
  const head = evaluateHead(receipt, basis, leading, asSigned, refusals);
  const isHeadComplete = !missingOf(head, leading.head_items, "", true, null).length;
  const judged = receipt.lines.map((line, position) =>
    judgeLine({ receipt, basis, head, isHeadComplete, refusals }, position, checklists[line.id]),
  );
  const acceptsSomething = receipt.lines.some((line) => decimal(line.accepted_quantity) > 0n);
  const ids = receipt.lines.map((line) => line.id);
  return {
    head: judgement(head, leading.head_items),
    lines: Object.fromEntries(judged.map((one, at) => [ids[at], one.verdict])),
    gate_order_kept: receipt.lines.every((line) => isInGateOrder(receipt, line, checklists[line.id])),
    missing: [
      ...missingOf(head, leading.head_items, "/answers", acceptsSomething, null),
      ...judged.flatMap((one) => one.missing),
    ],
    refusals,
    evaluations: {
      head,
      lines: Object.fromEntries(judged.map((one, at) => [ids[at], one.evaluation])),
    },
  };
}

// -- the gates ------------------------------------------------------------------------------------

/** The checklist whose head speaks for the delivery: that of the line that must be coldest. */
/** @param {Receipt} receipt @param {Basis} basis @param {Checklists} checklists */
export function leadingChecklist(receipt, basis, checklists) {
  const warmth = receipt.lines.map((line) =>
    COLDEST_FIRST.indexOf(basis.lines[line.id].product.storage_class),
  );
  return checklists[receipt.lines[warmth.indexOf(Math.min(...warmth))].id];
}

/**
 * @param {Receipt} receipt
 * @param {Basis} basis
 * @param {Checklist} checklist
 * @param {boolean} asSigned
 * @param {Told[]} refusals
 */
function evaluateHead(receipt, basis, checklist, asSigned, refusals) {
  const facts = headFacts(receipt, basis, asSigned);
  return evaluated(checklist, null, facts, "head", receipt, refusals);
}

/**
 * What is known of the delivery beside its answers.
 * @param {Receipt} receipt
 * @param {Basis} basis
 * @param {boolean} asSigned
 */
export function headFacts(receipt, basis, asSigned) {
  const classes = Object.values(basis.lines).map((line) => line.product.storage_class);
  return {
    storage_class: COLDEST_FIRST.find((word) => classes.includes(word)),
    delivered_on: receipt.delivered_on,
    licences_are_valid: basis.supplier.licence.is_valid,
    is_signed: asSigned || isSigned(receipt),
  };
}

/**
 * @param {Checklist} checklist
 * @param {string | null} lineId
 * @param {Record<string, any>} facts
 * @param {"items" | "head"} part
 * @param {Receipt} receipt
 * @param {Told[]} refusals
 * @returns {Evaluation}
 */
function evaluated(checklist, lineId, facts, part, receipt, refusals) {
  let answers = receipt.answers.filter((answer) => answer.line_id === lineId);
  for (;;) {
    try {
      return evaluate(checklist, answers, facts, part);
    } catch (error) {
      if (!(error instanceof UnknownItem)) throw error;
      const unknown = error.itemId;
      const at = receipt.answers.findIndex(
        (answer) => answer.line_id === lineId && answer.item_id === unknown,
      );
      const params = { checklist: checklist.code ?? "", item_id: unknown };
      refusals.push({ path: `/answers/${at}/item_id`, key: "refused.unknown_item", params });
      answers = answers.filter((answer) => answer.item_id !== unknown);
    }
  }
}

/**
 * @param {{receipt: Receipt, basis: Basis, head: Evaluation, isHeadComplete: boolean,
 *   refusals: Told[]}} judged
 * @param {number} position
 * @param {Checklist} checklist
 * @returns {{verdict: LineVerdict, evaluation: Evaluation, missing: Told[]}}
 */
function judgeLine({ receipt, basis, head, isHeadComplete, refusals }, position, checklist) {
  const line = receipt.lines[position];
  const lineBasis = basis.lines[line.id];
  const evaluation = evaluateLine(receipt, basis, line, checklist, refusals);
  const sample = receipt.samples.find((one) => one.line_id === line.id) ?? null;
  const classes = judgeLot(receipt, sample, lineBasis, refusals);
  const reasons = [
    ...dateReasons(line, lineBasis.expires_on, receipt.delivered_on),
    ...gateReasons(head, evaluation, checklist),
    ...sampleReasons(classes),
  ];
  const lotDecision = classes && decideLot(classes);
  const isSampled = lotDecision === "accepted" || lotDecision === "not_accepted";
  const isComplete =
    isHeadComplete &&
    !missingOf(evaluation, checklist.items, "", true, null).length &&
    (lineBasis.product.sampling_scheme === null || isSampled);
  const hasReasons = reasons.length > 0;
  const found = { lotDecision, hasReasons, hasSample: sample !== null };
  return {
    verdict: {
      is_acceptable: isComplete && !hasReasons,
      is_complete: isComplete,
      has_class_a_failure:
        head.failures.A + evaluation.failures.A > 0 ||
        isExpired(lineBasis.expires_on, receipt.delivered_on) ||
        classes?.A.decision === "not_accepted",
      ...judgement(evaluation, checklist.items),
      lot_decision: lotDecision,
      classes,
      reasons,
      notes: [...severityNotes(lineBasis.sampling), ...lotNotes(line, sample)],
    },
    evaluation,
    missing: missingOfLine(position, line, evaluation, checklist.items, found),
  };
}

/**
 * @param {Receipt} receipt
 * @param {Basis} basis
 * @param {Line} line
 * @param {Checklist} checklist
 * @param {Told[]} refusals
 */
function evaluateLine(receipt, basis, line, checklist, refusals) {
  const facts = lineFacts(line, basis, receipt);
  return evaluated(checklist, line.id, facts, "items", receipt, refusals);
}

/**
 * What is known of a line beside its answers.
 * @param {Line} line
 * @param {Basis} basis
 * @param {Receipt} receipt
 */
export function lineFacts(line, basis, receipt) {
  const { product, expires_on: expiresOn } = basis.lines[line.id];
  return {
    ...productFacts(product),
    label_temperature_max: line.label_temperature_c,
    produced_on: line.produced_on,
    expires_on: expiresOn,
    delivered_on: receipt.delivered_on,
    licences_are_valid: basis.supplier.licence.is_valid,
  };
}

/** The facts that come from a product's document. @param {Record<string, any>} product */
export function productFacts(product) {
  return {
    storage_class: product.storage_class ?? null,
    species: product.species ?? null,
    temperature_min: product.temperature_limits?.min ?? null,
    temperature_max: product.temperature_limits?.max ?? null,
    has_shelf_life: (product.shelf_life_days ?? null) !== null,
  };
}

/** @param {Evaluation} evaluation @param {Item[]} items @returns {Judgement} */
function judgement(evaluation, items) {
  const byId = new Map(items.map((item) => [item.id, item]));
  const outcomes = evaluation.outcomes;
  return {
    failures: evaluation.failures,
    not_ok: outcomes
      .filter((one) => one.outcome === "not_ok")
      .map((one) => ({
        item_id: one.item_id,
        zh: byId.get(one.item_id)?.zh,
        en: byId.get(one.item_id)?.en,
        nonconformity_class: one.nonconformity_class,
        reasons: one.reasons.map(({ code, params }) => message(`reason.${code}`, params)),
      })),
    missing: outcomes.filter((one) => one.outcome === "missing").length,
    not_applicable: evaluation.not_applicable_count,
  };
}

/** @param {Evaluation} head @param {Evaluation} line @param {Checklist} checklist @returns {Message[]} */
function gateReasons(head, line, checklist) {
  return CLASSES.flatMap((class_) => {
    const failed = head.failures[class_] + line.failures[class_];
    const allowed = checklist.acceptance[class_];
    return failed > allowed ? [message("reason_line.gates", { class: class_, failed, allowed })] : [];
  });
}

/** @param {string | null} expiresOn @param {string} deliveredOn */
const isExpired = (expiresOn, deliveredOn) => expiresOn !== null && expiresOn < deliveredOn;

/** @param {Line} line @param {string | null} expiresOn @param {string} deliveredOn */
function dateReasons(line, expiresOn, deliveredOn) {
  const reasons = [];
  if (expiresOn !== null && isExpired(expiresOn, deliveredOn)) {
    reasons.push(message("reason_line.expired", { expires_on: expiresOn }));
  }
  if (line.produced_on !== null && line.produced_on > deliveredOn) {
    reasons.push(message("reason_line.produced_later", { produced_on: line.produced_on }));
  }
  return reasons;
}

/**
 * Whether no gate was begun before the gate ahead of it, as far as the times tell. Only shown,
 * never refused: two phones have two clocks.
 * @param {Receipt} receipt
 * @param {Line} line
 * @param {Checklist} checklist
 */
function isInGateOrder(receipt, line, checklist) {
  const items = [...checklist.head_items, ...checklist.items];
  const gateOf = new Map(items.map((item) => [item.id, item.gate]));
  /** @type {Map<string, string>} */
  const begun = new Map();
  for (const answer of receipt.answers) {
    const gate = gateOf.get(answer.item_id);
    const isHere = answer.line_id === null || answer.line_id === line.id;
    if (!isHere || !gate || answer.captured_at === null) continue;
    const before = begun.get(gate);
    if (before === undefined || answer.captured_at < before) begun.set(gate, answer.captured_at);
  }
  const times = checklist.gates.flatMap((gate) => begun.get(gate) ?? []);
  return times.every((time, at) => at === 0 || times[at - 1] <= time);
}

// -- the sample -----------------------------------------------------------------------------------

/** @param {Receipt} receipt @param {Sample | null} sample @param {LineBasis} basis @param {Told[]} refusals */
function judgeLot(receipt, sample, { sampling }, refusals) {
  if (sample === null || sampling === null) return null;
  const at = receipt.samples.indexOf(sample);
  for (const class_ of countedBeyondLot(sampling, sample)) {
    const params = { found: sample.nonconforming[class_], lot_size: sampling.lot_size };
    const path = `/samples/${at}/nonconforming/${class_}`;
    refusals.push({ path, key: "refused.beyond_lot", params });
  }
  return judgeSample(sampling, sample);
}

/** @param {Record<string, ClassDecision> | null} classes @returns {Message[]} */
function sampleReasons(classes) {
  return Object.entries(classes ?? {})
    .filter(([, one]) => one.decision === "not_accepted")
    .map(([class_, { nonconforming: found, rejection_number: rejection }]) =>
      message("reason_line.sample", { class: class_, found, rejection_number: rejection }),
    );
}

/** @param {LineBasis["sampling"]} sampling @returns {Message[]} */
function severityNotes(sampling) {
  return Object.entries(sampling?.classes ?? {}).flatMap(([class_, rule]) => {
    const { inspection_severity: used, due_severity: due } = rule;
    const params = { class: class_, used: message(`severity_word.${used}`) };
    if (due === "discontinued") return [message("note.discontinued", params)];
    if (used === due) return [];
    return [message("note.other_severity", { ...params, due: message(`severity_word.${due}`) })];
  });
}

/** The lot counts items, the delivery its own unit; where both differ somebody should look. */
/** @param {Line} line @param {Sample | null} sample @returns {Message[]} */
function lotNotes(line, sample) {
  if (sample === null || line.unit === "kg") return [];
  const { delivered_quantity: delivered } = line;
  if (decimal(`${sample.lot_size}`) >= decimal(delivered)) return [];
  return [message("note.lot_smaller", { lot_size: sample.lot_size, delivered })];
}
