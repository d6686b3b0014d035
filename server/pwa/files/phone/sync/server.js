/** Requests to the server, and the few ways they may end. */

import { language } from "../../shared/language.js";

// Relative to this file, so that the service may live below any path.
export const API = new URL("../../../api/v1/", import.meta.url);

/** No answer: no network, or the service is down. */
export class Unreachable extends Error {}

/** The server asks to come back later. */
export class Later extends Error {
  /** @param {number} seconds */
  constructor(seconds) {
    super(`later: ${seconds} s`);
    this.seconds = seconds;
  }
}

/** The server says no, and why (RFC 9457). */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {Record<string, any>} problem
   */
  constructor(status, problem) {
    super(problem.title ?? String(status));
    this.status = status;
    this.problem = problem;
  }
}

/**
 * @param {string} path below /api/v1/, or a whole address of this service
 * @param {{method?: string, token?: string | null, json?: unknown, body?: BodyInit | null,
 *   headers?: Record<string, string>, seconds?: number, signal?: AbortSignal}} [options]
 * @returns {Promise<Response>} an answer below 400; whoever asks for an upload gets 4xx as Refused
 */
export async function ask(path, { method = "GET", token, json, body = null, headers = {}, seconds = 60, signal } = {}) {
  /** @type {Record<string, string>} */
  const whole = { "Accept-Language": language(), ...headers };
  if (token) whole.Authorization = `Bearer ${token}`;
  if (json !== undefined) whole["Content-Type"] = "application/json";
  const signals = [AbortSignal.timeout(seconds * 1000), ...(signal ? [signal] : [])];
  let answer;
  try {
    answer = await fetch(new URL(path, API), {
      method,
      headers: whole,
      body: json === undefined ? body : JSON.stringify(json),
      signal: AbortSignal.any(signals),
      cache: "no-store",
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (answer.ok || answer.status === 304) return answer;
  throw await asError(answer);
}

/** The answer's JSON; one that breaks off is no answer. */
export async function jsonOf(answer) {
  try {
    return await answer.json();
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

/**
 * @param {string} path
 * @param {unknown} json
 * @param {string} [token]
 */
export async function askWithoutAccount(path, json, token) {
  const answer = await ask(path, { method: "POST", json: json ?? {}, token, seconds: 30 });
  return answer.status === 204 ? null : jsonOf(answer);
}

async function asError(answer) {
  const wait = Number(answer.headers.get("Retry-After"));
  if ([423, 429, 502, 503, 504].includes(answer.status)) return new Later(Number.isFinite(wait) ? wait : 0);
  // A proxy on the way may answer with a page of its own instead of a problem.
  const problem = await answer.json().catch(() => null);
  if (answer.status >= 500 || problem === null) return new Later(0);
  return new Refused(answer.status, problem);
}
