// JSON values compared as JSON. A field that is not there is `undefined`, and as good as an empty
// one. The same rules as sync/values.py and sync/canonical.py.

/**
 * @typedef {null | boolean | number | string | any[] | {[name: string]: any}} Json
 * @typedef {Json | undefined} State of a field; undefined: it is not there
 */

/** Several fields taken as one value, each of which may be missing. */
export class Together {
  /** @param {State[]} values */
  constructor(values) {
    this.values = values;
  }
}

/** @param {any} value @returns {value is Record<string, any>} */
export function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Whether the value says nothing. @param {any} value */
export function isEmpty(value) {
  if (value === undefined || value === null || value === "") return true;
  if (value instanceof Together) return false;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Whether two values are the same JSON value. @param {any} one @param {any} other @returns {boolean} */
export function same(one, other) {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, at) => same(value, other[at]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]))
  );
}

/** Whether two states of a field are the same. @param {any} one @param {any} other @returns {boolean} */
export function alike(one, other) {
  if (one === undefined || other === undefined) return isEmpty(one) && isEmpty(other);
  if (one instanceof Together && other instanceof Together) {
    return one.values.every((value, at) => alike(value, other.values[at]));
  }
  return same(one, other);
}

/** @param {any} value @param {string} name @returns {any} */
export function fieldOf(value, name) {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The names of fields that are not alike, in the order of the alphabet. */
/** @param {Record<string, any>} one @param {Record<string, any>} other @returns {string[]} */
export function differingFields(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names]
    .filter((name) => !alike(fieldOf(one, name), fieldOf(other, name)))
    .sort(byCodePoint);
}

/** The server's order of texts: by code point, not by UTF-16 unit. @param {string} a @param {string} b */
export function byCodePoint(a, b) {
  const [one, other] = [[...a], [...b]];
  const at = one.findIndex((sign, place) => sign !== other[place]);
  if (at < 0) return one.length - other.length;
  return at >= other.length ? 1 : Number(one[at].codePointAt(0)) - Number(other[at].codePointAt(0));
}

/** JSON with sorted keys: one text for one value. @param {any} value @returns {string} */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort(byCodePoint);
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
