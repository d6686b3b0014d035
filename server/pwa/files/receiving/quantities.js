// Quantities with their unit, exactly: whole thousandths, never a floating-point number.

import { decimal, ONE, parseMeasurement, plainText } from "../checklists/measurement.js";

/**
 * @typedef {import("../wording/messages.js").Message} Message
 * @typedef {{delivered_quantity: string, accepted_quantity: string, rejected_quantity: string,
 *   pending_quantity: string}} Quantities
 * @typedef {"accepted_quantity" | "rejected_quantity" | "pending_quantity"} Part
 */

/** @type {readonly Part[]} */
export const PARTS = ["accepted_quantity", "rejected_quantity", "pending_quantity"];
const LARGEST = 9_999_999n * ONE;
const THOUSANDTH = ONE / 1000n;

/**
 * A quantity as people type it: "12.50", "１２．５ kg", "3箱". The server's own spelling comes back.
 * @param {string} text
 * @param {string} unit the unit's code, such as kg or box
 * @param {string[]} [spellings] how the unit is written in the catalogues
 * @returns {{value: string, error: null} | {value: null, error: Message}}
 */
export function parseQuantity(text, unit, spellings = []) {
  const number = [unit, ...spellings].map((one) => parseMeasurement(text, one)).find(isNumber);
  /** @param {string} reason */
  const refused = (reason) => ({
    value: null,
    error: { key: `quantity.${reason}`, params: { value: text } },
  });
  if (number === undefined) return refused("unreadable");
  if (number < 0n || number > LARGEST) return refused("out_of_range");
  if (number % THOUSANDTH !== 0n) return refused("too_fine");
  return { value: plainText(number), error: null };
}

/** @param {bigint | null} number @returns {number is bigint} */
function isNumber(number) {
  return number !== null;
}

/** @param {string[]} quantities @returns {bigint} in millionths */
export function sum(quantities) {
  return quantities.reduce((total, text) => total + decimal(text), 0n);
}

/** Whether the three parts are what was delivered. @param {Quantities} line */
export function addsUp(line) {
  return sum(PARTS.map((name) => line[name])) === decimal(line.delivered_quantity);
}

/**
 * The line with one part set and what is left put into another; null when the part is more than
 * was delivered. What the third part held is given up first.
 * @template {Quantities} T
 * @param {T} line
 * @param {Part} part
 * @param {string} quantity
 * @param {Part} rest
 * @returns {T | null}
 */
export function withPart(line, part, quantity, rest) {
  const delivered = decimal(line.delivered_quantity);
  const left = delivered - decimal(quantity);
  if (left < 0n || part === rest) return null;
  const other = PARTS.find((name) => name !== part && name !== rest);
  const kept = other ? decimal(line[other]) : 0n;
  const stays = kept <= left ? kept : 0n;
  const parts = { [part]: quantity, [rest]: plainText(left - stays) };
  if (other) parts[other] = plainText(stays);
  return { ...line, ...parts };
}

/** The line with everything in one part. @template {Quantities} T @param {T} line @param {Part} part */
export function allIn(line, part) {
  const parts = PARTS.map((name) => [name, name === part ? line.delivered_quantity : "0"]);
  return { ...line, ...Object.fromEntries(parts) };
}

/**
 * The line with another delivered quantity: what was accepted, rejected or pending as a whole stays
 * so; otherwise the difference is pending, or taken from what is.
 * @template {Quantities} T
 * @param {T} line
 * @param {string} quantity
 * @returns {T | null} null when less was delivered than is accepted and rejected already
 */
export function withDelivered(line, quantity) {
  const whole = PARTS.find((name) => line[name] === line.delivered_quantity);
  const changed = { ...line, delivered_quantity: quantity };
  if (whole) return allIn(changed, whole);
  const settled = sum([line.accepted_quantity, line.rejected_quantity]);
  const pending = decimal(quantity) - settled;
  return pending < 0n ? null : { ...changed, pending_quantity: plainText(pending) };
}
