/** Why a photo could not be taken. */

import { text } from "../../../shared/language.js";
import { html } from "../../view.js";
import { Unreadable } from "./pressing.js";

/**
 * @param {{error: unknown}} properties
 */
export function TakingNotice({ error }) {
  if (!error) return null;
  const kind = kindOf(error);
  return html`
    <div class="card notice" role="alert">
      <strong>${KINDS[kind].title()}</strong>
      <p>${KINDS[kind].detail()}</p>
      ${kind === "full" && html`<a class="button quiet" href="#/safety">${text("pictures.full_way")}</a>`}
    </div>
  `;
}

const KINDS = {
  unreadable: { title: () => text("pictures.unreadable"), detail: () => text("pictures.unreadable_detail") },
  full: { title: () => text("pictures.full"), detail: () => text("pictures.full_detail") },
  failed: { title: () => text("pictures.failed"), detail: () => text("pictures.failed_detail") },
};

/** @returns {keyof typeof KINDS} */
function kindOf(error) {
  if (error instanceof Unreadable) return "unreadable";
  // Thrown by the database: the transaction is undone, nothing is half written.
  return error?.name === "QuotaExceededError" ? "full" : "failed";
}
