import { openAsBlob, writeFileSync } from "node:fs";

import { load } from "./answering.mjs";

const { NoExport, open, seal, WrongPassphrase } = await load("phone/exports/sealing.js");

const [, , , task, path, passphrase] = process.argv;
const photo = { id: "photo", media_type: "image/jpeg" };
const entries = [
  { content: { photo }, bytes: new Blob([Uint8Array.from([0xff, 0xd8, 0, 1, 2])]) },
  { content: { mutations: [{ mutation_id: "m1", document: { title: "晨会" } }] }, bytes: null },
];

async function* all() {
  yield* entries;
}

async function read() {
  const found = [];
  for await (const { content, bytes } of open(await openAsBlob(path), passphrase)) {
    found.push({ content, bytes: bytes ? [...new Uint8Array(await bytes.arrayBuffer())] : null });
  }
  return found;
}

async function told(answer) {
  try {
    return { result: await answer() };
  } catch (error) {
    if (error instanceof WrongPassphrase) return { thrown: "wrong passphrase" };
    if (error instanceof NoExport) return { thrown: "no export" };
    throw error;
  }
}

if (task === "write") {
  const header = { user_id: "u1", device_id: "d1", created_at: "2026-03-02T01:15:30.000Z", entries: entries.length };
  writeFileSync(path, new Uint8Array(await (await seal(header, all(), passphrase)).arrayBuffer()));
} else {
  process.stdout.write(JSON.stringify(await told(read)));
}
