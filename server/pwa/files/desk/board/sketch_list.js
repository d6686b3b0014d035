/** Sketches that go with a step: photos drawn on, each a picture of its own. */

import { Icon } from "../../shared/icons.js";
import { newId, now } from "../../shared/ids.js";
import { text } from "../../shared/language.js";
import { html, useEffect, useState } from "../../shared/view.js";
import { send, sendBytes } from "../api.js";
import { Picture } from "../parts/picture.js";
import { digestOf } from "./digest.js";
import { SketchPad } from "./sketch_pad.js";

const MOST_PHOTOS = 12;

/** @typedef {{id: string, photoId: string, bytes: Blob, at: string}} Sketch */

/** @param {{photos: string[], sketches: Sketch[], change: (sketches: Sketch[]) => void}} properties */
export function SketchList({ photos, sketches, change }) {
  const [drawn, setDrawn] = useState(/** @type {string | null} */ (null));
  if (photos.length === 0) return null;
  const keep = (bytes) => {
    change([...sketches, { id: newId(), photoId: drawn ?? "", bytes, at: now() }]);
    setDrawn(null);
  };
  return html`
    <fieldset class="sketches">
      <legend class="field-label">${text("board.sketch")}</legend>
      <p class="muted small">${text("board.sketch_lead")}</p>
      <div class="sketch-photos">
        ${photos.slice(0, MOST_PHOTOS).map(
          (id, place) => html`<button key=${id} type="button" class="sketch-photo" aria-label=${text("board.draw_on", { n: String(place + 1) })} onClick=${() => setDrawn(id)}><${Picture} id=${id} alt="" /><span class="sketch-pen"><${Icon} name="pen" /></span></button>`,
        )}
      </div>
      ${sketches.length > 0 && html`<ul class="sketch-photos">${sketches.map((sketch) => html`<li key=${sketch.id}><${Drawn} sketch=${sketch} remove=${() => change(sketches.filter((one) => one !== sketch))} /></li>`)}</ul>`}
    </fieldset>
    ${drawn && html`<${SketchPad} photoId=${drawn} keep=${keep} close=${() => setDrawn(null)} />`}
  `;
}

function Drawn({ sketch, remove }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(sketch.bytes);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [sketch]);
  return html`
    <span class="sketch-drawn">
      ${address && html`<img src=${address} alt=${text("board.sketch_of")} />`}
      <button class="icon-button" type="button" aria-label=${text("board.sketch_remove")} onClick=${remove}><${Icon} name="trash" /></button>
    </span>
  `;
}

/**
 * Bring the sketches before the step that names them. Bringing one twice changes nothing.
 *
 * @param {Sketch[]} sketches
 * @param {{owner_id: string, site_id: string}} owner
 */
export async function sendSketches(sketches, owner) {
  for (const { id, photoId, bytes, at } of sketches) {
    const sha256 = await digestOf(bytes);
    const attachment = { id, sha256, size: bytes.size, media_type: "image/jpeg", owner_collection: "corrective_action_steps", ...owner, role: "sketch", caption: text("board.sketch_caption", { photo: photoId }), captured_at: at, entered_at: at };
    await send("PUT", `attachments/${id}`, attachment);
    await sendBytes(attachment, bytes);
  }
}
