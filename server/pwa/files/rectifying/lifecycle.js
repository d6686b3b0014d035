// The life of a notice to put things right, as server/corrective_actions/lifecycle.py has it; and
// how a notice stands once the steps that wait on this phone are counted in.

/**
 * @typedef {Record<string, any>} Document
 * @typedef {{before: readonly string[], after: string | null, needs_verifier?: boolean}} Transition
 * @typedef {{id: string, verifies: boolean}} Person who looks at it, and whether they may judge
 */

const WORKING = ["open", "returned"];
const LIVE = [...WORKING, "submitted"];
const DONE = ["verified", "closed"];
const ALL = [...LIVE, ...DONE, "withdrawn"];

/** @type {Readonly<Record<string, Transition>>} */
export const TRANSITIONS = Object.freeze({
  acknowledged: { before: WORKING, after: null },
  submitted: { before: WORKING, after: "submitted" },
  verified: { before: ["submitted"], after: "verified", needs_verifier: true },
  returned: { before: ["submitted"], after: "returned", needs_verifier: true },
  closed: { before: ["verified"], after: "closed", needs_verifier: true },
  reopened: { before: DONE, after: "open", needs_verifier: true },
  extension_asked: { before: WORKING, after: null },
  extension_granted: { before: WORKING, after: null, needs_verifier: true },
  extension_refused: { before: WORKING, after: null, needs_verifier: true },
  reassigned: { before: LIVE, after: null, needs_verifier: true },
  withdrawn: { before: LIVE, after: "withdrawn", needs_verifier: true },
  remark: { before: ALL, after: null },
});

/** Steps that say why, or what. */
export const NEEDS_TEXT = Object.freeze(["returned", "reopened", "extension_asked", "extension_refused", "reassigned", "withdrawn", "remark"]);

/**
 * The state after the step, or null where the step does not apply.
 * @param {string} kind
 * @param {string} status
 */
export function nextStatus(kind, status) {
  const transition = TRANSITIONS[kind];
  return transition.before.includes(status) ? (transition.after ?? status) : null;
}

/** @param {Document} action @param {string} now as the wire writes it */
export const isOverdue = (action, now) => WORKING.includes(action.status) && Boolean(action.due_at) && action.due_at < now;

/** Whether it waits for somebody to put it right. @param {Document} action */
export const isToBeFixed = (action) => WORKING.includes(action.status);

/**
 * The notice as it will stand once the server has taken the steps that wait here, oldest first.
 * A notice that itself waits is open.
 * @param {Document} action
 * @param {Document[]} waiting
 * @returns {Document}
 */
export function standing(action, waiting) {
  /** @type {Document} */
  const issued = { status: "open", submission: null, extension: null, assignee: null, verification: null, ...action };
  return waiting.reduce(afterStep, issued);
}

/** @param {Document} action @param {Document} step @returns {Document} */
function afterStep(action, step) {
  const status = nextStatus(step.kind, action.status);
  if (status === null) return action;
  return { ...action, status, ...effect(action, step) };
}

/** @param {Document} action @param {Document} step @returns {Document} */
function effect(action, step) {
  const by = { step_id: step.id, user_id: step.created_by?.user_id ?? null, name: step.created_by?.name ?? "", at: step.captured_at };
  if (step.kind === "submitted") return { submission: { ...by, attachment_ids: step.attachment_ids }, extension: null };
  if (step.kind === "extension_asked") return { extension: { ...by, due_at: step.due_at, reason: step.text } };
  if (step.kind === "extension_granted") return { due_at: step.due_at ?? action.extension?.due_at ?? action.due_at, extension: null };
  if (step.kind === "extension_refused") return { extension: null };
  if (step.kind === "acknowledged") return { acknowledged_at: action.acknowledged_at ?? step.captured_at };
  if (step.kind === "returned" || step.kind === "reopened") return { due_at: step.due_at ?? action.due_at };
  return {};
}

/**
 * The steps *person* may take on the notice as it stands.
 * @param {Document} action
 * @param {Person} person
 * @returns {string[]}
 */
export function stepsFor(action, person) {
  return Object.keys(TRANSITIONS).filter((kind) => mayTake(kind, action, person));
}

/** @param {string} kind @param {Document} action @param {Person} person */
function mayTake(kind, action, person) {
  if (nextStatus(kind, action.status) === null) return false;
  if (TRANSITIONS[kind].needs_verifier && !person.verifies) return false;
  if (kind === "acknowledged") return !action.acknowledged_at;
  if (kind === "extension_asked") return !action.extension && Boolean(action.due_at);
  if (kind === "extension_granted") return Boolean(action.extension) && action.extension.user_id !== person.id;
  if (kind === "extension_refused") return Boolean(action.extension);
  // Nobody judges what they did themselves, or answer for.
  if (kind === "verified" || kind === "returned") return action.submission?.user_id !== person.id && action.assignee?.user_id !== person.id;
  return true;
}

/**
 * What a submission still lacks. An order asks for cause and prevention, too.
 * @param {Document} action
 * @param {{correction: string, cause: string, prevention: string, photos: number}} submission
 * @returns {("correction" | "cause" | "prevention" | "photos")[]}
 */
export function missingOf(action, submission) {
  /** @type {("correction" | "cause" | "prevention")[]} */
  const wanted = action.kind === "rectification_order" ? ["correction", "cause", "prevention"] : ["correction"];
  const empty = wanted.filter((name) => !submission[name].trim());
  return submission.photos > 0 ? empty : [...empty, "photos"];
}
