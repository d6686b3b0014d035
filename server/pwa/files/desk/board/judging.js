/** Taking steps on a notice from the desk. */

import { newStep } from "../../rectifying/steps.js";
import { newId, now } from "../../shared/ids.js";
import { text, word } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { send } from "../api.js";
import { takeSoon, undo } from "./pending.js";

/** The steps that a key or one tap takes. They can be taken back for a moment. */
export const AT_ONCE = new Set(["verified", "closed"]);

/** @param {Record<string, any>} action with what its reader may do @param {string} kind */
export const isPossible = (action, kind) => action.possible_steps.includes(kind);

/** @param {Record<string, any>} action @param {string} kind of AT_ONCE */
export function takeAtOnce(action, kind) {
  takeSoon(action, newStep({ id: newId(), action, kind, now: now() }));
  say(`${word("step_taken", kind)} · ${action.number}`, { label: text("board.undo"), run: () => undo(action.id) });
}

/**
 * @param {Record<string, any>} action
 * @param {string} kind
 * @param {Record<string, any>} said text, due_at, assignee_user_id, attachment_ids
 * @param {string} id of the step; the same for a second attempt
 */
export const takeStep = (action, kind, said, id) => send("PUT", `corrective-action-steps/${id}`, newStep({ id, action, kind, now: now() }, said));
