/** A sheet that comes from below, over the screen; Escape and a tap beside it close it. */

import { text } from "./language.js";
import { html, useEffect, useRef } from "./view.js";
import { Icon } from "./icons.js";

/**
 * @param {{title: string, close: () => void, children?: any}} properties
 */
export function Sheet({ title, close, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const beside = (event) => {
    if (event.target === dialog.current) close();
  };
  return html`
    <dialog class="sheet" ref=${dialog} aria-label=${title} onClose=${close} onClick=${beside}>
      <div class="sheet-head">
        <h2>${title}</h2>
        <button class="icon-button" type="button" aria-label=${text("close")} onClick=${close}><${Icon} name="cross" /></button>
      </div>
      <div class="sheet-body">${children}</div>
    </dialog>
  `;
}
