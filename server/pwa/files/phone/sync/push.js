/** Sends what waits in the outbox. Every lost answer is cured by sending the same again. */

import { deviceId } from "../../shared/device.js";
import { handOver, settle } from "../storage/outbox.js";
import { ask, jsonOf, Refused } from "./server.js";

const BATCH = 50;
const BYTES_MAX = 2 * 1024 * 1024;

/**
 * Send everything that may be sent.
 *
 * @param {import("./engine.js").Line} line
 */
export async function push(line) {
  let most = BATCH;
  for (;;) {
    const batch = withinBytes(await handOver(line.database, most));
    if (batch.length === 0) return;
    try {
      await sendBatch(line, batch);
      most = BATCH;
    } catch (error) {
      if (!isAboutTheContent(error)) throw error;
      // Too much at once, or one among them that this server cannot read: find it, and go on
      // without it.
      if (batch.length === 1) await settle(line.database, batch, [{ status: "rejected", problem: /** @type {any} */ (error).problem }]);
      most = Math.ceil(batch.length / 2);
    }
  }
}

function isAboutTheContent(error) {
  return error instanceof Refused && [400, 413, 422].includes(error.status);
}

async function sendBatch(line, batch) {
  const answer = await ask("sync/push", {
    method: "POST",
    token: line.token,
    headers: await line.headers(),
    json: { device_id: deviceId(), mutations: batch.map(wire) },
  });
  const { results, server_time: serverTime } = await jsonOf(answer);
  line.noteServerTime(serverTime);
  await settle(line.database, batch, results);
  line.report("pushing");
}

function wire({ mutation_id, collection, id, operation, base_version, captured_at, document }) {
  const mutation = { mutation_id, collection, id, operation, base_version, captured_at };
  return document === undefined ? mutation : { ...mutation, document };
}

function withinBytes(batch) {
  let bytes = 0;
  const fitting = batch.filter((mutation) => {
    bytes += JSON.stringify(mutation.document ?? null).length;
    return bytes <= BYTES_MAX;
  });
  return fitting.length > 0 ? fitting : batch.slice(0, 1);
}
