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

// Photos are counted as photos.
const ANNOUNCED = IDBKeyRange.bound(["attachments"], ["attachments", []]);

/**
 * @param {Database} database
 * @returns {Promise<Safety>}
 */
export async function safety(database) {
  const transaction = database.transaction(["captured", "outbox", "photos", "conflicts"]);
  const captured = transaction.objectStore("captured");
  const photos = transaction.objectStore("photos");
  const [all, announced, outbox, taken, unsent, conflicts] = await Promise.all([
    captured.count(),
    captured.count(ANNOUNCED),
    transaction.objectStore("outbox").getAll(),
    photos.count(),
    photos.index("unsent").getAll(),
    transaction.objectStore("conflicts").getAll(),
  ]);
  const waiting = Array.from(new Map(outbox.map(({ collection, id }) => [`${collection}/${id}`, { collection, id }])).values());
  const isUnsent = new Set(unsent.map(({ id }) => id));
  // Its bytes may be on the server before what is known of it.
  const [records, further] = await Promise.all([
    counted(waiting.filter(({ collection }) => collection !== "attachments"), ({ collection, id }) => captured.count([collection, id])),
    counted(waiting.filter(({ collection, id }) => collection === "attachments" && !isUnsent.has(id)), ({ id }) => photos.count(id)),
  ]);
  return {
    records: all - announced,
    records_safe: all - announced - records,
    rejected: [...outbox, ...unsent].filter(({ problem }) => problem).length,
    photos: taken,
    photos_safe: taken - unsent.length - further,
    bytes_waiting: unsent.reduce((sum, photo) => sum + photo.size - photo.offset, 0),
    conflicts: conflicts.filter((conflict) => !conflict.is_seen).length,
  };
}

async function counted(all, count) {
  const counts = await Promise.all(all.map(count));
  return counts.reduce((sum, n) => sum + n, 0);
}
