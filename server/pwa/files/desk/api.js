/** The API: JSON and photos with the token of the signed-in person, and errors with a reason. */

import { deviceId, deviceName, keepToken, token } from "../shared/device.js";
import { language } from "../shared/language.js";

// Relative to this file, so that the service may live below any path.
const SERVICE = new URL("../../", import.meta.url);
const API = new URL("api/v1/", SERVICE);
const SIGN_IN = "auth/login";

/** The server answered no, and says why in the reader's language (RFC 9457). */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.title || String(status));
    this.status = status;
    this.problem = problem;
  }
}

/** No answer at all: no network, or the service is down. */
export class Unreachable extends Error {}

/** @type {(refused: Refused) => void} */
let whenSignedOut = () => {};

/** Call *listener* with the refusal when the server no longer takes the token. */
export function onSignedOut(listener) {
  whenSignedOut = listener;
}

export const isSignedIn = () => token() !== null;

/** @param {string} path @param {{signal?: AbortSignal}} [options] */
export async function getJson(path, { signal } = {}) {
  return (await request(path, { signal })).json();
}

/**
 * What *path* holds, unless it is what is held already under *etag*: then null.
 *
 * @param {string} path
 * @param {string | null} etag
 * @returns {Promise<{etag: string | null, content: any} | null>}
 */
export async function getUnlessHeld(path, etag) {
  try {
    const answer = await request(path, { etag });
    return { etag: answer.headers.get("ETag"), content: await answer.json() };
  } catch (error) {
    if (error instanceof Refused && error.status === 304) return null;
    throw error;
  }
}

/**
 * @param {string} path
 * @param {{signal?: AbortSignal, accept?: string, onProgress?: (bytes: number) => void}} [options]
 *   *onProgress* is told how much has come
 */
export async function getBlob(path, { signal, accept, onProgress } = {}) {
  const answer = await request(path, { signal, accept });
  return onProgress && answer.body ? gathered(answer.body, answer.headers.get("Content-Type"), onProgress) : answer.blob();
}

/** A file that breaks off on its way is not handed out: half a pack looks like a whole one. */
async function gathered(body, type, onProgress) {
  const parts = [];
  let bytes = 0;
  try {
    for (const reader = body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts, { type: type ?? "" });
      parts.push(value);
      bytes += value.length;
      onProgress(bytes);
    }
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

/** Sign in on this device and keep the token for this tab. Returns the account. */
export async function signIn(username, password) {
  const device = { id: deviceId(), name: deviceName() };
  const answer = await request(SIGN_IN, { method: "POST", json: { username, password, device } });
  const { access_token: accessToken, user } = await answer.json();
  keepToken(accessToken);
  return user;
}

/** Sign out here in any case, and at the server if it can be reached. */
export async function signOut() {
  const ended = request("auth/logout", { method: "POST" });
  keepToken(null);
  await ended.catch(() => {});
}

/**
 * Change something. Returns what the server answers, null where it answers nothing.
 *
 * @param {"POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {unknown} [json]
 * @param {{version?: number | null, keepalive?: boolean}} [options] *version* that is changed (If-Match),
 *   null for a record that must be new;
 *   *keepalive* for what is sent while the page closes
 */
export async function send(method, path, json, { version, keepalive } = {}) {
  const answer = await request(path, { method, json, version, keepalive });
  return answer.status === 204 ? null : answer.json();
}

/**
 * Bring the bytes of an attachment that was announced, in one piece (tus creation-with-upload).
 *
 * @param {{id: string, sha256: string, media_type: string}} attachment
 * @param {Blob} bytes
 */
export async function sendBytes({ id, sha256, media_type: filetype }, bytes) {
  const told = Object.entries({ sha256, filename: id, filetype, attachment_id: id });
  const headers = {
    "Tus-Resumable": "1.0.0",
    "Content-Type": "application/offset+octet-stream",
    "Upload-Length": String(bytes.size),
    "Upload-Metadata": told.map(([name, value]) => `${name} ${btoa(value)}`).join(","),
  };
  await request("uploads", { method: "POST", headers, body: bytes });
}

/** Send a file as it is. @param {string} path @param {Blob} file @param {string} mediaType */
export async function sendFile(path, file, mediaType) {
  return (await request(path, { method: "POST", headers: { "Content-Type": mediaType }, body: file })).json();
}

/** "ready", "unavailable" or "unreachable". */
export async function serviceState() {
  try {
    const answer = await fetch(new URL("readyz", SERVICE), { cache: "no-store" });
    return answer.ok ? "ready" : "unavailable";
  } catch {
    return "unreachable";
  }
}

/**
 * @param {string} path
 * @param {{method?: string, json?: unknown, signal?: AbortSignal, accept?: string, etag?: string | null, version?: number | null,
 *   keepalive?: boolean, headers?: Record<string, string>, body?: Blob}} [options]
 */
async function request(path, { method, json, signal, accept, etag, version, keepalive, headers: given, body } = {}) {
  /** @type {Record<string, string>} */
  const headers = { "Accept-Language": language(), ...given };
  if (accept) headers.Accept = accept;
  if (etag) headers["If-None-Match"] = etag;
  if (version === null) headers["If-None-Match"] = "*";
  else if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const sent = path === SIGN_IN ? null : token();
  if (sent) headers.Authorization = `Bearer ${sent}`;
  const init = { method: method ?? "GET", headers, signal, keepalive, body };
  if (json !== undefined) {
    headers["Content-Type"] = "application/json";
    Object.assign(init, { body: JSON.stringify(json) });
  }
  let answer;
  try {
    answer = await fetch(new URL(path, API), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable(String(error));
  }
  if (!answer.ok) throw await refusal(answer, sent);
  return answer;
}

async function refusal(answer, sent) {
  // A proxy on the way may answer with a page of its own instead of a problem.
  const problem = await answer.json().catch(() => ({ title: `HTTP ${answer.status}` }));
  const refused = new Refused(answer.status, problem);
  // An answer to an older sign-in must not end the one made since.
  if (answer.status === 401 && sent && sent === token()) {
    keepToken(null);
    whenSignedOut(refused);
  }
  return refused;
}
