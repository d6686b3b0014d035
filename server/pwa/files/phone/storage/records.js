/**
 * Records as their person sees them: what the server said last, under what waits in the outbox.
 *
 * @typedef {import("./database.js").Database} Database
 * @typedef {import("./database.js").Document} Document
 *
 * @typedef {object} Seen
 * @property {string} id
 * @property {string} collection
 * @property {number | null} version the server's version the document was made from
 * @property {Document} document
 * @property {"safe" | "waiting" | "rejected"} state whether the server has all of it
 * @property {Document | null} problem why it was rejected
 */

/**
 * One record, or null if there is none.
 *
 * @param {Database} database
 * @param {string} collection
 * @param {string} id
 * @returns {Promise<Seen | null>}
 */
export async function seen(database, collection, id) {
  const transaction = database.transaction(["records", "outbox"]);
  const [held, waiting] = await Promise.all([
    transaction.objectStore("records").get([collection, id]),
    transaction.objectStore("outbox").index("record").getAll([collection, id]),
  ]);
  return overlaid(held, waiting.at(-1));
}

/**
 * All records of a collection.
 *
 * @param {Database} database
 * @param {string} collection
 * @returns {Promise<Seen[]>}
 */
export async function allSeen(database, collection) {
  const transaction = database.transaction(["records", "outbox"]);
  const [held, waiting] = await Promise.all([
    transaction.objectStore("records").index("collection").getAll(collection),
    transaction.objectStore("outbox").index("collection").getAll(collection),
  ]);
  return merged(held, waiting);
}

/** @returns {Seen[]} */
function merged(held, waiting) {
  const last = new Map(waiting.map((mutation) => [mutation.id, mutation]));
  const all = held.map((record) => overlaid(record, last.get(record.id)));
  const known = new Set(held.map((record) => record.id));
  for (const [id, mutation] of last) if (!known.has(id)) all.push(overlaid(undefined, mutation));
  return /** @type {Seen[]} */ (all.filter((record) => record !== null));
}

/**
 * The records of a collection that the server holds in a status, and all that wait to be sent.
 *
 * @param {Database} database
 * @param {string} collection
 * @param {string} status
 * @returns {Promise<Seen[]>}
 */
export async function seenWith(database, collection, status) {
  const transaction = database.transaction(["records", "outbox"]);
  const [held, waiting] = await Promise.all([
    transaction.objectStore("records").index("status").getAll([collection, status]),
    transaction.objectStore("outbox").index("collection").getAll(collection),
  ]);
  return merged(held, waiting);
}

/**
 * The newest documents of a collection: their ids begin with their time.
 *
 * @param {Database} database
 * @param {string} collection
 * @param {number} most
 * @returns {Promise<Document[]>}
 */
export async function newest(database, collection, most) {
  const transaction = database.transaction(["records", "outbox"]);
  const records = transaction.objectStore("records");
  const keys = await records.getAllKeys(IDBKeyRange.bound([collection], [collection, []]));
  const first = keys.at(-Math.min(most, keys.length));
  const [held, waiting] = await Promise.all([
    first === undefined ? [] : records.getAll(IDBKeyRange.bound(first, [collection, []])),
    transaction.objectStore("outbox").index("collection").getAll(collection),
  ]);
  return merged(held, waiting).map((record) => record.document);
}

/**
 * The documents of a collection, without their states: for master data.
 *
 * @param {Database} database
 * @param {string} collection
 * @returns {Promise<Document[]>}
 */
export async function documents(database, collection) {
  return (await allSeen(database, collection)).map((record) => record.document);
}

/** @returns {Seen | null} */
function overlaid(held, mutation) {
  if (mutation?.operation === "delete") return null;
  if (!held && !mutation) return null;
  return {
    id: (mutation ?? held).id,
    collection: (mutation ?? held).collection,
    version: mutation ? mutation.base_version : held.version,
    document: mutation ? mutation.document : held.document,
    state: mutation ? (mutation.problem ? "rejected" : "waiting") : "safe",
    problem: mutation?.problem ?? null,
  };
}
