/** Short messages at the foot of the screen; read out by screen readers, gone by themselves. */

import { text } from "./language.js";
import { html, useEffect, useState } from "./view.js";

const SHOWN_MS = 6000;
/** @type {(message: any) => void} */
let show = () => {};

/**
 * Say something. *action* may offer to undo it: {label, run}.
 *
 * @param {string} message
 * @param {{label: string, run: () => void} | null} [action]
 */
export const say = (message, action = null) => show({ message, action, at: Date.now() });

export function Messages() {
  const [shown, setShown] = useState(/** @type {any} */ (null));
  show = setShown;
  useEffect(() => {
    if (!shown) return undefined;
    const timer = window.setTimeout(() => setShown(null), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [shown]);
  return html`
    <div class="messages" role="status" aria-live="polite">
      ${shown &&
      html`
        <div class="message">
          <span>${shown.message}</span>
          ${shown.action &&
          html`<button type="button" onClick=${() => { shown.action.run(); setShown(null); }}>${shown.action.label}</button>`}
          <button type="button" aria-label=${text("close")} onClick=${() => setShown(null)}>×</button>
        </div>
      `}
    </div>
  `;
}
