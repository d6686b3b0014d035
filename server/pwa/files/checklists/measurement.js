// Measured values as people type them at the ramp: "－18．5℃", "零下18度", "12.40 kg".
// The same rules as server/checklists/measurement.py, held together by shared test vectors.

/** Millionths: a measured value is a whole number of them, so nothing is ever rounded. */
export const ONE = 1_000_000n;

/** @type {Map<string, string>} */
const SAME_SIGN = new Map(/** @type {[string, string][]} */ ([
  ...Array.from({ length: 10 }, (_, digit) => [String.fromCodePoint(0xff10 + digit), `${digit}`]),
  ...[..."－−–﹣‐"].map((sign) => [sign, "-"]),
  ...[..."＋﹢"].map((sign) => [sign, "+"]),
  ...[..."．。﹒"].map((sign) => [sign, "."]),
  ...[..."\u3000\u00a0\u2009\u202f\t"].map((sign) => [sign, " "]),
  ["％", "%"],
  ["º", "°"],
  ["／", "/"],
]));
const NUMBER = /^(零下|[-+])? *([0-9]{1,9})(?:\.([0-9]{1,6}))? *([^]*)$/;
const SPELLINGS = new Map([
  ["°C", ["°c", "° c", "℃", "度", "摄氏度"]],
  ["kg", ["kg", "公斤", "千克"]],
  ["g", ["g", "克"]],
  ["min", ["min", "分", "分钟"]],
  ["mg/L", ["mg/l", "毫克/升"]],
  ["%", ["%"]],
]);
// Named one by one: languages differ in what they call a space.
const EDGES = /^[ \t\n\r\u00a0\u2009\u202f\u3000]+|[ \t\n\r\u00a0\u2009\u202f\u3000]+$/g;

/** @param {string | null | undefined} text */
export function trimmed(text) {
  return (text ?? "").replace(EDGES, "");
}

/**
 * The number in *text*, in millionths; null for what is no number in that unit.
 * @param {string} text
 * @param {string | null | undefined} unit
 * @returns {bigint | null}
 */
export function parseMeasurement(text, unit) {
  const plain = trimmed([...text].map((sign) => SAME_SIGN.get(sign) ?? sign).join(""));
  const match = NUMBER.exec(plain);
  if (!match) return null;
  const [, sign, whole, fraction = "", rest] = match;
  const spelling = trimmed(rest).toLowerCase();
  const known = SPELLINGS.get(unit ?? "") ?? [(unit ?? "").toLowerCase()];
  if (spelling && !known.includes(spelling)) return null;
  const number = BigInt(whole) * ONE + BigInt(fraction.padEnd(6, "0"));
  return sign === "-" || sign === "零下" ? -number : number;
}

/**
 * A decimal of a checklist (checked by the server before it was published), in millionths.
 * @param {string} text
 */
export function decimal(text) {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text);
  if (!match) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole, fraction = ""] = match;
  const number = BigInt(whole) * ONE + BigInt(fraction.padEnd(6, "0").slice(0, 6));
  return sign ? -number : number;
}

/**
 * A number of millionths without superfluous zeros.
 * @param {bigint} number
 */
export function plainText(number) {
  const size = number < 0n ? -number : number;
  const fraction = `${size % ONE}`.padStart(6, "0").replace(/0+$/, "");
  return `${number < 0n ? "-" : ""}${size / ONE}${fraction ? `.${fraction}` : ""}`;
}
