/**
 * Who works on the phone now: the person, their database, and the token while there is one.
 *
 * The token is in memory and, for a reload of the same tab, in sessionStorage; between visits it
 * lies sealed under the PIN (accounts.js).
 */

import { keepToken, token as tabsToken } from "../../shared/device.js";
import { askWithoutAccount } from "../sync/server.js";
import { draftKeys, openPersonal } from "../storage/database.js";
import { safety } from "../storage/safety.js";
import * as accounts from "./accounts.js";

/**
 * @typedef {object} Session
 * @property {Record<string, any>} user as the sign-in answered: id, display_name, role, sites, permissions
 * @property {import("../storage/database.js").Database} database
 * @property {string | null} token null once the server has refused it: work goes on, sync waits
 */

const USER = "yanshou.user";

/** @type {Session | null} */
let current = null;
/** @type {Set<(session: Session | null) => void>} */
const listeners = new Set();

/** The session; only asked for where somebody is signed in. */
export function session() {
  if (!current) throw new Error("nobody is signed in");
  return current;
}

export const hasSession = () => current !== null;

/** @param {(session: Session | null) => void} listener @returns {() => void} stops listening */
export function onSession(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** @param {Session | null} session */
function whenChanged(session) {
  for (const listener of [...listeners]) listener(session);
}

/**
 * May the person do this?
 *
 * @param {string} permission
 */
export const may = (permission) => session().user.permissions.includes(permission);

/**
 * @param {string} username
 * @param {string} password
 * @param {{id: string, name: string}} device
 */
export async function signIn(username, password, device) {
  const answer = await askWithoutAccount("auth/login", { username, password, device });
  await accounts.keepAccount(answer.user);
  await begin(answer.user, answer.access_token);
}

/**
 * @param {import("./accounts.js").Account} account
 * @param {string} pin
 */
export async function unlock(account, pin) {
  await begin(account.user, await accounts.unseal(account.user_id, pin));
}

/** Go on after a reload of the same tab. Returns whether there was anybody. */
export async function resume() {
  const token = tabsToken();
  const userId = sessionStorage.getItem(USER);
  if (!token || !userId) return false;
  const account = (await accounts.accounts()).find((known) => known.user_id === userId);
  if (!account) return false;
  await begin(account.user, token);
  return true;
}

/** @param {string} pin */
export async function choosePin(pin) {
  const { user, token } = session();
  if (token) await accounts.seal(user.id, token, pin);
}

/** The person puts the phone away: whoever comes next needs the PIN. */
export function lock() {
  leave();
}

export class UnsentWork extends Error {
  /** @param {import("../storage/safety.js").Safety} left */
  constructor(left) {
    super("unsent work");
    this.left = left;
  }
}

/** Leave for good. Refused while anything has not reached the server. */
export async function signOut() {
  const { user, database, token } = session();
  const state = await safety(database);
  // What is still being written would be gone with the rest.
  const drafts = (await draftKeys(database)).length;
  if (drafts > 0) throw new UnsentWork({ ...state, records: state.records + drafts });
  if (state.records_safe < state.records || state.photos_safe < state.photos) throw new UnsentWork(state);
  if (token) await askWithoutAccount("auth/logout", null, token).catch(() => {});
  leave();
  database.close();
  await accounts.forgetAccount(user.id);
  indexedDB.deleteDatabase(`yanshou-${user.id}`);
}

/** The server takes the token no more. What was captured stays, and so does the person. */
export async function tokenRefused() {
  if (!current?.token) return;
  current.token = null;
  keepToken(null);
  await accounts.breakSeal(current.user.id);
  whenChanged(current);
}

/** @param {Record<string, any>} user what the server says of the person now */
export async function userChanged(user) {
  if (!current) return;
  current.user = user;
  await accounts.keepAccount(user);
  whenChanged(current);
}

async function begin(user, token) {
  current = { user, token, database: await openPersonal(user.id) };
  keepToken(token);
  sessionStorage.setItem(USER, user.id);
  whenChanged(current);
}

function leave() {
  current = null;
  keepToken(null);
  sessionStorage.removeItem(USER);
  whenChanged(null);
}
