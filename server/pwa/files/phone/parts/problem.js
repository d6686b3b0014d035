/** Why something did not work, in the reader's language. */

import { text } from "../../shared/language.js";
import { Refused, Unreachable } from "../sync/server.js";
import { html } from "../view.js";

/**
 * @param {{error: unknown}} properties
 */
export function ErrorNotice({ error }) {
  if (!error) return null;
  if (error instanceof Refused) return html`<${ProblemNotice} problem=${error.problem} />`;
  const isOffline = error instanceof Unreachable;
  return html`
    <div class="card notice" role="alert">
      <strong>${text(isOffline ? "error.offline" : "error.later")}</strong>
      <p>${text(isOffline ? "error.offline_detail" : "error.later_detail")}</p>
    </div>
  `;
}

/**
 * A problem as the server words it (RFC 9457), with the fields it names.
 *
 * @param {{problem: Record<string, any>}} properties
 */
export function ProblemNotice({ problem }) {
  const errors = problem.errors ?? [];
  return html`
    <div class="card notice" role="alert">
      <strong>${problem.title}</strong>
      ${problem.detail && html`<p>${problem.detail}</p>`}
      ${errors.length > 0 && html`<ul class="notice-list">${errors.map((one) => html`<li>${one.detail}</li>`)}</ul>`}
    </div>
  `;
}
