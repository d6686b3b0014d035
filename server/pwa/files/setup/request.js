/** What the assistant asks the server, and how a refusal finds the step it belongs to. */

import { language } from "../shared/language.js";

const SETUP = new URL("../../api/v1/setup", import.meta.url);
const STEPS = [
  ["/code", "begin"],
  ["/organisation", "begin"],
  ["/administrator", "begin"],
  ["/sites", "sites"],
  ["/people", "people"],
  ["/checklist_codes", "checklists"],
];

/** The server answered no: its problem, in the reader's language. */
export class Refused extends Error {
  /** @param {Record<string, any>} problem */
  constructor(problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }

  /** @param {string} pointer @returns {string | undefined} */
  at(pointer) {
    return this.problem.errors?.find((error) => error.pointer === pointer)?.detail;
  }

  /** The earliest step that has something to put right; null where none is named. */
  step() {
    if (this.problem.type?.endsWith("wrong-setup-code")) return "begin";
    const pointers = (this.problem.errors ?? []).map((error) => error.pointer);
    return STEPS.find(([start]) => pointers.some((pointer) => pointer.startsWith(start)))?.[1] ?? null;
  }
}

/** Whether the server waits to be set up, and with which checklists it can begin. */
export const readState = () => ask("GET");

/** @param {Record<string, any>} wanted */
export const claim = (wanted) => ask("POST", wanted);

async function ask(method, json) {
  const headers = { "Accept-Language": language(), "Content-Type": "application/json" };
  const answer = await fetch(SETUP, { method, headers, body: json && JSON.stringify(json), cache: "no-store" });
  if (answer.ok) return answer.json();
  throw new Refused(await answer.json().catch(() => ({ title: `HTTP ${answer.status}` })));
}
