/** What waits for a person: tasks, drafts, notices. Pure: documents in, lists out. */

import { isOverdue, isToBeFixed, standing } from "../../../rectifying/lifecycle.js";

/**
 * @typedef {Record<string, any>} Document
 * @typedef {import("../../storage/records.js").Seen} Seen
 *
 * @typedef {object} Me
 * @property {string} id
 * @property {string} role
 * @property {boolean} verifies
 * @property {Set<string>} units whose member or head the person is
 */

/**
 * @param {Record<string, any>} user as the sign-in answered
 * @param {Document[]} units
 * @returns {Me}
 */
export function meOf(user, units) {
  const own = units.filter((unit) => unit.head_user_id === user.id || (unit.member_user_ids ?? []).includes(user.id));
  return { id: user.id, role: user.role, verifies: user.permissions.includes("verify_corrective_action"), units: new Set(own.map((unit) => unit.id)) };
}

/**
 * The open tasks this person may do, those due first at the top.
 *
 * @param {Document[]} tasks
 * @param {Document[]} shifts
 * @param {Me} me
 */
export function tasksFor(tasks, shifts, me) {
  return tasks
    .filter((task) => task.status === "open" && isMine(task, shifts, me))
    .sort((one, other) => one.due_at.localeCompare(other.due_at) || one.title.localeCompare(other.title));
}

function isMine(task, shifts, me) {
  if (task.is_cross_unit && me.units.has(task.unit_id)) return false;
  if (task.assignee) return task.assignee.user_id === me.id;
  if (task.role) return task.role === me.role;
  const duty = shifts.filter((shift) => !shift.is_cancelled && shift.site_id === task.site_id && shift.starts_at < task.due_at && shift.ends_at > task.opens_at);
  // Nobody was on duty when it was given out: whoever is there takes it.
  return duty.length === 0 || duty.some((shift) => shift.user_id === me.id);
}

/**
 * Late ones, those of today, and the days ahead.
 *
 * @param {Document[]} tasks
 * @param {Date} at
 */
export function tasksByTime(tasks, at) {
  const now = at.toISOString();
  const midnight = new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).toISOString();
  return {
    late: tasks.filter((task) => task.due_at < now),
    today: tasks.filter((task) => task.due_at >= now && task.opens_at < midnight),
    ahead: tasks.filter((task) => task.due_at >= now && task.opens_at >= midnight),
  };
}

/**
 * Each notice as it stands with the steps that wait on this phone, and why it is shown to *me*.
 *
 * @param {Seen[]} actions
 * @param {Seen[]} steps
 * @param {Me} me
 * @param {string} now
 */
export function noticesFor(actions, steps, me, now) {
  const waiting = new Map();
  const refused = new Set();
  for (const { document, state } of steps) {
    if (state === "waiting") waiting.set(document.corrective_action_id, [...(waiting.get(document.corrective_action_id) ?? []), document]);
    if (state === "rejected") refused.add(document.corrective_action_id);
  }
  const sorted = (list) => [...list].sort((one, other) => one.captured_at.localeCompare(other.captured_at));
  return actions
    .map((seen) => {
      const action = standing(seen.document, sorted(waiting.get(seen.id) ?? []));
      return { action, state: seen.state, isRefused: seen.state === "rejected" || refused.has(seen.id), isLate: isOverdue(action, now), why: whyShown(action, me) };
    })
    .sort((one, other) => urgency(one) - urgency(other) || (one.action.due_at ?? "").localeCompare(other.action.due_at ?? ""));
}

/** @returns {"fix" | "verify" | "extension" | null} what waits for this person */
function whyShown(action, me) {
  const isTheirs = action.assignee?.user_id === me.id || me.units.has(action.unit_id);
  if (isToBeFixed(action) && isTheirs) return "fix";
  if (me.verifies && action.extension && action.extension.user_id !== me.id) return "extension";
  const isOwnWork = action.submission?.user_id === me.id || action.assignee?.user_id === me.id;
  if (me.verifies && action.status === "submitted" && !isOwnWork) return "verify";
  return null;
}

function urgency({ why, isRefused, isLate, action }) {
  if (isRefused) return 0;
  const returned = action.status === "returned" ? 0 : 1;
  const late = isLate ? 0 : 2;
  return why ? 1 + late + returned : 6 + late;
}

/**
 * Receipts and inspections that were begun and not finished, the newest first.
 *
 * @param {Seen[]} receipts
 * @param {Seen[]} inspections
 */
export function draftsAmong(receipts, inspections) {
  const begun = [
    ...receipts.filter(({ document }) => document.status !== "signed" && document.signatures.length === 0),
    ...inspections.filter(({ document }) => document.finished_at === null),
  ];
  return begun.sort((one, other) => other.document.captured_at.localeCompare(one.document.captured_at));
}
