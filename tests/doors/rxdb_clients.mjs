// Two RxDB databases over the door: both write offline, then both replicate.
// Reads {address, people: [{token, device_id}]}; writes what each database holds at the end.
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { createRxDatabase } from "rxdb";
import { replicateRxCollection } from "rxdb/plugins/replication";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";

const { address, people } = JSON.parse(readFileSync(0, "utf8"));
const door = `${address}/api/v1/sync/rxdb/work_log_entries`;
const schema = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: {
    id: { type: "string", maxLength: 36 },
    version: { type: "integer" },
    title: { type: "string" },
    text: { type: ["string", "null"] },
    marks: { type: ["object", "null"], additionalProperties: true },
    site_id: { type: ["string", "null"] },
    captured_at: { type: ["string", "null"] },
    received_at: { type: ["string", "null"] },
  },
  required: ["id", "title"],
};

async function client({ token, device_id }) {
  const db = await createRxDatabase({ name: device_id, storage: getRxStorageMemory() });
  const { entries } = await db.addCollections({ entries: { schema } });
  const headers = { Authorization: `Bearer ${token}`, "X-Device-Id": device_id };
  let toLose = 0;
  const call = async (url, options = {}) => {
    const answer = await fetch(url, { ...options, headers: { ...headers, ...options.headers } });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const state = replicateRxCollection({
    collection: entries,
    replicationIdentifier: door,
    live: true,
    autoStart: false,
    retryTime: 50,
    pull: {
      batchSize: 5,
      handler: async (checkpoint, limit) => {
        const query = new URLSearchParams({ limit });
        if (checkpoint) query.set("checkpoint", JSON.stringify(checkpoint));
        return call(`${door}/pull?${query}`);
      },
    },
    push: {
      batchSize: 5,
      handler: async (rows) => {
        const answer = await call(`${door}/push`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(rows),
        });
        if (toLose-- > 0) throw new Error("the answer was lost");
        return answer.conflicts;
      },
    },
  });
  return {
    entries,
    loseAnswers: (count) => { toLose = count; },
    async sync() {
      await state.start();
      state.reSync();
      await state.awaitInSync();
    },
    holds: async () => Object.fromEntries(
      (await entries.find().exec()).map((found) => [found.id, found.toJSON()])),
    close: () => db.close(),
  };
}

const [li, wang] = await Promise.all(people.map(client));
const ids = Array.from({ length: 12 }, () => randomUUID());
const title = "晨会";
await li.entries.bulkInsert(ids.map((id) => ({ id, title, text: "原文", marks: { a: 1 } })));
await li.sync();
await wang.sync();
const edit = async (who, id, fields) => {
  const found = await who.entries.findOne(id).exec();
  await found.incrementalPatch(fields);
};
// Different fields, the same field, a deletion, a counter, and an edit whose answer is lost.
li.loseAnswers(2);
await edit(li, ids[0], { title: "李改题" });
await edit(wang, ids[0], { text: "王改文" });
await edit(li, ids[1], { text: "李" });
await edit(wang, ids[1], { text: "王" });
await (await wang.entries.findOne(ids[2]).exec()).remove();
await edit(li, ids[3], { marks: { a: 5 } });
await edit(wang, ids[3], { marks: { a: 1, b: 2 } });
await edit(li, ids[4], { text: "甲" });
for (let round = 0; round < 3; round += 1) {
  await li.sync();
  await wang.sync();
}
await edit(li, ids[4], { text: "乙" });
// A push may end after the pull beside it: the next round brings what the server made of it.
for (let round = 0; round < 2; round += 1) {
  await li.sync();
  await wang.sync();
}
process.stdout.write(JSON.stringify({ ids, li: await li.holds(), wang: await wang.holds() }));
await Promise.all([li.close(), wang.close()]);
process.exit(0);
