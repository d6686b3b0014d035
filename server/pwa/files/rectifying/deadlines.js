// When a notice is due, in words. The deadline itself is worked out by the server, which knows the
// kitchen's calendar (server/calendars/deadlines.py).

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The deadline of each nonconformity class, unless whoever issues the notice says another. */
export const DEFAULT_DEADLINES = Object.freeze({ A: "before_next_meal", B: "three_days", C: "ten_working_days" });

/** A before B before C. @param {string[]} classes */
export const strictestClass = (classes) => [...classes].sort()[0];

/**
 * How long until, or since: in the unit people would say it in.
 * @param {string} dueAt
 * @param {string} now
 * @returns {{isOver: boolean, unit: "day" | "hour" | "minute", n: number}}
 */
export function timeLeft(dueAt, now) {
  const left = Date.parse(dueAt) - Date.parse(now);
  const size = Math.abs(left);
  const isOver = left < 0;
  if (size >= DAY) return { isOver, unit: "day", n: Math.floor(size / DAY) };
  if (size >= HOUR) return { isOver, unit: "hour", n: Math.floor(size / HOUR) };
  return { isOver, unit: "minute", n: Math.floor(size / MINUTE) };
}
