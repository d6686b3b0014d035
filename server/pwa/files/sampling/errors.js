// The one error of these modules: what the standard, or plain sense, does not allow. The codes are
// those of sampling/errors.py.

/** @typedef {import("../wording/messages.js").Message} Message */

/** An argument that has no plan. Its code is permanent; `message` is for logs, not for people. */
export class SamplingError extends Error {
  /**
   * @param {string} code a key of MESSAGES in sampling/errors.py
   * @param {string} argument
   * @param {unknown} value
   * @param {readonly string[]} allowed
   */
  constructor(code, argument, value, allowed) {
    super(`${argument}: ${code}: ${String(value)}`);
    this.name = "SamplingError";
    this.code = code;
    this.argument = argument;
    this.value = value;
    this.allowed = [...allowed];
  }

  /** For people: a text of the catalogues. @returns {Message} */
  get text() {
    const { argument, value, allowed } = this;
    return {
      key: `sampling_error.${this.code.replaceAll("-", "_")}`,
      params: { argument, value: String(value), allowed: allowed.join(", ") },
    };
  }
}

/**
 * @param {string} argument
 * @param {unknown} value
 * @param {readonly string[]} allowed
 */
export function checkChoice(argument, value, allowed) {
  if (typeof value === "string" && allowed.includes(value)) return;
  throw new SamplingError("not-one-of", argument, value, allowed);
}

/**
 * *value* itself when it is a whole number in smallest … largest.
 * @param {string} argument
 * @param {unknown} value
 * @param {number} smallest
 * @param {number | null} [largest]
 * @returns {number}
 */
export function checkInteger(argument, value, smallest, largest = null) {
  const allowed = [largest === null ? `≥ ${smallest}` : `${smallest} … ${largest}`];
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new SamplingError("not-an-integer", argument, value, allowed);
  }
  if (value < smallest || (largest !== null && value > largest)) {
    throw new SamplingError("out-of-range", argument, value, allowed);
  }
  return value;
}

export const LARGEST_LOT_SIZE = 1_000_000_000;

/** @param {unknown} lotSize @param {string} [argument] @returns {number} */
export function checkLotSize(lotSize, argument = "lot_size") {
  return checkInteger(argument, lotSize, 2, LARGEST_LOT_SIZE);
}
