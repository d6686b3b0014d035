/** Who is signed in at the desk, and what they may. The sign-in lasts as long as the tab. */

import { account as keptAccount, keepAccount } from "../shared/device.js";
import { getJson, isSignedIn, onSignedOut, Refused, signIn, signOut } from "./api.js";

/**
 * @typedef {object} Account
 * @property {string} id
 * @property {string} display_name
 * @property {string} role
 * @property {string[]} permissions
 * @property {{site_id: string, site_name: string}[]} sites
 */

/** @type {Account | null} */
let current = isSignedIn() ? keptAccount() : null;
/** @type {unknown} why the last sign-in ended, or why it could not be gone on with */
let trouble = null;
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Set<() => Promise<unknown>>} */
const unfinished = new Set();

onSignedOut((refused) => settle(null, refused));

export const account = () => current;
export const reason = () => trouble;

/** Whether the reader holds *permission* at one of their sites. @param {string} permission */
export const may = (permission) => current?.permissions.includes(permission) ?? false;

/** @param {string} id */
export const siteName = (id) => current?.sites.find((site) => site.site_id === id)?.site_name ?? "—";

/** Call *listener* when somebody signs in or out. Returns how to stop. @param {() => void} listener */
export function onSession(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** After a reload: the token is still there, and the account is asked for anew. */
export async function resume() {
  if (!isSignedIn()) return;
  try {
    settle(await getJson("auth/me"));
  } catch (error) {
    // Without a network the desk goes on with what it knows; a refusal has been told already.
    if (!(error instanceof Refused)) settle(current, error);
  }
}

/** @param {string} username @param {string} password */
export async function begin(username, password) {
  settle(await signIn(username, password));
}

/** Call *finish* before signing out: what was decided and not sent yet is sent as oneself. */
export function beforeEnd(finish) {
  unfinished.add(finish);
}

/** Sign out, and forget at once what was shown. */
export async function end() {
  await Promise.allSettled([...unfinished].map((finish) => finish()));
  const ended = signOut();
  history.replaceState(null, "", "#/");
  settle(null);
  await ended;
}

/** @param {Account | null} account_ @param {unknown} [why] */
function settle(account_, why = null) {
  current = account_;
  trouble = why;
  keepAccount(account_);
  for (const listener of listeners) listener();
}
