/** From a picture to what is written down: the announcement, the bytes and a thumbnail. */

import { newId } from "../../storage/ids.js";
import { lastPosition } from "./position.js";
import { press } from "./press.js";

/**
 * @typedef {import("../../storage/outbox.js").TakenPhoto} TakenPhoto
 * @typedef {import("./position.js").Position} Position
 *
 * @typedef {object} Owner
 * @property {string} owner_collection such as goods_receipts
 * @property {string} owner_id
 * @property {string} site_id
 *
 * @typedef {Owner & Details} PhotoOf
 *
 * @typedef {object} Details
 * @property {string} role what it shows: goods, document, vehicle, thermometer, label, signature …
 * @property {"camera" | "gallery"} source
 * @property {Position | null} [position] where the phone is; by default the last place it knew
 * @property {number} [taken_at] when the app's own camera took it [ms since 1970]
 */

/** How large a photo is kept: enough to read a label, little enough for a weak signal. */
export const PHOTO_SIZE = { longest: 2048, quality: 0.82, bytes: 1_200_000 };

/**
 * Make a photo ready to be written down with `capture(database, changes, [photo])`.
 *
 * @param {Blob} original
 * @param {PhotoOf} photo
 * @returns {Promise<TakenPhoto>} throws Unreadable for what is no picture
 */
export async function takePhoto(original, { role, source, position, taken_at: takenAt, ...owner }) {
  const now = Date.now();
  const taken = takenAt === undefined ? null : { milliseconds: takenAt, offset_minutes: -new Date(takenAt).getTimezoneOffset() };
  const pressed = await press(original, { ...PHOTO_SIZE, taken });
  const captured = capturedAt(pressed.facts, source, takenAt ?? now);
  return announced(pressed, owner, {
    role,
    source,
    captured_at: captured === null ? null : new Date(captured).toISOString(),
    entered_at: new Date(now).toISOString(),
    ...whereTaken(pressed.facts, source, position),
  });
}

/**
 * @param {{bytes: Blob, thumbnail: Blob | null, sha256: string, media_type: string}} file
 * @param {Owner} owner
 * @param {Record<string, any>} facts
 * @returns {TakenPhoto}
 */
export function announced({ bytes, thumbnail, sha256, media_type }, owner, facts) {
  const { owner_collection, owner_id, site_id } = owner;
  const attachment = { id: newId(), site_id, sha256, size: bytes.size, media_type, owner_collection, owner_id, caption: "", ...facts };
  return { attachment, bytes, thumbnail };
}

// The file's own time counts: a photo of the gallery was not taken now, and one of the system's
// camera a moment ago. Without an offset it is the time on this phone's wall.
function capturedAt({ local, offset }, source, now) {
  const noted = local === null ? Number.NaN : Date.parse(local + (offset ?? ""));
  if (!Number.isNaN(noted)) return noted;
  return source === "camera" ? now : null;
}

// Where the phone is now says nothing about a photo of the gallery.
function whereTaken(facts, source, position) {
  const here = source === "camera" ? (position === undefined ? lastPosition() : position) : null;
  const nowhere = { latitude: facts.latitude, longitude: facts.longitude, accuracy_m: null };
  return here ?? nowhere;
}
