// Entering a temperature with a thumb: an own keypad with ±, and typed text of any width. The
// states are plain values, each press gives the next one.

import { parseMeasurement, plainText } from "../checklists/measurement.js";

/**
 * @typedef {{is_negative: boolean, digits: string, was_asked: boolean}} Keypad
 * @typedef {import("../wording/messages.js").Message} Message
 * @typedef {{smallest: bigint | null, largest: bigint | null}} Bounds in millionths
 */

const WHOLE_DIGITS = 3;
const DECIMALS = 1;
export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "±", "0", ".", "⌫", "C"];

/**
 * The keypad as it opens: with what was entered before, or empty, and negative where only frozen
 * goods pass.
 * @param {Bounds} bounds
 * @param {string | null} [entered]
 * @returns {Keypad}
 */
export function openKeypad(bounds, entered = null) {
  const number = entered === null ? null : parseMeasurement(entered, "°C");
  if (number === null) return { is_negative: startsNegative(bounds), digits: "", was_asked: false };
  const text = plainText(number);
  const isNegative = number < 0n;
  return { is_negative: isNegative, digits: isNegative ? text.slice(1) : text, was_asked: false };
}

/** @param {Bounds} bounds */
export function startsNegative({ largest }) {
  return largest !== null && largest < 0n;
}

/** @param {Keypad} keypad @param {string} key one of KEYS @returns {Keypad} */
export function press(keypad, key) {
  const { digits } = keypad;
  // What was asked about one number says nothing about another.
  const changed = (/** @type {string} */ text) => ({ ...keypad, digits: text, was_asked: false });
  if (key === "±") return { ...keypad, is_negative: !keypad.is_negative, was_asked: false };
  if (key === "C") return changed("");
  if (key === "⌫") return changed(digits.slice(0, -1));
  if (key === ".") return digits.includes(".") ? keypad : changed(`${digits || "0"}.`);
  if (!/^[0-9]$/.test(key)) return keypad;
  const [whole, fraction] = digits.split(".");
  if (fraction !== undefined) return fraction.length < DECIMALS ? changed(digits + key) : keypad;
  if (whole === "0") return changed(key);
  return whole.length < WHOLE_DIGITS ? changed(digits + key) : keypad;
}

/** What stands on the display while it is entered: "−18." @param {Keypad} keypad */
export function shown({ is_negative: isNegative, digits }) {
  return `${isNegative ? "−" : ""}${digits}`;
}

/** The value as the record keeps it; null while there is no digit. @param {Keypad} keypad */
export function valueOf({ is_negative: isNegative, digits }) {
  const number = parseMeasurement(digits.replace(/\.$/, ""), "°C");
  return number === null ? null : plainText(isNegative ? -number : number);
}

/**
 * A temperature typed or pasted by hand: "－18．5", "零下18度", "-18 ℃". null is unreadable.
 * @param {string} text
 * @returns {string | null}
 */
export function typedTemperature(text) {
  const number = parseMeasurement(text, "°C");
  return number === null ? null : plainText(number);
}

/**
 * Whether a minus was probably forgotten: 18 where only frozen goods pass. The rule by which the
 * checklist's evaluation asks too.
 * @param {string} value
 * @param {Bounds} bounds
 */
export function minusIsMissing(value, { smallest, largest }) {
  const number = parseMeasurement(value, "°C");
  if (number === null || number <= 0n || largest === null || largest > 0n) return false;
  return -number <= largest && (smallest === null || -number >= smallest);
}

/**
 * Confirming the entry. With a `question` nothing is taken yet: answer it with `negated`, or
 * confirm the same number again, which takes it as it is. It is asked once.
 * @param {Keypad} keypad
 * @param {Bounds} bounds
 * @returns {{keypad: Keypad, value: string | null, question: Message | null}}
 */
export function confirm(keypad, bounds) {
  const value = valueOf(keypad);
  if (value === null || keypad.was_asked || !minusIsMissing(value, bounds)) {
    return { keypad, value, question: null };
  }
  const question = { key: "temperature.minus_missing", params: { value } };
  return { keypad: { ...keypad, was_asked: true }, value: null, question };
}

/** Yes, it was meant to be below zero. @param {Keypad} keypad @returns {Keypad} */
export function negated(keypad) {
  return { ...keypad, is_negative: true, was_asked: true };
}
