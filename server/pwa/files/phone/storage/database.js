/**
 * What the phone holds: one database for each person, so that several may share a phone without
 * seeing each other's work.
 *
 *   records      what the server said last, by [collection, id]: {collection, id, version, document, pulled}
 *   outbox       changes the server has not answered for, in the order they were made
 *   captured     which records were written down on this phone, and when: what the sync light counts
 *   photos       what is known of each photo taken here; photo_bytes its bytes
 *   conflicts    where somebody else had changed the same thing
 *   state        cursor, clock offset, last sync, and what else there is one of
 */

import { openDB } from "idb";

/** @typedef {import("idb").IDBPDatabase<any>} Database */
/** @typedef {Record<string, any>} Document */

const VERSION = 2;

/**
 * @param {string} userId
 * @returns {Promise<Database>}
 */
export function openPersonal(userId) {
  return openDB(`yanshou-${userId}`, VERSION, {
    upgrade(database, oldVersion, _newVersion, transaction) {
      if (oldVersion < 1) createStores(database);
      if (oldVersion < 2) return addIndexes(transaction);
      return undefined;
    },
    // A newer version of the app in another tab wants to change the database: let it.
    blocking(_current, _blocked, event) {
      /** @type {IDBDatabase} */ (event.target).close();
    },
  });
}

/** @param {Database} database */
function createStores(database) {
  const records = database.createObjectStore("records", { keyPath: ["collection", "id"] });
  records.createIndex("collection", "collection");
  records.createIndex("pulled", "pulled");
  const outbox = database.createObjectStore("outbox", { keyPath: "place", autoIncrement: true });
  outbox.createIndex("record", ["collection", "id"]);
  outbox.createIndex("collection", "collection");
  outbox.createIndex("mutation_id", "mutation_id", { unique: true });
  database.createObjectStore("captured", { keyPath: ["collection", "id"] });
  const photos = database.createObjectStore("photos", { keyPath: "id" });
  photos.createIndex("owner", ["owner_collection", "owner_id"]);
  database.createObjectStore("photo_bytes");
  database.createObjectStore("conflicts", { keyPath: "place", autoIncrement: true });
  database.createObjectStore("state");
}

// What is asked for all day long is found without reading a year's receipts and photos: a photo
// carries `unsent` as long as the server does not have it.
async function addIndexes(transaction) {
  transaction.objectStore("records").createIndex("status", ["collection", "document.status"]);
  const photos = transaction.objectStore("photos");
  photos.createIndex("unsent", "unsent");
  for (let cursor = await photos.openCursor(); cursor; cursor = await cursor.continue()) {
    if (!cursor.value.is_sent) await cursor.update({ ...cursor.value, unsent: 1 });
  }
}

/**
 * @param {Database} database
 * @param {string} name
 */
export const readState = (database, name) => database.get("state", name);

/**
 * @param {Database} database
 * @param {string} name
 * @param {unknown} value
 */
export const writeState = (database, name, value) => database.put("state", value, name);

/** What is being written and not to be sent yet lies in the state under names that begin so. */
export const DRAFT = "draft/";

/**
 * The names of the drafts of a kind; of all without one.
 *
 * @param {Database} database
 * @param {string} [kind] such as fix/
 */
export const draftKeys = (database, kind = "") => database.getAllKeys("state", IDBKeyRange.bound(DRAFT + kind, `${DRAFT + kind}\uffff`));
