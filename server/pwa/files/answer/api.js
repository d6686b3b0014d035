/** The API as a link opens it. The token stands behind the # of the address and in no other place. */

import { language } from "../shared/language.js";

const token = location.hash.slice(1);

export class Refusal extends Error {
  /** @param {number} status @param {any} problem */
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? String(status));
    this.status = status;
    this.title = problem?.title ?? "";
    this.errors = problem?.errors ?? [];
  }
}

/** No answer at all: no network, or the service is away. Nothing was changed for certain. */
export class Unreachable extends Error {}

/**
 * @param {string} method
 * @param {string} path
 * @param {{body?: BodyInit, type?: string}} [content]
 */
async function call(method, path, { body, type } = {}) {
  const headers = { Authorization: `Bearer ${token}`, "Accept-Language": language() };
  if (type) headers["Content-Type"] = type;
  let answer;
  try {
    answer = await fetch(`api/v1/answer${path}`, { method, headers, body, cache: "no-store", referrerPolicy: "no-referrer" });
  } catch {
    throw new Unreachable();
  }
  if (answer.ok) return answer;
  throw new Refusal(answer.status, await answer.json().catch(() => null));
}

export const hasToken = () => /^[A-Za-z0-9_-]{20,200}$/.test(token);

export async function readNotice() {
  return (await (await call("GET", "")).json()).notice;
}

export async function readPhoto(id) {
  return (await call("GET", `/photos/${id}`)).blob();
}

export const sendPhoto = (id, file) => call("PUT", `/photos/${id}`, { body: file, type: "application/octet-stream" });

export const sendSignature = (id, picture) => call("PUT", `/photos/${id}/signature`, { body: picture, type: "application/octet-stream" });

export async function submit(answer) {
  const sent = await call("PUT", `/submissions/${answer.id}`, { body: JSON.stringify(answer), type: "application/json" });
  return (await sent.json()).notice;
}
