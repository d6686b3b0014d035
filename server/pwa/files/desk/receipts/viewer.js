/** One photo large, with its neighbours a key or a tap away. */

import { el, fill } from "./dom.js";
import { text } from "../../shared/language.js";
import { preview } from "./photos.js";

/** Show *photos* ([{id, caption}]) from position *index* on. Focus returns by itself on closing. */
export function openViewer(photos, index) {
  const figure = el("figure", { class: "viewer-figure" });
  const dialog = el("dialog", { class: "viewer", "aria-label": text("photos.viewer") }, figure);
  let shown = index;

  const step = (by) => {
    shown = (shown + by + photos.length) % photos.length;
    show();
  };
  const show = () => {
    const { id, caption } = photos[shown];
    const place = `${shown + 1} / ${photos.length}`;
    fill(
      figure,
      preview(id, caption),
      el("figcaption", { "aria-live": "polite" }, el("span", {}, caption), el("span", {}, place)),
    );
  };
  const button = (symbol, label, place, click) =>
    el("button", { class: `viewer-button ${place}`, type: "button", "aria-label": label, click }, symbol);

  dialog.append(button("✕", text("close"), "is-close", () => dialog.close()));
  if (photos.length > 1) {
    dialog.append(button("‹", text("photos.previous"), "is-previous", () => step(-1)));
    dialog.append(button("›", text("photos.next"), "is-next", () => step(1)));
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") step(-1);
      if (event.key === "ArrowRight") step(1);
    });
  }
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target === figure) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  show();
  document.body.append(dialog);
  dialog.showModal();
}
