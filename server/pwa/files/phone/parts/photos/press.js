/** Has photos pressed by the worker, one after another; by the page itself where no worker starts. */

import { press as pressHere, Unreadable } from "./pressing.js";

/** @typedef {import("./pressing.js").Pressed} Pressed */

/** @type {Worker | null | undefined} null where the browser has none that can draw */
let worker;
let last = 0;
/** @type {Map<number, {original: Blob, wanted: any, done: (pressed: Pressed) => void, failed: (error: unknown) => void}>} */
const waiting = new Map();

/**
 * @param {Blob} original
 * @param {import("./pressing.js").Wanted} wanted
 * @returns {Promise<Pressed>}
 */
export function press(original, wanted) {
  worker ??= startWorker();
  if (!worker) return pressHere(original, wanted);
  return new Promise((done, failed) => {
    const number = (last += 1);
    waiting.set(number, { original, wanted, done, failed });
    /** @type {Worker} */ (worker).postMessage({ number, original, wanted });
  });
}

function startWorker() {
  if (typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") return null;
  const started = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  started.addEventListener("message", ({ data }) => answered(data));
  started.addEventListener("error", giveUp);
  return started;
}

function answered({ number, pressed, isUnreadable }) {
  const asked = waiting.get(number);
  waiting.delete(number);
  if (!asked) return;
  if (pressed) asked.done(pressed);
  else if (isUnreadable) asked.failed(new Unreadable(asked.original.type));
  // A browser may have the canvas and refuse it to workers.
  else pressHere(asked.original, asked.wanted).then(asked.done, asked.failed);
}

function giveUp() {
  worker?.terminate();
  worker = null;
  for (const { original, wanted, done, failed } of waiting.values()) pressHere(original, wanted).then(done, failed);
  waiting.clear();
}
