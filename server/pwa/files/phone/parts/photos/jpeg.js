/** What stands in a picture file before its pixels. Pure: bytes in, bytes out. */

/** @typedef {"image/jpeg" | "image/png" | "image/webp" | "image/heic"} MediaType */

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];
const XMP = [...new TextEncoder().encode("http://ns.adobe.com/xap/1.0/\0")];
const HEIC_BRANDS = /^ftyp(?:heic|heix|heim|heis|hevc|hevx|mif1|msf1)/;

/**
 * The kind of picture by its first bytes; what a file is called says little.
 *
 * @param {Uint8Array} head
 * @returns {MediaType | null} null for what the server does not take
 */
export function mediaTypeOf(head) {
  const at = (/** @type {number} */ from, /** @type {number} */ to) => String.fromCharCode(...head.subarray(from, to));
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return "image/jpeg";
  if (at(0, 8) === "\x89PNG\r\n\x1a\n") return "image/png";
  if (at(0, 4) === "RIFF" && at(8, 12) === "WEBP") return "image/webp";
  return HEIC_BRANDS.test(at(4, 12)) ? "image/heic" : null;
}

/**
 * The EXIF block of a JPEG, and the segments in which programs leave traces of themselves (XMP,
 * Photoshop). A picture made smaller carries them on: it must not look more innocent than before.
 *
 * @param {Uint8Array} head the file's beginning
 * @returns {{exif: Uint8Array | null, traces: Uint8Array[]}}
 */
export function segmentsOf(head) {
  /** @type {{exif: Uint8Array | null, traces: Uint8Array[]}} */
  const found = { exif: null, traces: [] };
  let place = 2;
  while (place + 4 <= head.length && head[place] === 0xff) {
    const marker = head[place + 1];
    if (marker === 0xff) {
      place += 1; // a filling byte
      continue;
    }
    const end = place + 2 + (head[place + 2] << 8) + head[place + 3];
    // The scan begins: what follows are pixels.
    if (marker === 0xda || end > head.length || end < place + 4) break;
    const content = head.subarray(place + 4, end);
    if (marker === 0xe1 && begins(content, EXIF)) found.exif ??= content.slice(EXIF.length);
    else if ((marker === 0xe1 && begins(content, XMP)) || marker === 0xec || marker === 0xed) found.traces.push(head.slice(place, end));
    place = end;
  }
  return found;
}

/** @param {Uint8Array} content @param {number[]} start */
const begins = (content, start) => start.every((byte, place) => content[place] === byte);

/**
 * A JPEG with these segments in place of its own head: the start, EXIF, traces, the rest.
 *
 * @param {Uint8Array} jpeg as a canvas writes it
 * @param {Uint8Array} exif a TIFF block of less than 65,526 bytes
 * @param {Uint8Array[]} traces
 * @returns {Uint8Array}
 */
export function withSegments(jpeg, exif, traces) {
  const length = EXIF.length + exif.length + 2;
  const head = Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 0xff, ...EXIF]);
  const rest = jpeg.subarray(afterJfif(jpeg));
  const parts = [head, exif, ...traces, rest];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

// EXIF wants to be the first segment; browsers write JFIF there, which then is of no use.
/** @param {Uint8Array} jpeg */
function afterJfif(jpeg) {
  return jpeg[2] === 0xff && jpeg[3] === 0xe0 ? 4 + (jpeg[4] << 8) + jpeg[5] : 2;
}
