/**
 * Who has signed in on this phone. Each person's token lies sealed under their PIN, so that they
 * can go on without signal and nobody else can in their name.
 */

import { openDB } from "idb";

import { tellChange } from "../storage/changes.js";

/**
 * @typedef {object} Account
 * @property {string} user_id
 * @property {Record<string, any>} user as the sign-in answered
 * @property {string} used_at
 * @property {Sealed | null} sealed the token under the PIN; null while no PIN was chosen
 * @property {number} wrong_pins in a row
 *
 * @typedef {object} Sealed
 * @property {Uint8Array} salt
 * @property {Uint8Array} iv
 * @property {ArrayBuffer} content
 */

// Guessing is slow even for somebody who copies the phone's storage; five wrong PINs end it here.
const ROUNDS = 600_000;
export const WRONG_PINS_MAX = 5;
export const PIN = /^\d{4,8}$/;

export class WrongPin extends Error {
  /** @param {number} left how many more may be tried */
  constructor(left) {
    super("wrong PIN");
    this.left = left;
  }
}

const database = openDB("yanshou-device", 1, {
  upgrade(db) {
    db.createObjectStore("accounts", { keyPath: "user_id" });
  },
});

/** PINs need the browser's cryptography, and browsers give it on HTTPS and localhost only. */
export const canSeal = () => globalThis.crypto?.subtle !== undefined;

/** @returns {Promise<Account[]>} the one used last first */
export async function accounts() {
  const all = await (await database).getAll("accounts");
  return all.sort((one, other) => other.used_at.localeCompare(one.used_at));
}

/** @param {Record<string, any>} user */
export async function keepAccount(user) {
  const db = await database;
  const known = await db.get("accounts", user.id);
  const account = { sealed: null, wrong_pins: 0, ...known, user_id: user.id, user, used_at: new Date().toISOString() };
  await db.put("accounts", account);
}

/**
 * @param {string} userId
 * @param {string} token
 * @param {string} pin
 */
export async function seal(userId, token, pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await keyOf(pin, salt);
  const content = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(token));
  await change(userId, { sealed: { salt, iv, content }, wrong_pins: 0 });
}

/**
 * The token. Throws WrongPin; after the last wrong one the sealed token is gone and the person
 * signs in anew. What they captured stays.
 *
 * @param {string} userId
 * @param {string} pin
 */
export async function unseal(userId, pin) {
  const account = await (await database).get("accounts", userId);
  if (!account?.sealed) throw new WrongPin(0);
  // Counted before it is tried: closing the page in between gives no further attempt.
  const wrong = account.wrong_pins + 1;
  await change(userId, { wrong_pins: wrong });
  const { salt, iv, content } = account.sealed;
  try {
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf(pin, salt), content);
    await change(userId, { wrong_pins: 0, used_at: new Date().toISOString() });
    return new TextDecoder().decode(opened);
  } catch {
    const left = WRONG_PINS_MAX - wrong;
    if (left <= 0) await change(userId, { sealed: null, wrong_pins: 0 });
    throw new WrongPin(Math.max(0, left));
  }
}

/**
 * The token is over or was taken back: the PIN opens nothing any more.
 *
 * @param {string} userId
 */
export const breakSeal = (userId) => change(userId, { sealed: null, wrong_pins: 0 });

/** @param {string} userId */
export async function forgetAccount(userId) {
  await (await database).delete("accounts", userId);
}

async function change(userId, changed) {
  const db = await database;
  const transaction = db.transaction("accounts", "readwrite");
  const account = await transaction.store.get(userId);
  if (account) await transaction.store.put({ ...account, ...changed });
  await transaction.done;
  tellChange();
}

async function keyOf(pin, salt) {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
