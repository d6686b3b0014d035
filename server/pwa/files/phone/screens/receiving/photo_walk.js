/** The photos that a gate still lacks, taken one after the other with one tap each. */

import { either, number, text } from "../../../shared/language.js";
import { Icon } from "../../../shared/icons.js";
import { hasStream } from "../../parts/photos/stream.js";
import { takePhoto } from "../../parts/photos/taking.js";
import { html, useState } from "../../view.js";
import { addPhoto, ownerOf, photosLacking, roleOf } from "./item.js";

/**
 * @typedef {{item: any, lineId: string | null, title: string | null}} Wanted
 * @typedef {{Camera: typeof import("../../parts/photos/camera.js").Camera, wanted: Wanted[], taken: number}} Walk
 */

/**
 * @param {any} shown what useReceipt() gave
 * @param {any[]} entries of the gate, with their lineId and the title of their part
 * @param {() => void} finished every photo was taken
 */
export function usePhotoWalk(shown, entries, finished) {
  const [walk, setWalk] = useState(/** @type {Walk | null} */ (null));
  const wanted = wantedAfter(entries, []);
  const start = async (all = wanted) => setWalk({ ...(await import("../../parts/photos/camera.js")), wanted: all, taken: 0 });
  const use = async (picture, takenAt) => {
    const { item, lineId } = /** @type {Walk} */ (walk).wanted[/** @type {Walk} */ (walk).taken];
    const photo = await takePhoto(picture, { ...ownerOf(shown.receipt), role: roleOf(item), source: "camera", taken_at: takenAt });
    await addPhoto(shown, item, lineId, photo);
    setWalk((before) => before && { ...before, taken: before.taken + 1 });
  };
  const close = () =>
    setWalk((before) => {
      if (before && before.taken === before.wanted.length) queueMicrotask(finished);
      return null;
    });
  return { wanted, start, view: walk && html`<${Walking} walk=${walk} siteId=${shown.receipt.site_id} use=${use} close=${close} />` };
}

function Walking({ walk, siteId, use, close }) {
  const at = Math.min(walk.taken, walk.wanted.length - 1);
  const { item, title } = walk.wanted[at];
  const place = text("walk.place", { n: number(at + 1), of: number(walk.wanted.length) });
  return html`<${walk.Camera} title=${[place, title, either(item)].filter(Boolean).join(" · ")} siteId=${siteId} missing=${walk.wanted.length} isQuick=${true} use=${use} close=${close} />`;
}

/**
 * The photos that will lack once *answers* are given: what does not apply needs none.
 *
 * @param {any[]} entries
 * @param {{item: any, lineId: string | null, changed: any}[]} answers
 */
export function wantedAfter(entries, answers) {
  const absent = new Set(answers.filter(({ changed }) => changed.not_applicable).map(({ item, lineId }) => `${item.id} ${lineId}`));
  const asked = entries.filter(({ item, lineId }) => !absent.has(`${item.id} ${lineId}`));
  return asked.flatMap((entry) => Array.from({ length: photosLacking(entry) }, () => entry));
}

/** @param {{n: number, start: () => void}} properties */
export function WalkButton({ n, start }) {
  if (n < 2 || !hasStream()) return null;
  return html`<button class="button quiet photo-walk" type="button" onClick=${() => start()}><${Icon} name="camera" /> ${text("walk.start", { n: number(n) })}</button>`;
}

/** Whether the camera opens without a question: the person has said yes before. */
export async function mayFilm() {
  if (!hasStream()) return false;
  const permission = await navigator.permissions?.query({ name: /** @type {any} */ ("camera") }).catch(() => null);
  return permission?.state === "granted";
}
