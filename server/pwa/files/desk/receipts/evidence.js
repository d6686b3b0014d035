/** Photos and signatures of a receipt. */

import { either, moment, text, word } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { Picture } from "../parts/picture.js";
import { itemsById } from "./gates.js";
import { PhotoCount } from "./list.js";
import { Viewer } from "./viewer.js";

const SIGNATURE = "signature";

/** @param {{receipt: any, checklists: any[]}} properties */
export function PhotoGallery({ receipt, checklists }) {
  const [opened, setOpened] = useState(/** @type {number | null} */ (null));
  if (receipt.photos.announced === 0) return null;
  const here = storedPhotos(receipt, titlesByAttachment(receipt.document, checklists));
  return html`
    <section>
      <div class="section-head">
        <h3>${text("photos.title")}</h3>
        <${PhotoCount} ...${receipt.photos} />
      </div>
      <ul class="gallery">
        ${here.map((photo, index) => html`<li key=${photo.id}><${Tile} photo=${photo} open=${() => setOpened(index)} /></li>`)}
      </ul>
      ${opened !== null && html`<${Viewer} photos=${here} first=${opened} close=${() => setOpened(null)} />`}
    </section>
  `;
}

function storedPhotos({ attachments }, titles) {
  return attachments
    .filter(({ role, status }) => role !== SIGNATURE && status === "stored")
    .sort((one, other) => (one.captured_at ?? "").localeCompare(other.captured_at ?? ""))
    .map(({ id, role, caption, captured_at: at, open_flags: flags }) => {
      const title = caption || titles.get(id) || word("photo", role || "other");
      return { id, title, flags, caption: at ? `${title} · ${moment(at)}` : title };
    });
}

function Tile({ photo, open }) {
  return html`
    <button class="tile" type="button" onClick=${open}>
      <${Picture} id=${photo.id} alt="" />
      <span class="tile-title small">${photo.title}</span>
      ${photo.flags > 0 && html`<span class="tag is-waiting">${text("photos.flags", { count: photo.flags })}</span>`}
    </button>
  `;
}

/** What a photo shows: the checklist item whose answer names it. */
function titlesByAttachment(receipt, checklists) {
  const items = itemsById(checklists);
  const titles = new Map();
  for (const answer of receipt.answers) {
    const item = items.get(answer.item_id);
    for (const id of answer.attachment_ids) if (item) titles.set(id, either(item));
  }
  return titles;
}

/** @param {{receipt: any}} properties */
export function Signatures({ receipt: { document: signed, attachments } }) {
  const stored = new Set(attachments.filter(({ status }) => status === "stored").map(({ id }) => id));
  return html`
    <section>
      <h3>${text("signatures.title")}</h3>
      ${signed.signatures.length === 0 && html`<p class="card muted">${text("signatures.none")}</p>`}
      <ul class="signatures">
        ${signed.signatures.map(
          ({ role, name, signed_at: at, attachment_id: id }) => html`
            <li class="card signature" key=${id}>
              <div>
                <span class="muted small">${word("signature", role)}</span>
                <strong>${name}</strong>
                <span class="muted small">${moment(at)}</span>
              </div>
              ${stored.has(id)
                ? html`<${Picture} id=${id} alt=${text("signatures.of", { name })} />`
                : html`<span class="tag">${text("photos.not_here")}</span>`}
            </li>
          `,
        )}
      </ul>
    </section>
  `;
}
