/**
 * Judgements that wait a moment before they are sent, so that they can be taken back: what has been
 * sent is a record for good. Leaving the page or signing out sends what waits.
 */

import { useEffect, useState } from "../../shared/view.js";
import { send } from "../api.js";
import { beforeEnd } from "../session.js";

const PAUSE_MS = 5000;

/**
 * @typedef {object} Pending
 * @property {Record<string, any>} action the notice as it was looked at
 * @property {Record<string, any>} step
 * @property {"waiting" | "sending" | "sent" | "failed"} state
 * @property {unknown} error
 * @property {number} timer
 */

/** @type {Map<string, Pending>} by notice */
const pending = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
const tell = () => {
  for (const listener of listeners) listener();
};

/**
 * Take *step* on *action* in a moment. One that waits for the same notice is sent no more.
 *
 * @param {Record<string, any>} action
 * @param {Record<string, any>} step
 */
export function takeSoon(action, step) {
  undo(action.id);
  const timer = window.setTimeout(() => void deliver(action.id), PAUSE_MS);
  pending.set(action.id, { action, step, state: "waiting", error: null, timer });
  tell();
}

/** Take back what waits for a notice. Returns whether something did. @param {string} actionId */
export function undo(actionId) {
  const entry = pending.get(actionId);
  if (entry?.state !== "waiting" && entry?.state !== "failed") return false;
  window.clearTimeout(entry.timer);
  pending.delete(actionId);
  tell();
  return true;
}

/** Take back the newest that still waits. */
export function undoLast() {
  const waiting = [...pending.values()].filter(({ state }) => state === "waiting");
  return waiting.length > 0 && undo(waiting[waiting.length - 1].action.id);
}

/** Send again what failed: the same step, which the server takes once. @param {string} actionId */
export const again = (actionId) => deliver(actionId);

/** @param {Record<string, any>} action as it is shown @returns {Pending | null} what concerns this state of it */
export function pendingOf(action) {
  const entry = pending.get(action.id);
  return entry && entry.action.last_step_id === action.last_step_id ? entry : null;
}

/** Draw again whenever a step is taken, taken back, sent or refused; returns how many were sent. */
export function usePending() {
  const [, drawAgain] = useState(0);
  useEffect(() => {
    const listener = () => drawAgain((n) => n + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return [...pending.values()].filter(({ state }) => state === "sent").length;
}

/** @param {string} actionId @param {boolean} [keepalive] */
async function deliver(actionId, keepalive = false) {
  const entry = pending.get(actionId);
  if (!entry || entry.state === "sending" || entry.state === "sent") return;
  window.clearTimeout(entry.timer);
  entry.state = "sending";
  entry.error = null;
  tell();
  try {
    await send("PUT", `corrective-action-steps/${entry.step.id}`, entry.step, { keepalive });
    entry.state = "sent";
  } catch (error) {
    entry.state = "failed";
    entry.error = error;
  }
  tell();
}

/** @param {boolean} [keepalive] */
async function deliverAll(keepalive = false) {
  const waiting = [...pending.values()].filter(({ state }) => state === "waiting");
  await Promise.all(waiting.map(({ action }) => deliver(action.id, keepalive)));
}

window.addEventListener("pagehide", () => void deliverAll(true));
beforeEnd(async () => {
  await deliverAll();
  pending.clear();
});
