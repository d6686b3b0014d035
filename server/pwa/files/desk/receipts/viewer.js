/** One photo large, with its neighbours a key or a tap away. */

import { text } from "../../shared/language.js";
import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { Picture } from "../parts/picture.js";

/**
 * Focus returns by itself on closing.
 *
 * @param {{photos: {id: string, title: string, caption: string}[], first: number, close: () => void}} properties
 */
export function Viewer({ photos, first, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [shown, setShown] = useState(first);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const step = (by) => setShown((now) => (now + by + photos.length) % photos.length);
  const onKeyDown = (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  };
  const beside = (event) => {
    if (event.target === dialog.current || event.target.matches("figure")) dialog.current?.close();
  };
  const { id, caption } = photos[shown];
  const button = (symbol, label, place, run) => html`
    <button class=${`viewer-button ${place}`} type="button" aria-label=${label} onClick=${run}>${symbol}</button>
  `;
  return html`
    <dialog class="viewer" aria-label=${text("photos.viewer")} ref=${dialog} onClose=${close} onClick=${beside} onKeyDown=${onKeyDown}>
      <figure class="viewer-figure">
        <${Picture} key=${id} id=${id} size="preview" alt=${caption} />
        <figcaption aria-live="polite"><span>${caption}</span><span>${shown + 1} / ${photos.length}</span></figcaption>
      </figure>
      ${button("✕", text("close"), "is-close", () => dialog.current?.close())}
      ${photos.length > 1 && button("‹", text("photos.previous"), "is-previous", () => step(-1))}
      ${photos.length > 1 && button("›", text("photos.next"), "is-next", () => step(1))}
    </dialog>
  `;
}
