/** The room on the phone, and a warning before it is short. */

import { number, text } from "../../shared/language.js";
import { askToPersist, storageRoom } from "../storage/care.js";
import { readable } from "../storage/room.js";
import { html, useLive } from "../view.js";
import { say } from "../../shared/messages.js";

/** In full, for the screen on what is safe. */
export function StorageCard() {
  const room = useLive(storageRoom);
  if (!room) return null;
  const { used, quota, isPersistent, level } = room;
  const persist = async () => say((await askToPersist()) ? text("room.kept") : text("room.not_kept"));
  return html`
    <section class="card room">
      <h2>${text("room.title")}</h2>
      ${level === "short" && html`<p class="room-short" role="alert">${text("room.short_detail")}</p>`}
      ${used !== null &&
      quota !== null &&
      html`<label class="meter"><span>${text("room.used", { used: sizeText(used), quota: sizeText(quota) })}</span><meter min="0" max=${quota} high=${quota * 0.8} optimum="0" value=${used}></meter></label>`}
      ${isPersistent === true && html`<p class="muted small">${text("room.persistent")}</p>`}
      ${isPersistent === false &&
      html`
        <p class="muted small">${text("room.not_persistent")}</p>
        <button class="button quiet" type="button" onClick=${persist}>${text("room.persist")}</button>
      `}
    </section>
  `;
}

/** One line where photos are taken; nothing while there is room. */
export function StorageWarning() {
  const room = useLive(storageRoom);
  if (room?.level !== "short") return null;
  const left = Math.max(0, (room.quota ?? 0) - (room.used ?? 0));
  return html`<a class="room-warning" href="#/safety" role="status">${text("room.short", { left: sizeText(left) })}</a>`;
}

/** @param {number} bytes */
export function sizeText(bytes) {
  const { value, unit } = readable(bytes);
  return `${number(value)} ${unit}`;
}
