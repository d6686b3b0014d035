/** What an export carries: the outbox and the photos the server has not got; and taking it in. */

import { tellChange } from "../storage/changes.js";
import { now } from "../storage/ids.js";
import { indexed } from "../storage/photos.js";

/**
 * @typedef {import("../storage/database.js").Database} Database
 * @typedef {import("./sealing.js").Entry} Entry
 */

const MUTATIONS_AN_ENTRY = 100;

/**
 * What is to be carried. From now on the changes count as handed over: they may reach the server by
 * another way, so the next edit follows them and does not replace them.
 *
 * @param {Database} database
 * @returns {Promise<{mutations: any[], photos: any[]}>}
 */
export async function unsentWork(database) {
  const transaction = database.transaction(["outbox", "photos"], "readwrite");
  const outbox = transaction.objectStore("outbox");
  const mutations = await outbox.getAll();
  for (const mutation of mutations) {
    if (!mutation.is_handed_over) await outbox.put({ ...mutation, is_handed_over: true });
  }
  const photos = (await transaction.objectStore("photos").getAll()).filter((photo) => !photo.is_sent);
  await transaction.done;
  return { mutations, photos };
}

/** @param {{mutations: any[], photos: any[]}} work */
export const entryCount = ({ mutations, photos }) => Math.ceil(mutations.length / MUTATIONS_AN_ENTRY) + photos.length;

/**
 * Photos first: whoever takes the file in has them when the records say so.
 *
 * @param {Database} database
 * @param {{mutations: any[], photos: any[]}} work
 * @returns {AsyncGenerator<Entry>}
 */
export async function* entriesOf(database, { mutations, photos }) {
  for (const { thumbnail: _, ...photo } of photos) {
    yield { content: { photo }, bytes: (await database.get("photo_bytes", photo.id)) ?? null };
  }
  for (let at = 0; at < mutations.length; at += MUTATIONS_AN_ENTRY) {
    const some = mutations.slice(at, at + MUTATIONS_AN_ENTRY);
    yield { content: { mutations: some.map(({ place: _, ...mutation }) => mutation) }, bytes: null };
  }
}

/**
 * Take an export in. What is here already stays as it is, so doing it twice doubles nothing.
 *
 * @param {Database} database
 * @param {AsyncIterable<Entry>} entries
 * @returns {Promise<{mutations: number, photos: number}>} how many were new
 */
export async function takeIn(database, entries) {
  const taken = { mutations: 0, photos: 0 };
  for await (const { content, bytes } of entries) {
    if (content.photo && bytes) taken.photos += await takePhotoIn(database, content.photo, bytes);
    for (const mutation of content.mutations ?? []) taken.mutations += await takeMutationIn(database, mutation);
  }
  tellChange();
  return taken;
}

async function takePhotoIn(database, photo, bytes) {
  const transaction = database.transaction(["photos", "photo_bytes"], "readwrite", { durability: "strict" });
  const photos = transaction.objectStore("photos");
  const isNew = (await photos.getKey(photo.id)) === undefined;
  if (isNew) {
    await photos.put(indexed({ ...photo, thumbnail: null, address: null, offset: 0, is_sent: false, problem: null, kept_at: now() }));
    await transaction.objectStore("photo_bytes").put(bytes, photo.id);
  }
  await transaction.done;
  return isNew ? 1 : 0;
}

async function takeMutationIn(database, mutation) {
  const transaction = database.transaction(["outbox", "captured"], "readwrite", { durability: "strict" });
  const outbox = transaction.objectStore("outbox");
  const isNew = (await outbox.index("mutation_id").getKey(mutation.mutation_id)) === undefined;
  if (isNew) {
    // The phone it comes from may send it, too: it is followed and never replaced.
    await outbox.add({ ...mutation, is_handed_over: true, problem: null });
    const { collection, id, captured_at } = mutation;
    await transaction.objectStore("captured").put({ collection, id, captured_at });
  }
  await transaction.done;
  return isNew ? 1 : 0;
}
