/**
 * Makes a photo ready to be kept: small enough to be sent from a loading bay, with the time and place
 * the camera noted, and its SHA-256. Runs in a worker, and on the page where that cannot be.
 */

import { sha256OfBytes } from "../../../sampling/sha256.js";
import { cameraFacts, exifOfMoment, readExif, uprightExif } from "./exif.js";
import { mediaTypeOf, segmentsOf, withSegments } from "./jpeg.js";

/**
 * @typedef {object} Wanted
 * @property {number} longest pixels of the longer side, at most
 * @property {number} quality of the JPEG, 0 to 1
 * @property {number} bytes a file up to this size and those pixels is kept untouched
 * @property {{milliseconds: number, offset_minutes: number} | null} [taken] when the app's own camera took it
 *
 * @typedef {object} Pressed
 * @property {Blob} bytes
 * @property {Blob | null} thumbnail null where the browser cannot read the format
 * @property {string} sha256
 * @property {string} media_type
 * @property {import("./exif.js").CameraFacts} facts
 */

const THUMBNAIL = 320;
const HEAD = 512 * 1024;
const NO_FACTS = { local: null, offset: null, latitude: null, longitude: null };

/** Neither this browser nor the server can make a picture of it. */
export class Unreadable extends Error {}

/**
 * @param {Blob} original
 * @param {Wanted} wanted
 * @returns {Promise<Pressed>}
 */
export async function press(original, wanted) {
  const head = new Uint8Array(await original.slice(0, HEAD).arrayBuffer());
  const kind = mediaTypeOf(head);
  const segments = kind === "image/jpeg" ? segmentsOf(head) : { exif: null, traces: [] };
  const exif = segments.exif && readExif(segments.exif);
  const facts = exif ? cameraFacts(exif) : NO_FACTS;
  const picture = await createImageBitmap(original, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) {
    if (kind !== "image/heic") throw new Unreadable(original.type);
    return { ...(await kept(original, kind)), thumbnail: null, facts };
  }
  try {
    const thumbnail = await drawn(picture, THUMBNAIL, 0.72);
    const isSmall = Math.max(picture.width, picture.height) <= wanted.longest && original.size <= wanted.bytes;
    if (isSmall && kind && !wanted.taken) return { ...(await kept(original, kind)), thumbnail, facts };
    const smaller = new Uint8Array(await (await drawn(picture, wanted.longest, wanted.quality)).arrayBuffer());
    const whole = withSegments(smaller, blockOf(exif, wanted), segments.traces);
    return { ...(await kept(new Blob([/** @type {BlobPart} */ (whole)]), "image/jpeg")), thumbnail, facts };
  } finally {
    picture.close();
  }
}

/** @param {any} exif @param {Wanted} wanted */
function blockOf(exif, { taken }) {
  if (taken) return exifOfMoment(taken.milliseconds, taken.offset_minutes);
  return uprightExif(exif ?? { isLittle: false, main: new Map(), details: new Map(), place: new Map() });
}

// The bytes hashed are the bytes kept: a file of the gallery may change or vanish under us.
async function kept(blob, mediaType) {
  const content = new Uint8Array(await blob.arrayBuffer());
  return { bytes: new Blob([content], { type: mediaType }), media_type: mediaType, sha256: await hexDigest(content) };
}

/** @param {Uint8Array} content */
export async function hexDigest(content) {
  const two = (/** @type {number} */ byte) => byte.toString(16).padStart(2, "0");
  // Browsers give their own on HTTPS and localhost only.
  const subtle = globalThis.crypto?.subtle;
  if (subtle) return Array.from(new Uint8Array(await subtle.digest("SHA-256", /** @type {BufferSource} */ (content))), two).join("");
  return Array.from(sha256OfBytes(content), (word) => word.toString(16).padStart(8, "0")).join("");
}

/** @param {ImageBitmap} picture @param {number} longest @param {number} quality */
async function drawn(picture, longest, quality) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = newCanvas(width, height);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
  // JPEG has no transparency; paper is white.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return blobOf(canvas, "image/jpeg", quality);
}

function newCanvas(width, height) {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

/**
 * @param {any} canvas
 * @param {string} type
 * @param {number} [quality]
 * @returns {Promise<Blob>}
 */
export function blobOf(canvas, type, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type, quality });
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Unreadable(type))), type, quality);
  });
}
