// Days as they stand on labels, and what follows from them. A day is text, YYYY-MM-DD, and the same
// everywhere: no time zone moves it. No clock is read here.

import { daysIn, isDay } from "../checklists/limits.js";
import { decimal, ONE, trimmed } from "../checklists/measurement.js";

/** @typedef {{days: number} | {months: number}} ShelfLife */

const DAY_MS = 86_400_000;
const FIRST_YEAR = 1990;
const LAST_YEAR = 2199;
const LONGEST_LIFE_DAYS = 36_500;
const FULL_WIDTH = /[\uff10-\uff19]/g;
const WRITTEN = /^([0-9]{4}|[0-9]{2})([-./年 ])([0-9]{1,2})([-./月 ])([0-9]{1,2})日?$/;
const CLOSED_UP = /^([0-9]{4}|[0-9]{2})([0-9]{2})([0-9]{2})$/;
const LIFE = /^([0-9]{1,5}) ?(天|日|d|day|days|个月|月|m|month|months|年|y|year|years)?$/i;
/** @type {Record<string, number>} */
const MONTHS = { 个月: 1, 月: 1, m: 1, month: 1, months: 1, 年: 12, y: 12, year: 12, years: 12 };

/** @param {string} text */
function halfWidth(text) {
  const digits = text.replace(FULL_WIDTH, (sign) => `${sign.charCodeAt(0) - 0xff10}`);
  return trimmed(digits.replace(/．/g, ".").replace(/／/g, "/").replace(/[－–]/g, "-"));
}

/**
 * A day as people write it: 20260302, 2026.3.2, 2026年3月2日, 26/03/02, full-width digits. The year
 * comes first, as on Chinese labels; what begins with a day or a month is refused, never guessed.
 * @param {string} text
 * @returns {string | null}
 */
export function parseDay(text) {
  const plain = halfWidth(text);
  const parts = WRITTEN.exec(plain)?.filter((_, at) => [1, 3, 5].includes(at))
    ?? CLOSED_UP.exec(plain)?.slice(1);
  if (!parts) return null;
  const [year, month, day] = parts;
  return validDay(dayText(Number(year.length === 2 ? `20${year}` : year), Number(month), Number(day)));
}

/** @param {number} year @param {number} month @param {number} day */
function dayText(year, month, day) {
  const two = (/** @type {number} */ n) => `${n}`.padStart(2, "0");
  return `${`${year}`.padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** A day the server takes, or null. @param {string} text */
export function validDay(text) {
  const year = Number(text.slice(0, 4));
  return isDay(text) && year >= FIRST_YEAR && year <= LAST_YEAR ? text : null;
}

/** @param {string} day @param {number} days @returns {string} */
export function addDays(day, days) {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of a later month, or that month's last. @param {string} day @param {number} months */
export function addMonths(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const count = year * 12 + (month - 1) + months;
  const [inYear, inMonth] = [Math.floor(count / 12), (count % 12) + 1];
  return dayText(inYear, inMonth, Math.min(date, daysIn(inYear, inMonth)));
}

/** @param {string} from @param {string} to @returns {number} */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/**
 * A shelf life as labels state it: 180天, 12个月, 2年, 18 months. A bare number means days.
 * @param {string} text
 * @returns {ShelfLife | null}
 */
export function parseShelfLife(text) {
  const match = LIFE.exec(halfWidth(text));
  if (!match || Number(match[1]) === 0) return null;
  const [count, word] = [Number(match[1]), (match[2] ?? "").toLowerCase()];
  const months = count * (MONTHS[word] ?? 0);
  if (months) return months * 31 <= LONGEST_LIFE_DAYS ? { months } : null;
  return count <= LONGEST_LIFE_DAYS ? { days: count } : null;
}

/**
 * A stated life as the record keeps it. Months are counted on the calendar from production, so
 * without that day they cannot be told in days yet.
 * @param {ShelfLife} life
 * @param {string | null} producedOn
 * @returns {number | null}
 */
export function lifeInDays(life, producedOn) {
  if ("days" in life) return life.days;
  return producedOn === null ? null : daysBetween(producedOn, addMonths(producedOn, life.months));
}

/**
 * The day a line expires on: as printed, or computed from production and shelf life, as the
 * server does (server/receiving/basis.py).
 * @param {{produced_on: string | null, shelf_life_days: number | null,
 *   expires_on: string | null}} line
 * @returns {string | null}
 */
export function expiryOf(line) {
  const { produced_on: produced, shelf_life_days: days, expires_on: printed } = line;
  if (printed !== null || produced === null || days === null) return printed;
  return addDays(produced, days);
}

/**
 * Where goods stand in their life on the day of delivery; null while a date is missing.
 * `share_left` is in per cent, rounded down. Goods expire after their last day, not on it.
 * @param {string | null} producedOn
 * @param {string | null} expiresOn
 * @param {string} deliveredOn
 * @returns {{life_days: number, remaining_days: number, share_left: number,
 *   is_expired: boolean} | null}
 */
export function lifeOf(producedOn, expiresOn, deliveredOn) {
  if (producedOn === null || expiresOn === null) return null;
  const life = daysBetween(producedOn, expiresOn);
  const remaining = daysBetween(deliveredOn, expiresOn);
  const share = life > 0 ? Math.max(Math.floor((remaining * 100) / life), 0) : 0;
  return {
    life_days: life,
    remaining_days: remaining,
    share_left: Math.min(share, 100),
    is_expired: remaining < 0,
  };
}

/**
 * The last day on which goods of that life may be delivered when a share of it must be left.
 * @param {string} producedOn
 * @param {string} expiresOn
 * @param {string} ratio such as "0.5", from the checklist
 * @returns {string}
 */
export function lastAcceptableDelivery(producedOn, expiresOn, ratio) {
  const life = BigInt(daysBetween(producedOn, expiresOn));
  const needed = (decimal(ratio) * life + ONE - 1n) / ONE;
  return addDays(expiresOn, -Number(needed));
}
