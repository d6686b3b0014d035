/** What the sync light says: how much of what was captured here is safe on the server. */

/**
 * @typedef {import("./database.js").Database} Database
 *
 * @typedef {object} Safety
 * @property {number} records captured on this phone
 * @property {number} records_safe of which the server has answered for
 * @property {number} rejected records and photos that the server did not take
 * @property {number} photos taken on this phone
 * @property {number} photos_safe of which the server has every byte
 * @property {number} bytes_waiting
 * @property {number} conflicts that nobody has looked at yet
 */

/**
 * @param {Database} database
 * @returns {Promise<Safety>}
 */
export async function safety(database) {
  const transaction = database.transaction(["captured", "outbox", "photos", "conflicts"]);
  const [captured, outbox, photos, conflicts] = await Promise.all([
    transaction.objectStore("captured").getAllKeys(),
    transaction.objectStore("outbox").getAll(),
    transaction.objectStore("photos").getAll(),
    transaction.objectStore("conflicts").getAll(),
  ]);
  const key = (collection, id) => `${collection}/${id}`;
  const isRecord = ([collection]) => collection !== "attachments";
  const waiting = new Set(outbox.map((mutation) => key(mutation.collection, mutation.id)));
  const records = captured.filter(isRecord);
  const unsent = photos.filter((photo) => !photo.is_sent || waiting.has(key("attachments", photo.id)));
  return {
    records: records.length,
    records_safe: records.filter(([collection, id]) => !waiting.has(key(collection, id))).length,
    rejected: outbox.filter((mutation) => mutation.problem).length + photos.filter((photo) => photo.problem).length,
    photos: photos.length,
    photos_safe: photos.length - unsent.length,
    bytes_waiting: unsent.reduce((sum, photo) => sum + photo.size - photo.offset, 0),
    conflicts: conflicts.filter((conflict) => !conflict.is_seen).length,
  };
}
