/** Why something did not work, in the reader's language, with a way to try again. */

import { text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { Refused, Unreachable } from "../api.js";

/**
 * @param {object} properties
 * @param {unknown} properties.error nothing is shown where there is none
 * @param {() => unknown} [properties.again]
 */
export function ErrorNotice({ error, again }) {
  if (!error) return null;
  const { title, details } = told(error);
  return html`
    <div class="card notice" role="alert">
      <strong>${title}</strong>
      ${details.map((detail) => html`<p>${detail}</p>`)}
      ${again && html`<button class="button quiet" type="button" onClick=${again}>${text("again")}</button>`}
    </div>
  `;
}

/** @param {unknown} error @returns {{title: string, details: string[]}} */
function told(error) {
  if (error instanceof Unreachable) {
    return { title: text("error.unreachable"), details: [text("error.unreachable_detail")] };
  }
  if (!(error instanceof Refused)) return { title: text("error.title"), details: [String(error)] };
  const { problem } = error;
  const named = (problem.errors ?? []).map((entry) => entry.detail);
  return { title: problem.title || text("error.title"), details: [problem.detail, ...named].filter(Boolean) };
}
