/**
 * Syncs by itself: when there is signal, after each change, and now and then. One run at a time,
 * over all tabs.
 */

import { hasSession, session, tokenRefused, userChanged } from "../session/session.js";
import { onChange, tellChange } from "../storage/changes.js";
import { readState, writeState } from "../storage/database.js";
import { now } from "../storage/ids.js";
import { tryRejectedAgain } from "../storage/outbox.js";
import { pull } from "./pull.js";
import { push } from "./push.js";
import { ask, jsonOf, Later, Refused } from "./server.js";
import { sendAgainWhatIsMissing, sendPhotos } from "./uploads.js";

/**
 * @typedef {"idle" | "pushing" | "pulling" | "photos" | "offline" | "waiting" | "signed_out"} Phase
 *
 * @typedef {object} Line what the parts of a run share
 * @property {import("../storage/database.js").Database} database
 * @property {string} token
 * @property {() => Promise<Record<string, string>>} headers
 * @property {(time: string) => void} noteServerTime
 * @property {(phase: Phase) => void} report something arrived; never called for a mere answer
 */

const AFTER_A_CHANGE_MS = 1500;
const BACK_OFF_MS = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000];

/** @type {{phase: Phase, error: unknown}} */
let state = { phase: "idle", error: null };
const listeners = new Set();
let timer = 0;
let failures = 0;
let isRunning = false;
let isWanted = false;
let lastError = "";
let refreshedFor = "";

export const syncState = () => state;

/** @param {() => void} listener */
export function onSync(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Begin to sync by itself. Called once. */
export function watch() {
  onChange(() => void wakeIfSomethingWaits());
  window.addEventListener("online", () => void syncNow());
  window.addEventListener("offline", () => report("offline", null));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void syncNow();
  });
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data === "sync") void syncNow();
  });
}

/** The person asks for it: rejected changes are judged once more, too. */
export async function syncByHand() {
  failures = 0;
  await tryRejectedAgain(session().database);
  await syncNow();
}

/** Run now, or once more after the run under way. */
export async function syncNow() {
  window.clearTimeout(timer);
  if (!hasSession()) return;
  if (isRunning) {
    isWanted = true;
    return;
  }
  isRunning = true;
  isWanted = false;
  try {
    await oneTabAtATime(run);
  } finally {
    isRunning = false;
  }
  if (isWanted) void syncNow();
}

async function wakeIfSomethingWaits() {
  if (!hasSession() || isRunning || failures > 0) return;
  const { database } = session();
  const waiting = await database.getAll("outbox").catch(() => []);
  if (waiting.some((mutation) => !mutation.problem && !mutation.is_handed_over)) plan(AFTER_A_CHANGE_MS);
}

function plan(milliseconds) {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void syncNow(), milliseconds);
}

async function run() {
  const { database, token } = session();
  if (!token) return report("signed_out", null);
  const line = { database, token, headers: () => deviceHeaders(database), noteServerTime: (time) => noteTime(database, time), report: gotOn };
  try {
    report("pushing", null);
    await push(line);
    report("pulling", null);
    const comeBackAfter = await pullUnlessRevoked(line);
    report("photos", null);
    await sendPhotos(line);
    if (comeBackAfter instanceof Refused) throw comeBackAfter;
    await sendAgainWhatIsMissing(line);
    await push(line);
    await writeState(database, "last_sync_at", now());
    await refreshUser(token);
    await refreshTables(line);
    failures = 0;
    lastError = "";
    plan(comeBackAfter * 1000);
    report("idle", null);
  } catch (error) {
    await failed(error);
  }
}

// A revoked device gets nothing more, and still hands over what was captured on it, photos too.
async function pullUnlessRevoked(line) {
  try {
    return await pull(line);
  } catch (error) {
    if (error instanceof Refused && error.status === 403) return error;
    throw error;
  }
}

// Sites, role and permissions may have changed: asked once for each sign-in and start.
async function refreshUser(token) {
  if (refreshedFor === token) return;
  const user = await jsonOf(await ask("auth/me", { token }));
  refreshedFor = token;
  if (hasSession() && session().token === token) await userChanged(user);
}

// The tables of the standard: asked for again only when the server has others.
async function refreshTables({ database, token }) {
  const held = await readState(database, "sampling_tables");
  const answer = await ask("sampling/tables", { token, headers: held ? { "If-None-Match": held.etag } : {} });
  if (answer.status === 304) return;
  await writeState(database, "sampling_tables", { etag: answer.headers.get("ETag"), content: await jsonOf(answer) });
  tellChange();
}

/** Something arrived: whatever breaks next is tried again soon. */
function gotOn(phase) {
  failures = 0;
  report(phase, null);
}

async function failed(error) {
  lastError = String(error?.problem?.title ?? error?.message ?? error);
  if (error instanceof Refused && error.status === 401) {
    await tokenRefused();
    return report("signed_out", error);
  }
  const backOff = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] * (0.75 + Math.random() / 2);
  failures += 1;
  const asked = error instanceof Later ? error.seconds * 1000 : 0;
  plan(Math.max(backOff, asked));
  void askForBackgroundSync();
  report(error instanceof Later || error instanceof Refused ? "waiting" : "offline", error);
}

function report(phase, error) {
  state = { phase, error };
  for (const listener of listeners) listener();
}

async function oneTabAtATime(task) {
  if (!navigator.locks) return task();
  await navigator.locks.request("yanshou-sync", { ifAvailable: true }, async (lock) => {
    // Another tab is at it: look again a little later, the changes here are not forgotten.
    if (lock) await task();
    else plan(BACK_OFF_MS[1]);
  });
}

async function deviceHeaders(database) {
  const headers = {
    "Yanshou-Device-Time": now(),
    "Yanshou-Unpushed": String(await database.count("outbox")),
  };
  const version = document.querySelector('meta[name="version"]')?.getAttribute("content");
  if (version) headers["Yanshou-App-Version"] = version;
  if (lastError) headers["Yanshou-Last-Error"] = encodeURIComponent(lastError).slice(0, 300);
  return headers;
}

// How far this phone's clock is ahead [ms]: shown to the person, and nothing is dated anew by it.
function noteTime(database, serverTime) {
  const ahead = Date.now() - Date.parse(serverTime);
  void writeState(database, "clock_ahead_ms", ahead).catch(() => {});
}

/** @param {import("../storage/database.js").Database} database */
export const lastSyncAt = (database) => readState(database, "last_sync_at");

async function askForBackgroundSync() {
  const registration = await navigator.serviceWorker?.getRegistration?.().catch(() => undefined);
  await /** @type {any} */ (registration)?.sync?.register("yanshou").catch(() => {});
}
