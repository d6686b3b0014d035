/** Photos large: pinch or double tap to look closer, when and where they were taken. */

import { either, moment, number, text, word } from "../../../shared/language.js";
import { session } from "../../session/session.js";
import { keptPhoto, photoState } from "../../storage/photos.js";
import { seen } from "../../storage/records.js";
import { html, useEffect, useLive, useRef, useState } from "../../view.js";
import { Icon } from "../../../shared/icons.js";
import { usePicture } from "./pictures.js";
import { useZoom } from "./zoom.js";

/**
 * @param {object} properties
 * @param {string[]} properties.ids
 * @param {string} properties.start the one shown first
 * @param {string} properties.title
 * @param {((id: string) => Promise<void>) | null} [properties.remove]
 * @param {() => void} properties.close
 */
export function PhotoViewer({ ids, start, title, remove = null, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [place, setPlace] = useState(Math.max(0, ids.indexOf(start)));
  const shown = ids[Math.min(place, ids.length - 1)];
  const step = (by) => setPlace((before) => (before + by + ids.length) % ids.length);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    if (ids.length === 0) close();
  }, [ids.length]);
  if (!shown) return null;
  const onKey = (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  };
  const removeShown = async () => {
    await remove?.(shown);
    setPlace((before) => Math.max(0, before - 1));
  };
  return html`
    <dialog class="photo-viewer" ref=${dialog} aria-label=${title} onClose=${close} onKeyDown=${onKey}>
      <header class="photo-viewer-head">
        <span>${title}${ids.length > 1 ? ` ${number(place + 1)} / ${number(ids.length)}` : ""}</span>
        <button type="button" aria-label=${text("close")} onClick=${() => dialog.current?.close()}><${Icon} name="cross" /></button>
      </header>
      <${Large} key=${shown} id=${shown} title=${title} step=${ids.length > 1 ? step : null} />
      <${Facts} key=${`facts-${shown}`} id=${shown} remove=${remove ? removeShown : null} />
    </dialog>
  `;
}

function Large({ id, title, step }) {
  const address = usePicture(id, "preview");
  const frame = useZoom(step);
  return html`
    <div class="photo-viewer-frame" ref=${frame}>
      ${address && html`<img src=${address} alt=${title} draggable=${false} />`}
      ${address === null && html`<p role="status">${text("pictures.not_here")}</p>`}
      ${step &&
      html`
        <button class="photo-step is-back" type="button" aria-label=${text("pictures.previous")} onClick=${() => step(-1)}><${Icon} name="back" /></button>
        <button class="photo-step" type="button" aria-label=${text("pictures.next")} onClick=${() => step(1)}><${Icon} name="chevron" /></button>
      `}
    </div>
  `;
}

function Facts({ id, remove }) {
  const { database, user } = session();
  const [isAsked, setAsked] = useState(false);
  const facts = useLive(async () => {
    const [record, photo, state] = await Promise.all([seen(database, "attachments", id), keptPhoto(database, id), photoState(database, id)]);
    return { document: record?.document ?? null, photo, state, problem: record?.problem ?? photo?.problem ?? null };
  }, [id]);
  if (!facts) return null;
  const { document, state, problem } = facts;
  const site = user.sites.find((one) => one.site_id === document?.site_id)?.site_name;
  return html`
    <footer class="photo-viewer-facts">
      <p>
        ${document?.captured_at ? moment(document.captured_at) : text("pictures.no_time")}${site ? ` · ${site}` : ""}
        ${document?.source === "gallery" && html` · <span>${text("pictures.from_gallery")}</span>`}
      </p>
      ${document?.latitude && html`<p class="small">${positionText(document)}</p>`}
      <p class="small"><span class="photo-state" data-state=${state}>${word("photo_state", state)}</span>${problem ? ` ${problem.detail ?? problem.title}` : ""}</p>
      ${(document?.flags ?? []).map((flag) => html`<p class="small">${either({ zh: flag.text["zh-CN"], en: flag.text.en })}</p>`)}
      ${remove && !isAsked && html`<button class="button quiet" type="button" onClick=${() => setAsked(true)}><${Icon} name="trash" /> ${text("pictures.remove")}</button>`}
      ${remove &&
      isAsked &&
      html`
        <div class="photo-viewer-ask" role="group" aria-label=${text("pictures.remove_sure")}>
          <span>${text("pictures.remove_sure")}</span>
          <button class="button quiet" type="button" onClick=${() => setAsked(false)}>${text("pictures.keep")}</button>
          <button class="button is-bad" type="button" onClick=${remove}>${text("pictures.remove")}</button>
        </div>
      `}
    </footer>
  `;
}

/** @param {Record<string, any>} photo */
function positionText({ latitude, longitude, accuracy_m: accuracy }) {
  const place = `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}`;
  return accuracy === null ? place : `${place} ± ${number(Math.round(Number(accuracy)))} m`;
}
