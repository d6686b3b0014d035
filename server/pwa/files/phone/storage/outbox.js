/**
 * The one way the interface writes: a change goes to the outbox, with its photos, in one
 * transaction. It stays there until the server has answered for it.
 */

import { tellChange } from "./changes.js";
import { newId, now } from "./ids.js";
import { indexed } from "./photos.js";

/**
 * @typedef {import("./database.js").Database} Database
 * @typedef {import("./database.js").Document} Document
 *
 * @typedef {object} Change
 * @property {string} collection
 * @property {Document} document the whole new state, with its id
 * @property {"upsert" | "delete"} [operation]
 *
 * @typedef {object} TakenPhoto
 * @property {Document} attachment the announcement, as the collection “attachments” wants it
 * @property {Blob} bytes
 * @property {Blob | null} thumbnail
 *
 * @typedef {object} Mutation
 * @property {number} place
 * @property {string} mutation_id
 * @property {string} collection
 * @property {string} id
 * @property {"upsert" | "delete"} operation
 * @property {number | null} base_version
 * @property {Document} [document]
 * @property {string} captured_at
 * @property {boolean} is_handed_over whether it may have reached the server already
 * @property {Document | null} problem why the server did not take it
 */

/**
 * Write changes down, all of them or none.
 *
 * @param {Database} database
 * @param {Change[]} changes
 * @param {TakenPhoto[]} [photos]
 */
export async function capture(database, changes, photos = []) {
  const names = ["records", "outbox", "captured", "photos", "photo_bytes"];
  // A photo cannot be taken again: on the disk before it is called taken. What is typed must keep
  // up with the typing; it outlives the page and the browser, and a power cut by a few seconds less.
  const durability = photos.length > 0 ? "strict" : "relaxed";
  const transaction = database.transaction(names, "readwrite", { durability });
  const announcements = photos.map((photo) => ({ collection: "attachments", document: photo.attachment }));
  try {
    for (const change of [...announcements, ...changes]) await take(transaction, change);
    for (const photo of photos) await keepPhoto(transaction, photo);
  } catch (error) {
    // Such as no space left: nothing of it stays. What is told is the reason, not the undoing.
    transaction.done.catch(() => {});
    abort(transaction);
    throw error;
  }
  await transaction.done;
  tellChange();
}

/**
 * Take a record back that nobody but this phone has seen, with its photos: a draft thrown away.
 *
 * @param {Database} database
 * @param {string} collection
 * @param {string} id
 */
export async function erase(database, collection, id) {
  const photos = await database.getAllKeysFromIndex("photos", "owner", [collection, id]);
  const taken = photos.map((photo) => ({ collection: "attachments", document: { id: String(photo) } }));
  // The photos first: without their owner the server would not know whose they are.
  const erased = [...taken, { collection, document: { id } }];
  await capture(database, erased.map((change) => ({ ...change, operation: /** @type {const} */ ("delete") })));
}

/**
 * Give up a change that the server refused and never recorded. The server keeps what it refused for
 * an administrator; the phone stops asking.
 *
 * @param {Database} database
 * @param {string} collection
 * @param {string} id
 * @returns {Promise<{mutations: Mutation[], captured: Document | undefined}>} for `takeBack`
 */
export async function discardRefused(database, collection, id) {
  const transaction = database.transaction(["outbox", "captured"], "readwrite");
  const waiting = await transaction.objectStore("outbox").index("record").getAll([collection, id]);
  const mutations = waiting.filter((mutation) => mutation.problem);
  const captured = await transaction.objectStore("captured").get([collection, id]);
  for (const mutation of mutations) await transaction.objectStore("outbox").delete(mutation.place);
  if (mutations.length === waiting.length) await transaction.objectStore("captured").delete([collection, id]);
  await transaction.done;
  tellChange();
  return { mutations, captured };
}

/**
 * Undo `discardRefused`: the changes stand where they stood.
 *
 * @param {Database} database
 * @param {{mutations: Mutation[], captured: Document | undefined}} thrown
 */
export async function takeBack(database, { mutations, captured }) {
  const transaction = database.transaction(["outbox", "captured"], "readwrite");
  for (const mutation of mutations) await transaction.objectStore("outbox").put(mutation);
  if (captured) await transaction.objectStore("captured").put(captured);
  await transaction.done;
  tellChange();
}

async function take(transaction, change) {
  await enqueue(transaction, change);
  if (change.collection === "attachments" && change.operation === "delete") await dropPhoto(transaction, change.document.id);
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // The database has done so itself.
  }
}

async function enqueue(transaction, { collection, document, operation = "upsert" }) {
  const outbox = transaction.objectStore("outbox");
  const { id } = document;
  const waiting = await outbox.index("record").getAll([collection, id]);
  const held = await transaction.objectStore("records").get([collection, id]);
  const last = waiting.at(-1);
  // Thrown away already, and nobody else has seen it.
  if (operation === "delete" && !last && !held) return;
  // The base is what the document was made from. While an edit waits, the next one is made from
  // it, whatever a pull has brought by then.
  const base = last ? last.base_version : (held?.version ?? null);
  const mutation = {
    mutation_id: newId(),
    collection,
    id,
    operation,
    base_version: base,
    captured_at: now(),
    is_handed_over: false,
    problem: null,
    ...(operation === "upsert" && { document }),
  };
  // What never left the phone is replaced and not followed: typing makes one change, not a hundred.
  const isReplaced = last && (!last.is_handed_over || last.problem);
  const wasNeverSent = isReplaced && waiting.length === 1 && base === null && !last.problem;
  const captured = transaction.objectStore("captured");
  if (operation === "delete" && wasNeverSent) {
    await outbox.delete(last.place);
    await captured.delete([collection, id]);
    return;
  }
  // It keeps its place: what was made from it may wait behind it.
  if (isReplaced) await outbox.put({ ...mutation, place: last.place });
  else await outbox.add(mutation);
  await captured.put({ collection, id, captured_at: mutation.captured_at });
}

async function keepPhoto(transaction, { attachment, bytes, thumbnail }) {
  const photo = {
    id: attachment.id,
    owner_collection: attachment.owner_collection,
    owner_id: attachment.owner_id,
    role: attachment.role,
    sha256: attachment.sha256,
    size: attachment.size,
    media_type: attachment.media_type,
    captured_at: attachment.captured_at,
    kept_at: now(),
    thumbnail,
    address: null,
    offset: 0,
    is_sent: false,
    problem: null,
  };
  await transaction.objectStore("photos").put(indexed(photo));
  await transaction.objectStore("photo_bytes").put(bytes, attachment.id);
}

async function dropPhoto(transaction, id) {
  await transaction.objectStore("photos").delete(id);
  await transaction.objectStore("photo_bytes").delete(id);
}

/**
 * The changes to send next, in the order they were made, and mark them as handed over: from now on
 * they may have arrived, and are followed and not replaced.
 *
 * @param {Database} database
 * @param {number} most
 * @returns {Promise<Mutation[]>}
 */
export async function handOver(database, most) {
  const transaction = database.transaction("outbox", "readwrite");
  const batch = [];
  for (let cursor = await transaction.store.openCursor(); cursor && batch.length < most; cursor = await cursor.continue()) {
    const mutation = cursor.value;
    if (mutation.problem) continue;
    if (!mutation.is_handed_over) await cursor.update({ ...mutation, is_handed_over: true });
    batch.push(mutation);
  }
  await transaction.done;
  return batch;
}

/**
 * Let rejected changes be judged once more: what they lacked may have arrived.
 *
 * @param {Database} database
 */
export async function tryRejectedAgain(database) {
  const transaction = database.transaction(["outbox", "photos"], "readwrite");
  for (const name of ["outbox", "photos"]) {
    let cursor = await transaction.objectStore(name).openCursor();
    for (; cursor; cursor = await cursor.continue()) {
      if (cursor.value.problem) await cursor.update({ ...cursor.value, problem: null });
    }
  }
  await transaction.done;
  tellChange();
}

/**
 * Take the server's answers in, one transaction for all of them.
 *
 * @param {Database} database
 * @param {Mutation[]} mutations
 * @param {Document[]} results in the same order
 */
export async function settle(database, mutations, results) {
  const transaction = database.transaction(["records", "outbox", "conflicts"], "readwrite", { durability: "strict" });
  for (const [position, result] of results.entries()) await settleOne(transaction, mutations[position], result);
  await transaction.done;
  tellChange();
}

async function settleOne(transaction, mutation, result) {
  const outbox = transaction.objectStore("outbox");
  const waiting = await outbox.index("mutation_id").get(mutation.mutation_id);
  if (!waiting) return;
  if (result.status === "rejected") {
    await outbox.put({ ...waiting, problem: result.problem });
    return;
  }
  await outbox.delete(waiting.place);
  if (result.status === "conflict") await noteConflict(transaction, mutation, result);
  await takeAnswer(transaction.objectStore("records"), mutation, result);
}

async function takeAnswer(records, mutation, result) {
  const { collection, id } = mutation;
  const held = await records.get([collection, id]);
  // An answer whose version is not above the one held is an acknowledgement and nothing more.
  const isOlder = held && held.version !== null && result.version <= held.version;
  const pulled = held?.pulled ?? 0;
  const document = result.status === "conflict" ? result.conflict.current : result.document;
  if (document) {
    if (!isOlder) await records.put({ collection, id, version: result.version, document, pulled });
  } else if (result.status === "conflict" || mutation.operation === "delete") {
    if (!isOlder) await records.delete([collection, id]);
  } else if (!held || held.version === mutation.base_version) {
    // Not ours to see now: the own state stays, on the base it was made from.
    await records.put({ collection, id, version: mutation.base_version, document: mutation.document, pulled });
  }
}

async function noteConflict(transaction, mutation, result) {
  await transaction.objectStore("conflicts").add({
    collection: mutation.collection,
    id: mutation.id,
    fields: result.conflict.fields,
    mine: mutation.document ?? null,
    theirs: result.conflict.current,
    noticed_at: now(),
    is_seen: false,
  });
}
