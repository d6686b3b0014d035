/**
 * EXIF as far as a photo needs it: read what the camera noted, and write it again into the smaller
 * picture. Pure: bytes in, bytes out. Nothing in a file is trusted to be well formed.
 *
 * An EXIF block is a TIFF file without a picture: a directory of tags, with two more directories for
 * the camera's details and for the place. Values are copied as they stand, in their byte order.
 */

/**
 * @typedef {object} Tag
 * @property {number} type
 * @property {number} count
 * @property {Uint8Array} value in the byte order of the block
 *
 * @typedef {Map<number, Tag>} Directory
 *
 * @typedef {object} Exif
 * @property {boolean} isLittle the byte order
 * @property {Directory} main
 * @property {Directory} details
 * @property {Directory} place
 *
 * @typedef {object} CameraFacts
 * @property {string | null} local when the photo was taken, by the clock on the wall: 2026-03-02T09:15:30.000
 * @property {string | null} offset of that clock from UTC: +08:00
 * @property {string | null} latitude [degrees]
 * @property {string | null} longitude [degrees]
 */

const DETAILS = 0x8769;
const PLACE = 0x8825;
const ORIENTATION = 0x0112;
const SHORT = 3;
const LONG = 4;
const RATIONAL = 5;
const ASCII = 2;
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

// What describes the old file and not the photo: its size, its thumbnail, what else lies at an
// address in it. The maker's note is such a thing, and often larger than the picture.
const LEFT_OUT = new Set([
  0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0111, 0x0115, 0x0116, 0x0117, 0x014a, 0x0201, 0x0202,
  0x927c, 0xa002, 0xa003, 0xa005, 0xc4a5, DETAILS, PLACE,
]);
const LONGEST_VALUE = 2048;
const LONGEST_BLOCK = 60_000;
const MOST_TAGS = 500;

/**
 * @param {Uint8Array} bytes a TIFF block
 * @returns {Exif | null} null where it is damaged beyond use
 */
export function readExif(bytes) {
  if (bytes.length < 14) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const isLittle = order === 0x4949;
  if (view.getUint16(2, isLittle) !== 42) return null;
  const main = readDirectory(view, bytes, view.getUint32(4, isLittle), isLittle);
  /** @param {number} pointer */
  const below = (pointer) => {
    const tag = main.get(pointer);
    return tag ? readDirectory(view, bytes, wholeNumber(tag, isLittle), isLittle) : new Map();
  };
  return { isLittle, main, details: below(DETAILS), place: below(PLACE) };
}

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {boolean} isLittle
 * @returns {Directory} what can be read of it
 */
function readDirectory(view, bytes, start, isLittle) {
  /** @type {Directory} */
  const directory = new Map();
  if (start + 2 > bytes.length) return directory;
  const entries = Math.min(view.getUint16(start, isLittle), MOST_TAGS);
  for (let place = start + 2; directory.size < entries && place + 12 <= bytes.length; place += 12) {
    if (place >= start + 2 + entries * 12) break;
    const type = view.getUint16(place + 2, isLittle);
    const count = view.getUint32(place + 4, isLittle);
    const length = count * (SIZES[type] ?? 0);
    const at = length <= 4 ? place + 8 : view.getUint32(place + 8, isLittle);
    if (length === 0 || at + length > bytes.length) continue;
    directory.set(view.getUint16(place, isLittle), { type, count, value: bytes.slice(at, at + length) });
  }
  return directory;
}

/**
 * The same facts for an upright picture: the orientation is 1, what belonged to the old file is gone.
 *
 * @param {Exif} exif
 * @returns {Uint8Array} a TIFF block
 */
export function uprightExif({ isLittle, main, details, place }) {
  const kept = copied(main);
  kept.set(ORIENTATION, { type: SHORT, count: 1, value: shortBytes(1, isLittle) });
  const whole = written({ isLittle, main: kept, details: copied(details), place: copied(place) });
  if (whole.length <= LONGEST_BLOCK) return whole;
  const orientation = new Map([[ORIENTATION, /** @type {Tag} */ (kept.get(ORIENTATION))]]);
  return written({ isLittle, main: orientation, details: new Map(), place: new Map() });
}

/** @param {Directory} directory */
function copied(directory) {
  return new Map([...directory].filter(([tag, { value }]) => !LEFT_OUT.has(tag) && value.length <= LONGEST_VALUE));
}

/**
 * What a picture of the app's own camera says of itself: when it was taken, and that it is upright.
 *
 * @param {number} milliseconds since 1970
 * @param {number} offsetMinutes of the phone's clock from UTC, +480 in China
 * @returns {Uint8Array} a TIFF block
 */
export function exifOfMoment(milliseconds, offsetMinutes) {
  const local = new Date(milliseconds + offsetMinutes * 60_000).toISOString();
  const moment = local.slice(0, 19).replaceAll("-", ":").replace("T", " ");
  const offset = signedOffset(offsetMinutes);
  const main = new Map([
    [ORIENTATION, { type: SHORT, count: 1, value: shortBytes(1, false) }],
    [0x0131, asciiTag("Yanshou")],
    [0x0132, asciiTag(moment)],
  ]);
  const details = new Map([
    [0x9000, { type: 7, count: 4, value: new TextEncoder().encode("0232") }],
    ...[0x9003, 0x9004].map((tag) => /** @type {[number, Tag]} */ ([tag, asciiTag(moment)])),
    ...[0x9010, 0x9011, 0x9012].map((tag) => /** @type {[number, Tag]} */ ([tag, asciiTag(offset)])),
    ...[0x9291, 0x9292].map((tag) => /** @type {[number, Tag]} */ ([tag, asciiTag(local.slice(20, 23))])),
  ]);
  return written({ isLittle: false, main, details, place: new Map() });
}

/** @param {number} minutes */
function signedOffset(minutes) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** @param {string} text @returns {Tag} */
function asciiTag(text) {
  const value = new TextEncoder().encode(`${text}\0`);
  return { type: ASCII, count: value.length, value };
}

/** @param {number} value @param {boolean} isLittle */
function shortBytes(value, isLittle) {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value, isLittle);
  return bytes;
}

// -- writing ---------------------------------------------------------------------------------------

/** @param {Exif} exif */
function written({ isLittle, main, details, place }) {
  /** @type {[number, Directory][]} */
  const below = [[DETAILS, details], [PLACE, place]];
  const pointers = below.filter(([, directory]) => directory.size > 0);
  const whole = new Map(main);
  for (const [pointer] of pointers) whole.set(pointer, { type: LONG, count: 1, value: new Uint8Array(4) });
  let end = 8 + lengthOf(whole);
  for (const [pointer, directory] of pointers) {
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, end, isLittle);
    whole.set(pointer, { type: LONG, count: 1, value });
    end += lengthOf(directory);
  }
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  let start = writeDirectory(bytes, view, 8, whole, isLittle);
  for (const [, directory] of pointers) start = writeDirectory(bytes, view, start, directory, isLittle);
  return bytes;
}

/** @param {Directory} directory */
function lengthOf(directory) {
  let length = 2 + directory.size * 12 + 4;
  for (const { value } of directory.values()) if (value.length > 4) length += even(value.length);
  return length;
}

/** Values begin at even places. @param {number} length */
const even = (length) => length + (length % 2);

/**
 * @param {Uint8Array} bytes
 * @param {DataView} view
 * @param {number} start
 * @param {Directory} directory
 * @param {boolean} isLittle
 * @returns {number} where the next one begins
 */
function writeDirectory(bytes, view, start, directory, isLittle) {
  view.setUint16(start, directory.size, isLittle);
  let place = start + 2;
  let data = start + 2 + directory.size * 12 + 4;
  for (const [tag, { type, count, value }] of [...directory].sort(([one], [other]) => one - other)) {
    view.setUint16(place, tag, isLittle);
    view.setUint16(place + 2, type, isLittle);
    view.setUint32(place + 4, count, isLittle);
    if (value.length <= 4) {
      bytes.set(value, place + 8);
    } else {
      view.setUint32(place + 8, data, isLittle);
      bytes.set(value, data);
      data += even(value.length);
    }
    place += 12;
  }
  return data;
}

// -- what it says ----------------------------------------------------------------------------------

const TIMES = [
  [0x9003, 0x9011, 0x9291],
  [0x9004, 0x9012, 0x9292],
  [0x0132, 0x9010, 0x9290],
];

/**
 * @param {Exif} exif
 * @returns {CameraFacts}
 */
export function cameraFacts(exif) {
  const [latitude, longitude] = position(exif);
  return { ...moment(exif), latitude, longitude };
}

/** @param {Exif} exif */
function moment({ main, details }) {
  /** @param {number} tag */
  const textOf = (tag) => asciiOf(details.get(tag) ?? main.get(tag));
  for (const [timeTag, offsetTag, fractionTag] of TIMES) {
    const time = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(textOf(timeTag));
    if (!time) continue;
    const [, year, month, day, hour, minute, second] = time;
    const digits = /^\d+/.exec(textOf(fractionTag))?.[0] ?? "";
    const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${digits.slice(0, 3).padEnd(3, "0")}`;
    // A camera whose clock was never set writes zeros or 1980.
    if (Number.isNaN(Date.parse(`${local}Z`)) || Number(year) < 1990) continue;
    const offset = textOf(offsetTag);
    return { local, offset: /^[+-](0\d|1[0-4]):[0-5]\d$/.test(offset) ? offset : null };
  }
  return { local: null, offset: null };
}

/** @param {Tag | undefined} tag */
function asciiOf(tag) {
  if (tag?.type !== ASCII) return "";
  return String.fromCharCode(...tag.value).replace(/\0[^]*$/, "").trim();
}

/** @param {Exif} exif @returns {[string, string] | [null, null]} */
function position({ isLittle, place }) {
  const latitude = degrees(place.get(2), place.get(1), "S", 90, isLittle);
  const longitude = degrees(place.get(4), place.get(3), "W", 180, isLittle);
  return latitude === null || longitude === null ? [null, null] : [latitude, longitude];
}

/**
 * @param {Tag | undefined} tag degrees, minutes, seconds
 * @param {Tag | undefined} side
 * @param {string} negative
 * @param {number} limit
 * @param {boolean} isLittle
 */
function degrees(tag, side, negative, limit, isLittle) {
  if (tag?.type !== RATIONAL || tag.count < 1 || tag.count > 3) return null;
  const view = new DataView(tag.value.buffer, tag.value.byteOffset);
  let total = 0;
  for (let part = 0; part < tag.count; part += 1) {
    total += view.getUint32(part * 8, isLittle) / view.getUint32(part * 8 + 4, isLittle) / 60 ** part;
  }
  if (!(total >= 0 && total <= limit)) return null; // also what is not a number
  return decimalText(asciiOf(side).toUpperCase().startsWith(negative) ? -total : total, 7);
}

/** @param {Tag} tag @param {boolean} isLittle */
function wholeNumber({ type, value }, isLittle) {
  const view = new DataView(value.buffer, value.byteOffset);
  if (type === LONG && value.length >= 4) return view.getUint32(0, isLittle);
  return Number.MAX_SAFE_INTEGER;
}

/**
 * A decimal as the wire wants it: no exponent, no zeros at the end.
 *
 * @param {number} value
 * @param {number} places
 */
export function decimalText(value, places) {
  const digits = value.toFixed(places);
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  return short === "-0" ? "0" : short;
}
