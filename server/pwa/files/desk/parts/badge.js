/** A state in a word and a colour. */

import { html } from "../../shared/view.js";

/**
 * @param {{tone: "ok" | "bad" | "part" | "wait" | "concession" | "plain", children?: any}} properties
 */
export function Badge({ tone, children }) {
  return html`<span class="badge" data-tone=${tone}>${children}</span>`;
}
