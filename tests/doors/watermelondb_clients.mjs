// Two WatermelonDB databases over the door: both write offline, then both synchronize.
// Reads {address, people: [{token, device_id}]}; writes what each database holds at the end.
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Database, Model, appSchema, tableSchema } = require("@nozbe/watermelondb");
const LokiJSAdapter = require("@nozbe/watermelondb/adapters/lokijs").default;
const { synchronize } = require("@nozbe/watermelondb/sync");
const { LokiMemoryAdapter } = require("lokijs");

const { address, people } = JSON.parse(readFileSync(0, "utf8"));
const door = `${address}/api/v1/sync/watermelondb`;
const table = "work_log_entries";
const optional = (name) => ({ name, type: "string", isOptional: true });
const schema = appSchema({
  version: 1,
  tables: [
    tableSchema({
      name: table,
      columns: [
        { name: "version", type: "number", isOptional: true },
        { name: "title", type: "string" },
        ...["text", "marks", "site_id", "captured_at", "received_at"].map(optional),
      ],
    }),
  ],
});
class Entry extends Model {
  static table = table;
}
// A column holds no object: the map of marks is text on the device and an object on the wire.
const toDevice = (row) => ({ ...row, marks: JSON.stringify(row.marks ?? {}) });
const toWire = (row) => ({ ...row, marks: JSON.parse(row.marks ?? "{}") });

function client({ token, device_id }) {
  const adapter = new LokiJSAdapter({
    schema,
    dbName: device_id,
    useWebWorker: false,
    useIncrementalIndexedDB: false,
    _testLokiAdapter: new LokiMemoryAdapter(),
  });
  const database = new Database({ adapter, modelClasses: [Entry] });
  const entries = database.get(table);
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  let toLose = 0;
  const call = async (url, options = {}) => {
    const answer = await fetch(url, { headers, ...options });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const once = () => synchronize({
    database,
    sendCreatedAsUpdated: true,
    pullChanges: async ({ lastPulledAt, schemaVersion, migration }) => {
      const query = new URLSearchParams({
        last_pulled_at: lastPulledAt, schema_version: schemaVersion, migration: JSON.stringify(migration),
      });
      const { changes, timestamp } = await call(`${door}?${query}`);
      const { created, updated, deleted } = changes[table];
      const mine = { created: [], updated: [...created, ...updated].map(toDevice), deleted };
      return { changes: { [table]: mine }, timestamp };
    },
    pushChanges: async ({ changes, lastPulledAt }) => {
      const { created, updated, deleted } = changes[table];
      const mine = { created: created.map(toWire), updated: updated.map(toWire), deleted };
      const body = JSON.stringify({ changes: { [table]: mine } });
      await call(`${door}?last_pulled_at=${lastPulledAt}`, { method: "POST", body });
      if (toLose-- > 0) throw new Error("the answer was lost");
    },
  });
  const write = (work) => database.write(work);
  return {
    loseAnswers: (count) => { toLose = count; },
    async sync() {
      for (let attempt = 0; ; attempt += 1) {
        try { return await once(); } catch (error) { if (attempt === 4) throw error; }
      }
    },
    create: (id, fields) => write(() => entries.create((entry) => {
      entry._raw.id = id;
      for (const [name, value] of Object.entries(fields)) entry._setRaw(name, value);
    })),
    edit: (id, fields) => write(async () => (await entries.find(id)).update((entry) => {
      for (const [name, value] of Object.entries(fields)) entry._setRaw(name, value);
    })),
    remove: (id) => write(async () => (await entries.find(id)).markAsDeleted()),
    holds: async () => Object.fromEntries(
      (await entries.query().fetch()).map((entry) => [entry.id, toWire(entry._raw)])),
  };
}

console.log = console.warn = console.error; // the last line of the output is the result
const [li, wang] = people.map(client);
const ids = Array.from({ length: 12 }, () => randomUUID());
for (const id of ids) {
  await li.create(id, { title: "晨会", text: "原文", marks: JSON.stringify({ a: 1 }) });
}
li.loseAnswers(1);
await li.sync();
await wang.sync();
// Different fields, the same field, a deletion, a map, and an edit whose answer is lost.
li.loseAnswers(2);
await li.edit(ids[0], { title: "李改题" });
await wang.edit(ids[0], { text: "王改文" });
await li.edit(ids[1], { text: "李" });
await wang.edit(ids[1], { text: "王" });
await wang.remove(ids[2]);
await wang.edit(ids[3], { marks: JSON.stringify({ a: 5, b: 2 }) });
await li.edit(ids[4], { text: "甲" });
for (let round = 0; round < 3; round += 1) {
  await li.sync();
  await wang.sync();
}
await li.edit(ids[4], { text: "乙" });
await li.sync();
await wang.sync();
await li.sync();
process.stdout.write(`${JSON.stringify({ ids, li: await li.holds(), wang: await wang.holds() })}\n`);
process.exit(0);
