// The gates of a line in their order: papers, vehicle and packaging, condition, sample. One opens
// when those ahead of it are done; a class A failure stops the line there.

import { failedGate } from "./missing.js";

/**
 * @typedef {import("./missing.js").Evaluation} Evaluation
 * @typedef {"not_begun" | "under_way" | "complete" | "failed" | "stopped" | "not_needed"} GateResult
 *
 * `failed`: done, with something not OK that does not stop it. `stopped`: a class A failure.
 * `not_needed`: after the gate that stopped it. `is_open`: may be worked on now.
 * @typedef {{gate: string, result: GateResult, is_open: boolean, is_complete: boolean,
 *   missing: string[], missing_photos: string[], failed: string[], answered: number,
 *   total: number}} GateState
 */

/**
 * @param {string[]} gates of the checklist, in their order
 * @param {Evaluation[]} evaluations of the delivery's head and of the line, or of one of them
 * @returns {GateState[]}
 */
export function gateStates(gates, evaluations) {
  const stops = evaluations.map(failedGate).filter((gate) => gate !== null);
  const stopsAt = gates.find((gate) => stops.includes(gate)) ?? null;
  const end = stopsAt === null ? gates.length : gates.indexOf(stopsAt);
  let isOpen = true;
  return gates.map((gate, at) => {
    const facts = gateFacts(gate, evaluations);
    const state = { gate, ...facts, is_open: isOpen && at <= end, result: resultOf(facts, at, end) };
    isOpen &&= facts.is_complete;
    return state;
  });
}

/** @param {string} gate @param {Evaluation[]} evaluations */
function gateFacts(gate, evaluations) {
  const states = evaluations.flatMap((one) => one.gates.filter((state) => state.gate === gate));
  const outcomes = evaluations.flatMap((one) => one.outcomes.filter((item) => item.gate === gate));
  const inside = new Set(outcomes.map((outcome) => outcome.item_id));
  const asked = outcomes.filter((outcome) => outcome.outcome !== "not_applicable");
  const photos = evaluations.flatMap((one) => one.missing_photos.map((photo) => photo.item_id));
  return {
    is_complete: states.every((state) => state.is_complete),
    missing: states.flatMap((state) => state.missing),
    missing_photos: photos.filter((id) => inside.has(id)),
    failed: states.flatMap((state) => state.failed),
    answered: asked.filter((outcome) => outcome.answer_ids.length).length,
    total: asked.length,
  };
}

/**
 * @param {ReturnType<typeof gateFacts>} facts
 * @param {number} at
 * @param {number} end the place of the gate that stops it
 * @returns {GateResult}
 */
function resultOf({ is_complete: isComplete, failed, answered }, at, end) {
  if (at > end) return "not_needed";
  if (at === end) return "stopped";
  if (isComplete) return failed.length ? "failed" : "complete";
  return answered ? "under_way" : "not_begun";
}
