/** Photos on the phone: their bytes until the server has them, their thumbnails for longer. */

import { tellChange } from "./changes.js";

/**
 * @typedef {import("./database.js").Database} Database
 *
 * @typedef {object} KeptPhoto
 * @property {string} id
 * @property {string} owner_collection
 * @property {string} owner_id
 * @property {string} role
 * @property {string} sha256
 * @property {number} size bytes
 * @property {string} media_type
 * @property {string | null} captured_at
 * @property {string} kept_at when it came to the phone
 * @property {Blob | null} thumbnail
 * @property {string | null} address of the upload under way
 * @property {number} offset bytes the server has of it
 * @property {boolean} is_sent
 * @property {any} problem why the server did not take it
 */

/**
 * @param {Database} database
 * @param {string} id
 * @returns {Promise<KeptPhoto | undefined>}
 */
export const keptPhoto = (database, id) => database.get("photos", id);

/**
 * @param {Database} database
 * @param {string} id
 * @returns {Promise<Blob | undefined>}
 */
export const photoBytes = (database, id) => database.get("photo_bytes", id);

/**
 * @param {Database} database
 * @returns {Promise<KeptPhoto[]>} in the order they were taken
 */
export async function photosToSend(database) {
  return (await database.getAllFromIndex("photos", "unsent")).filter((photo) => !photo.problem);
}

/**
 * As it is kept: found by the index of those unsent, or not.
 *
 * @param {Record<string, any>} photo
 */
export function indexed({ unsent: _before, ...photo }) {
  return photo.is_sent ? photo : { ...photo, unsent: 1 };
}

/**
 * @param {Database} database
 * @param {string} id
 * @param {Partial<KeptPhoto>} changed
 */
export async function notePhoto(database, id, changed) {
  const transaction = database.transaction("photos", "readwrite");
  const photo = await transaction.store.get(id);
  if (photo) await transaction.store.put(indexed({ ...photo, ...changed }));
  await transaction.done;
  tellChange();
}

/**
 * Let the bytes go of photos that the server has stored and that came to the phone before *before*. Their
 * thumbnails stay.
 *
 * @param {Database} database
 * @param {string} before an ISO time
 * @returns {Promise<number>} how many went
 */
export async function dropStoredBytes(database, before) {
  let dropped = 0;
  for (const id of await database.getAllKeys("photo_bytes")) {
    const photo = await database.get("photos", id);
    if (!photo?.is_sent || photo.kept_at >= before) continue;
    const record = await database.get("records", ["attachments", photo.id]);
    if (record?.document.status !== "stored") continue;
    await database.delete("photo_bytes", photo.id);
    dropped += 1;
  }
  return dropped;
}

/**
 * How far the photo is on its way to the server.
 *
 * @param {Database} database
 * @param {string} id
 * @returns {Promise<"waiting" | "sent" | "refused" | "elsewhere">} elsewhere: on the phone that took it
 */
export async function photoState(database, id) {
  const transaction = database.transaction(["photos", "records", "outbox"]);
  const [photo, record, waiting] = await Promise.all([
    transaction.objectStore("photos").get(id),
    transaction.objectStore("records").get(["attachments", id]),
    transaction.objectStore("outbox").index("record").getAll(["attachments", id]),
  ]);
  if (photo?.problem || waiting.some((mutation) => mutation.problem)) return "refused";
  if (photo) return photo.is_sent && waiting.length === 0 ? "sent" : "waiting";
  return record?.document.status === "stored" ? "sent" : "elsewhere";
}
