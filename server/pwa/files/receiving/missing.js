// What a signature still needs: checks, photos, samples, reasons; each named, with its place. The
// same rules as server/receiving/missing.py.

import { decimal } from "../checklists/measurement.js";

/**
 * @typedef {import("./receipt.js").Told} Told
 * @typedef {import("./receipt.js").Item} Item
 * @typedef {import("./receipt.js").Line} Line
 * @typedef {ReturnType<typeof import("../checklists/evaluation.js").evaluate>} Evaluation
 */

/**
 * @param {number} position of the line
 * @param {Line} line
 * @param {Evaluation} evaluation
 * @param {Item[]} items
 * @param {{lotDecision: string | null, hasReasons: boolean, hasSample: boolean}} found
 * @returns {Told[]}
 */
export function missingOfLine(position, line, evaluation, items, found) {
  const path = `/lines/${position}`;
  const accepts = decimal(line.accepted_quantity) > 0n;
  const stopsAt = accepts ? null : failedGate(evaluation);
  const missing = missingOf(evaluation, items, path, accepts, stopsAt);
  if (accepts && found.lotDecision === null && !found.hasSample) {
    missing.push({ path: `${path}/sample`, key: "missing.sample", params: {} });
  }
  if (accepts && found.lotDecision === "undecided") {
    missing.push({ path: `${path}/sample`, key: "missing.sample_undecided", params: {} });
  }
  if (!accepts && !found.hasReasons && !line.rejection_reason) {
    const key = "missing.rejection_reason";
    missing.push({ path: `${path}/rejection_reason`, key, params: {} });
  }
  return missing;
}

/** The first gate with a class A failure: what comes after it need not be done any more. */
/** @param {Evaluation} evaluation @returns {string | null} */
export function failedGate(evaluation) {
  const failed = evaluation.outcomes
    .filter((one) => one.outcome === "not_ok" && one.nonconformity_class === "A")
    .map((one) => one.gate);
  return evaluation.gates.find(({ gate }) => failed.includes(gate))?.gate ?? null;
}

/**
 * @param {Evaluation} evaluation
 * @param {Item[]} items
 * @param {string} path
 * @param {boolean} accepts whether any of it is accepted
 * @param {string | null} stopsAt the gate after which nothing need be done
 * @returns {Told[]}
 */
export function missingOf(evaluation, items, path, accepts, stopsAt) {
  const titles = new Map(items.map(({ id, zh, en }) => [id, { zh, en }]));
  const outcomes = new Map(evaluation.outcomes.map((one) => [one.item_id, one.outcome]));
  /** @param {string} key @param {string} id @param {string} place @returns {Told} */
  const told = (key, id, place) => ({ path: place, key, params: titles.get(id) ?? {} });
  const missing = evaluation.missing_photos
    .filter(({ item_id: id }) => outcomes.get(id) !== "missing")
    .map(({ item_id: id }) => told("missing.photo", id, `${path}/${id}/photo`));
  if (!accepts && stopsAt === null) return missing; // rejected: nobody need go on
  for (const gate of evaluation.gates) {
    missing.push(...gate.missing.map((id) => told("missing.check", id, `${path}/${id}`)));
    if (gate.gate === stopsAt) break;
  }
  return missing;
}
