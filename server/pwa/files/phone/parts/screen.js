/** One screen: a head with a way back, the content, and what the thumb does below. */

import { text } from "../../shared/language.js";
import { html, useHeight } from "../view.js";
import { Icon } from "../../shared/icons.js";
import { SyncLight } from "./sync_light.js";

/**
 * @param {object} properties
 * @param {string} properties.title
 * @param {string} [properties.subtitle]
 * @param {string} [properties.back] the address of the screen above
 * @param {any} [properties.footer] the screen's main action, under the thumb
 * @param {any} [properties.children]
 */
export function Screen({ title, subtitle, back, footer, children }) {
  return html`
    <header class="head">
      ${back && html`<a class="head-back" href=${back} aria-label=${text("back")}><${Icon} name="back" /></a>`}
      <div class="head-text">
        <h1>${title}</h1>
        ${subtitle && html`<p class="muted small">${subtitle}</p>`}
      </div>
      <${SyncLight} />
    </header>
    <main class="screen">${children}</main>
    ${footer && html`<${Foot}>${footer}<//>`}
  `;
}

function Foot({ children }) {
  const foot = useHeight("foot-height");
  return html`<footer class="foot" ref=${foot}>${children}</footer>`;
}
