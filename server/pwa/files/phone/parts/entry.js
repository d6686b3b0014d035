/** An entry of a list: what it is, where, its state, and the way in. */

import { text } from "../../shared/language.js";
import { html } from "../view.js";
import { Icon } from "../../shared/icons.js";

/**
 * @param {object} properties
 * @param {string} properties.href
 * @param {string} properties.title
 * @param {string} [properties.detail]
 * @param {any} [properties.badges] states, beside each other
 * @param {string} [properties.icon]
 * @param {"bad" | "part" | "plain"} [properties.tone]
 */
export function Entry({ href, title, detail, badges, icon, tone = "plain" }) {
  return html`
    <a class="entry" href=${href} data-tone=${tone}>
      ${icon && html`<span class="entry-icon"><${Icon} name=${icon} /></span>`}
      <span class="entry-text">
        <strong>${title}</strong>
        ${detail && html`<span class="muted small">${detail}</span>`}
        ${badges && html`<span class="entry-badges">${badges}</span>`}
      </span>
      <${Icon} name="chevron" />
    </a>
  `;
}

/**
 * A part of a screen with its heading and how many there are.
 *
 * @param {{title: string, n?: string, children?: any}} properties
 */
export function Part({ title, n, children }) {
  return html`
    <section class="list-part" aria-label=${title}>
      <h2 class="list-title">${title}${n && html` <span class="list-count">${n}</span>`}</h2>
      ${children}
    </section>
  `;
}

/** Whether the server has it: said only where it has not. @param {{state: string}} properties */
export function Unsent({ state }) {
  if (state === "rejected") return html`<span class="tag is-bad">${text("unsent.rejected")}</span>`;
  if (state === "waiting") return html`<span class="tag">${text("unsent.waiting")}</span>`;
  return null;
}
