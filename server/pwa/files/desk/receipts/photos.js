/** Photos need the token, so they are fetched and shown from memory. */

import { getBlob } from "../api.js";
import { el } from "./dom.js";

// A fetch names no formats by itself. WebP is a fifth smaller; every browser that knows an import
// map shows it.
const SHOWN = "image/webp,image/jpeg;q=0.9";
const wanted = new WeakMap();
const nearScreen = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      nearScreen.unobserve(entry.target);
      void load(entry.target, wanted.get(entry.target));
    }
  },
  { rootMargin: "300px" },
);

/** An image of the attachment, fetched when it comes near the screen. */
export function thumbnail(attachmentId, alt) {
  const image = el("img", { class: "is-loading", alt, decoding: "async" });
  wanted.set(image, `attachments/${attachmentId}/thumbnail`);
  nearScreen.observe(image);
  return image;
}

/** An image of at most 1280 pixels, fetched at once. */
export function preview(attachmentId, alt) {
  const image = el("img", { class: "is-loading", alt, decoding: "async" });
  void load(image, `attachments/${attachmentId}/preview`);
  return image;
}

async function load(image, path) {
  let address;
  try {
    address = URL.createObjectURL(await getBlob(path, { accept: SHOWN }));
    image.src = address;
    await image.decode();
  } catch {
    image.classList.add("is-broken");
  } finally {
    // The picture has been decoded or never will be: the bytes behind the address may go.
    if (address) URL.revokeObjectURL(address);
    image.classList.remove("is-loading");
  }
}
