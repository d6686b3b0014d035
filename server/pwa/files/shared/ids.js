/** Ids and times as whoever makes a record makes them. */

/**
 * A UUIDv7: the time first, so that ids sort in the order things were made.
 *
 * @param {number} [milliseconds] the time, as Date.now() gives it
 */
export function newId(milliseconds = Date.now()) {
  // crypto.randomUUID exists on HTTPS and localhost only, and makes no version 7.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = milliseconds;
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Now by the device's own clock, as the wire wants it. */
export const now = () => new Date().toISOString();

/** Today by the device's own clock and zone, YYYY-MM-DD. */
export function today(date = new Date()) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
