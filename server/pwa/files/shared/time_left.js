/** A deadline as people say it: 剩 2 天, 已逾期 3 小时. */

import { timeLeft } from "../rectifying/deadlines.js";
import { counted } from "./language.js";
import { now } from "./ids.js";
import { html } from "./view.js";

const SOON_HOURS = 24;

/** @param {string} dueAt */
export function timeLeftText(dueAt) {
  const { isOver, unit, n } = timeLeft(dueAt, now());
  if (unit === "day") return isOver ? counted("due.over_days", n) : counted("due.in_days", n);
  if (unit === "hour") return isOver ? counted("due.over_hours", n) : counted("due.in_hours", n);
  return isOver ? counted("due.over_minutes", n) : counted("due.in_minutes", n);
}

/** @param {{dueAt: string}} properties */
export function TimeLeft({ dueAt }) {
  const left = Date.parse(dueAt) - Date.now();
  const urgency = left < 0 ? "over" : left < SOON_HOURS * 3_600_000 ? "soon" : "later";
  return html`<span class="due" data-urgency=${urgency}>${timeLeftText(dueAt)}</span>`;
}
