/** One screen of the desk: its heading, what can be done with all of it, and the content. */

import { Icon } from "../../shared/icons.js";
import { text } from "../../shared/language.js";
import { html, useEffect } from "../../shared/view.js";
import { ErrorNotice } from "./problem.js";

/**
 * @param {object} properties
 * @param {string} properties.title
 * @param {string} [properties.lead] one sentence on what this is
 * @param {string} [properties.back] the address of the screen above
 * @param {any} [properties.actions] buttons that concern the whole screen
 * @param {unknown} [properties.error]
 * @param {() => unknown} [properties.again]
 * @param {boolean} [properties.isLoading]
 * @param {any} [properties.children]
 */
export function Page({ title, lead, back, actions, error, again, isLoading = false, children }) {
  useEffect(() => {
    document.title = `${title} · ${text("app.title")}`;
  }, [title]);
  return html`
    <main class="desk-main" aria-busy=${String(isLoading)}>
      <header class="page-head">
        ${back && html`<a class="head-back" href=${back} aria-label=${text("back")}><${Icon} name="back" /></a>`}
        <div class="page-text">
          <h2>${title}</h2>
          ${lead && html`<p class="muted">${lead}</p>`}
        </div>
        ${actions && html`<div class="page-actions">${actions}</div>`}
      </header>
      <${ErrorNotice} error=${error} again=${again} />
      ${children}
      ${isLoading && html`<p class="muted loading" role="status">${text("loading")}</p>`}
    </main>
  `;
}
