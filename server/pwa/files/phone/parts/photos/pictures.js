/** Pictures to look at: from the phone while they are here, else from the server. */

import { keptPhoto, photoBytes } from "../../storage/photos.js";
import { session } from "../../session/session.js";
import { ask } from "../../sync/server.js";
import { html, useEffect, useState } from "../../view.js";
import { Icon } from "../../../shared/icons.js";

// A fetch names no formats by itself; WebP is a fifth smaller.
const SHOWN = "image/webp,image/jpeg;q=0.9";
const MOST_KEPT = 200;
/** Thumbnails of the server, so that going back to a screen fetches nothing. @type {Map<string, Blob>} */
const fetched = new Map();

/**
 * A picture's address in memory: undefined while it is looked for, null where there is none.
 *
 * @param {string} id of the attachment
 * @param {"thumbnail" | "preview"} size
 * @returns {string | null | undefined}
 */
export function usePicture(id, size) {
  const [address, setAddress] = useState(/** @type {string | null | undefined} */ (undefined));
  const { database, token } = session();
  useEffect(() => {
    let made = "";
    let isOver = false;
    void pictureOf(database, token, id, size).then((blob) => {
      if (isOver) return;
      made = blob ? URL.createObjectURL(blob) : "";
      setAddress(made || null);
    });
    return () => {
      isOver = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [database, token, id, size]);
  return address;
}

async function pictureOf(database, token, id, size) {
  const small = size === "thumbnail" ? (await keptPhoto(database, id))?.thumbnail : null;
  // One that was taken in from another phone has no small picture here.
  const here = small ?? (await photoBytes(database, id));
  if (here && here.type !== "image/heic") return here;
  const key = `${id}/${size}`;
  const known = fetched.get(key);
  if (known) return known;
  const blob = token ? await fromServer(key, token) : null;
  // Without signal a small picture is better than none.
  if (!blob && size === "preview") return (await keptPhoto(database, id))?.thumbnail ?? null;
  if (blob && size === "thumbnail") keep(key, blob);
  return blob;
}

async function fromServer(path, token) {
  try {
    const answer = await ask(`attachments/${path}`, { token, headers: { Accept: SHOWN }, seconds: 20 });
    return await answer.blob();
  } catch {
    return null;
  }
}

function keep(key, blob) {
  fetched.set(key, blob);
  const [oldest] = fetched.keys();
  if (fetched.size > MOST_KEPT) fetched.delete(oldest);
}

/**
 * A small picture; an empty frame where there is none to show now.
 *
 * @param {{id: string, alt?: string}} properties *alt* is empty where a text beside it says the same
 */
export function Thumbnail({ id, alt = "" }) {
  const address = usePicture(id, "thumbnail");
  if (address) return html`<img class="thumbnail" src=${address} alt=${alt} decoding="async" draggable=${false} />`;
  return html`<span class="thumbnail is-empty" role=${alt ? "img" : null} aria-label=${alt || null}>${address === null && html`<${Icon} name="camera" />`}</span>`;
}
