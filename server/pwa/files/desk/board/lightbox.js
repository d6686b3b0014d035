/** One photo over the whole window. */

import { Icon } from "../../shared/icons.js";
import { text } from "../../shared/language.js";
import { html, useEffect, useRef } from "../../shared/view.js";
import { useZoom } from "../../shared/zoom.js";
import { Picture } from "../parts/picture.js";

/** @param {{id: string, label: string, close: () => void}} properties */
export function Lightbox({ id, label, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const frame = useZoom(null);
  useEffect(() => dialog.current?.showModal(), []);
  return html`
    <dialog class="lightbox" ref=${dialog} aria-label=${label} onClose=${close}>
      <button class="icon-button" type="button" aria-label=${text("close")} onClick=${() => dialog.current?.close()}><${Icon} name="cross" /></button>
      <div class="lightbox-frame" ref=${frame}><${Picture} id=${id} size="preview" alt=${label} missing=${text("board.photo_missing")} /></div>
    </dialog>
  `;
}
