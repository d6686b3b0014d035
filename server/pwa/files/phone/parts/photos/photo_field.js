/** The photos of one thing: a strip of thumbnails, and taking another one. */

import { number, text, word } from "../../../shared/language.js";
import { session } from "../../session/session.js";
import { erase } from "../../storage/outbox.js";
import { photoState } from "../../storage/photos.js";
import { html, useEffect, useLive, useState } from "../../view.js";
import { Icon } from "../../../shared/icons.js";
import { StorageWarning } from "../storage_care.js";
import { Pick } from "./pick.js";
import { followPosition, mayBeLocated } from "./position.js";
import { Thumbnail } from "./pictures.js";
import { hasStream, isStreamRefused } from "./stream.js";
import { takePhoto } from "./taking.js";
import { TakingNotice } from "./taking_notice.js";
import { PhotoViewer } from "./viewer.js";

/** @typedef {import("./taking.js").TakenPhoto} TakenPhoto */

/**
 * @param {object} properties
 * @param {string} properties.title what is to be shown: 送货单
 * @param {string[]} properties.ids of the attachments, in the order they were taken
 * @param {number} [properties.required] how many there must be
 * @param {import("./taking.js").Owner} properties.owner
 * @param {string} properties.role such as document
 * @param {string | null} [properties.before] an earlier photo that the new ones are to match
 * @param {((photo: TakenPhoto) => Promise<void>) | null} properties.onTaken writes the record and the photo down together; null where none may be added any more
 * @param {(id: string) => Promise<void>} [properties.onRemove] takes the photo out of the record; without it none can be removed
 */
export function PhotoField({ title, ids, required = 0, owner, role, before = null, onTaken, onRemove }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [pending, setPending] = useState(0);
  const [shown, setShown] = useState(/** @type {string | null} */ (null));
  const [camera, setCamera] = useState(/** @type {{Camera: typeof import("./camera.js").Camera, missing: number} | null} */ (null));
  usePosition();
  const take = async (files, source) => {
    setError(null);
    for (const file of files) {
      setPending((n) => n + 1);
      try {
        await onTaken?.(await takePhoto(file, { ...owner, role, source }));
      } catch (reason) {
        setError(reason);
      } finally {
        setPending((n) => n - 1);
      }
    }
  };
  const use = async (picture, takenAt) => onTaken?.(await takePhoto(picture, { ...owner, role, source: "camera", taken_at: takenAt }));
  const openCamera = async () => setCamera({ ...(await import("./camera.js")), missing: Math.max(0, required - ids.length) });
  const remove = async (id) => {
    await onRemove?.(id);
    await erase(session().database, "attachments", id);
  };
  const isEnough = ids.length >= required;
  return html`
    <section class="photo-field" aria-label=${title}>
      <p class="photo-field-head">
        <strong>${title}</strong>
        <span class=${`photo-count ${isEnough ? "" : "is-short"}`}>${countText(ids.length, required)}</span>
      </p>
      <ul class="photo-strip">
        ${ids.map((id, place) => html`<li key=${id}><${Tile} id=${id} title=${title} place=${place + 1} open=${() => setShown(id)} /></li>`)}
        ${Array.from({ length: pending }, () => html`<li><span class="photo-tile is-pending" role="status" aria-label=${text("pictures.pressing")}></span></li>`)}
        ${onTaken && html`<li><${TakeTile} title=${title} open=${openCamera} done=${(files) => take(files, "camera")} /></li>`}
        ${onTaken && html`<li><${Pick} source="gallery" look="photo-tile photo-add" label=${text("pictures.choose")} name=${text("pictures.add", { title, way: text("pictures.choose") })} done=${(files) => take(files, "gallery")} /></li>`}
      </ul>
      ${onTaken && html`<${StorageWarning} />`}
      <${TakingNotice} error=${error} />
      ${camera && html`<${camera.Camera} title=${title} siteId=${owner.site_id} before=${before} missing=${camera.missing} use=${use} close=${() => setCamera(null)} />`}
      ${shown && html`<${PhotoViewer} ids=${ids} start=${shown} title=${title} remove=${onRemove ? remove : null} close=${() => setShown(null)} />`}
    </section>
  `;
}

function countText(n, required) {
  if (required > 0) return text("pictures.of_required", { n: number(n), required: number(required) });
  return n > 0 ? text("pictures.number", { n: number(n) }) : text("pictures.optional");
}

// Only where the person has allowed it before: a question in the middle of a receipt would disturb.
function usePosition() {
  useEffect(() => {
    let stop = () => {};
    let isOver = false;
    void mayBeLocated().then((may) => {
      if (may && !isOver) stop = followPosition();
    });
    return () => {
      isOver = true;
      stop();
    };
  }, []);
}

/** The camera in the page, or the system's where the browser has none or the person said no. */
function TakeTile({ title, open, done }) {
  const label = text("pictures.take");
  const name = text("pictures.add", { title, way: label });
  const look = "photo-tile photo-add is-main";
  if (!hasStream() || isStreamRefused()) return html`<${Pick} source="camera" look=${look} label=${label} name=${name} done=${done} />`;
  return html`<button class=${look} type="button" aria-label=${name} onClick=${open}><${Icon} name="camera" /><span aria-hidden="true">${label}</span></button>`;
}

function Tile({ id, title, place, open }) {
  const state = useLive(() => photoState(session().database, id), [id]);
  const label = text("pictures.open", { title, place: number(place), state: state ? word("photo_state", state) : "" });
  return html`
    <button class="photo-tile" type="button" aria-label=${label} onClick=${open}>
      <${Thumbnail} id=${id} />
      ${state && html`<span class="photo-state" data-state=${state}><${Icon} name=${STATE_ICONS[state]} /></span>`}
    </button>
  `;
}

export const STATE_ICONS = { waiting: "sync", sent: "check", refused: "warning", elsewhere: "sync" };
