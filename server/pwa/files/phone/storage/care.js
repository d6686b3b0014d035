/**
 * Room for photos: how much the browser gives, a warning before it is short, and letting go of bytes
 * that the server has. What the server has not got is never touched.
 */

import { onChange, tellChange } from "./changes.js";
import { dropStoredBytes } from "./photos.js";
import { roomLevel } from "./room.js";

/**
 * @typedef {import("./database.js").Database} Database
 *
 * @typedef {object} Room
 * @property {number | null} used bytes; null where the browser does not tell
 * @property {number | null} quota bytes
 * @property {boolean | null} isPersistent whether the browser promises not to clear it; null where it does not tell
 * @property {import("./room.js").RoomLevel} level
 */

const KEPT_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;
const ANSWER_HOLDS_MS = 5000;
const BETWEEN_LOOKS_MS = 30_000;
const BETWEEN_ROUNDS_MS = 10 * 60_000;

/** @type {{room: Promise<Room>, at: number} | null} */
let last = null;

/** What the browser said a moment ago: it counts its files for the answer, and views ask often. */
export function storageRoom() {
  if (!last || Date.now() - last.at > ANSWER_HOLDS_MS) last = { room: askForRoom(), at: Date.now() };
  return last.room;
}

/** @returns {Promise<Room>} */
async function askForRoom() {
  const storage = navigator.storage;
  const estimate = (await storage?.estimate?.().catch(() => null)) ?? {};
  const isPersistent = (await storage?.persisted?.().catch(() => null)) ?? null;
  const { usage: used = null, quota = null } = estimate;
  return { used, quota, isPersistent, level: roomLevel(used, quota) };
}

/**
 * Ask the browser to keep everything until the person deletes it.
 *
 * @returns {Promise<boolean>}
 */
export async function askToPersist() {
  const isPersistent = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  last = null;
  tellChange();
  return isPersistent;
}

/**
 * Let go of the bytes that lie on the server: after a week, and at once where room is short.
 *
 * @param {Database} database
 * @returns {Promise<number>} how many photos' bytes went
 */
export async function makeRoom(database) {
  const { level } = await storageRoom();
  const before = Date.now() - (level === "short" ? 0 : KEPT_DAYS * DAY_MS);
  const dropped = await dropStoredBytes(database, new Date(before).toISOString());
  if (dropped > 0) tellChange();
  return dropped;
}

/**
 * Look after the room as long as the app is open.
 *
 * @param {() => Database | null} current whose database is open
 */
export function watchStorage(current) {
  let lookedAt = 0;
  const look = async () => {
    const database = current();
    if (!database || Date.now() - lookedAt < BETWEEN_LOOKS_MS) return;
    lookedAt = Date.now();
    await makeRoom(database).catch(() => {});
  };
  // Photos arrive and are sent by changes; a phone left open over night sees none.
  onChange(() => void look());
  window.setInterval(() => void look(), BETWEEN_ROUNDS_MS);
}
