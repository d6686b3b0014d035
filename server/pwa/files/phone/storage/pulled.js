/** What a pull brings: each page with its cursor in one transaction. */

import { tellChange } from "./changes.js";

/** @typedef {import("./database.js").Database} Database */

/**
 * Start over without a cursor. What the new pull does not bring by its last page will be gone; the
 * outbox stays.
 *
 * @param {Database} database
 */
export async function startOver(database) {
  const transaction = database.transaction("state", "readwrite");
  const generation = (await transaction.store.get("generation")) ?? 1;
  await transaction.store.put(generation + 1, "generation");
  await transaction.store.delete("cursor");
  await transaction.done;
}

/**
 * @param {Database} database
 * @param {{changes: any[], cursor: string, has_more: boolean}} page
 */
export async function takePage(database, { changes, cursor, has_more: hasMore }) {
  const transaction = database.transaction(["records", "state"], "readwrite");
  const records = transaction.objectStore("records");
  const state = transaction.objectStore("state");
  const pulled = (await state.get("generation")) ?? 1;
  for (const { collection, id, version, deleted, document } of changes) {
    if (deleted) void records.delete([collection, id]);
    else void records.put({ collection, id, version, document, pulled });
  }
  await state.put(cursor, "cursor");
  if (!hasMore) await dropWhatNoPullBrought(records, pulled);
  await transaction.done;
  if (changes.length > 0) tellChange();
}

// Known from a push answer alone, or from before starting over: out of this person's scope.
async function dropWhatNoPullBrought(records, pulled) {
  const older = IDBKeyRange.upperBound(pulled, true);
  for (const key of await records.index("pulled").getAllKeys(older)) await records.delete(key);
}
