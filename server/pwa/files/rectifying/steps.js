// A step on a notice as it is written down, on the phone and at the desk.

/** @typedef {Record<string, any>} Document */

/**
 * @param {{id: string, action: Document, kind: string, now: string}} given
 * @param {Document} [said] text, cause, correction, prevention, attachment_ids, due_at …
 * @returns {Document}
 */
export function newStep({ id, action, kind, now }, said = {}) {
  return {
    id,
    site_id: action.site_id,
    corrective_action_id: action.id,
    kind,
    text: "",
    cause: "",
    correction: "",
    prevention: "",
    attachment_ids: [],
    concerns_step_id: concernsOf(kind, action),
    due_at: null,
    assignee_user_id: null,
    captured_at: now,
    entered_at: now,
    latitude: null,
    longitude: null,
    ...said,
  };
}

/** A judgement says what it judges: if somebody submitted again meanwhile, the server refuses it. */
function concernsOf(kind, action) {
  if (kind === "verified" || kind === "returned") return action.submission?.step_id ?? null;
  if (kind === "extension_granted" || kind === "extension_refused") return action.extension?.step_id ?? null;
  return null;
}
