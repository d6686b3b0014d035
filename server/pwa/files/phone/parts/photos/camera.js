/**
 * The camera in the page: look, take, use or take again, several in a row. Time and place stand
 * beside the picture and in the record, never on the pixels: a photo is evidence, not a poster.
 */

import { moment, number, text } from "../../../shared/language.js";
import { session } from "../../session/session.js";
import { html, useEffect, useRef, useState } from "../../view.js";
import { Icon } from "../../../shared/icons.js";
import { Pick } from "./pick.js";
import { usePicture } from "./pictures.js";
import { followPosition } from "./position.js";
import { frameOf, useStream } from "./stream.js";
import { TakingNotice } from "./taking_notice.js";

/**
 * @param {object} properties
 * @param {string} properties.title what is to be shown
 * @param {string} properties.siteId
 * @param {string | null} [properties.before] the earlier photo to be laid over the picture
 * @param {number} [properties.missing] after so many the camera closes by itself; 0 for when the person is done
 * @param {(picture: Blob, takenAt: number | undefined) => Promise<void>} properties.use keeps the picture; undefined when the system's camera took it
 * @param {boolean} [properties.isQuick] one thing after the other: each picture is kept as it is taken, and the last one shown small
 * @param {() => void} properties.close
 */
export function Camera({ title, siteId, before = null, missing = 0, use, isQuick = false, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const stream = useStream();
  const [taken, setTaken] = useState(/** @type {Taken | null} */ (null));
  const [last, setLast] = useState(/** @type {Blob | null} */ (null));
  const [count, setCount] = useState(0);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  // After the camera's own question, so that there is one at a time.
  useEffect(() => (stream.state === "live" ? followPosition() : undefined), [stream.state]);

  const attempt = async (task) => {
    setBusy(true);
    setError(null);
    try {
      await task();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const shoot = () =>
    attempt(async () => {
      const at = Date.now();
      const picture = await frameOf(/** @type {HTMLVideoElement} */ (stream.video.current));
      if (isQuick) await kept(picture, at);
      else setTaken({ picture, at });
    });
  const kept = async (picture, at) => {
    await use(picture, at);
    if (count + 1 === missing) return dialog.current?.close();
    setTaken(null);
    setLast(picture);
    setCount(count + 1);
  };
  const keep = () =>
    attempt(async () => {
      const { picture, at } = /** @type {Taken} */ (taken);
      await kept(picture, at);
    });
  const fromSystem = ([file]) =>
    attempt(async () => {
      if (!file) return;
      await use(file, undefined);
      if (!isQuick || count + 1 === missing) return dialog.current?.close();
      setCount(count + 1);
    });
  const isLive = stream.state === "live";
  return html`
    <dialog class="camera" ref=${dialog} aria-label=${text("camera.label", { title })} onClose=${close}>
      <header class="camera-head">
        <span><strong>${title}</strong><br /><${Where} siteId=${siteId} at=${taken?.at ?? null} /></span>
        ${stream.torch !== null && !taken && html`<button type="button" aria-label=${text("camera.torch")} aria-pressed=${String(stream.torch)} onClick=${stream.switchTorch}><${Icon} name="torch" /></button>`}
        <button type="button" aria-label=${text("close")} onClick=${() => dialog.current?.close()}><${Icon} name="cross" /></button>
      </header>
      <div class="camera-view">
        <video ref=${stream.video} playsinline muted hidden=${!isLive}></video>
        ${isLive && before && !taken && html`<${Ghost} id=${before} />`}
        ${taken && html`<${Still} picture=${taken.picture} title=${title} />`}
        ${isQuick && last && html`<div class="camera-last"><${Still} picture=${last} title=${text("camera.kept", { n: number(count) })} /></div>`}
        ${stream.state === "starting" && html`<p role="status">${text("camera.starting")}</p>`}
        ${!isLive && stream.state !== "starting" && html`<${NoPicture} reason=${stream.state} done=${fromSystem} />`}
      </div>
      <${TakingNotice} error=${error} />
      <footer class="camera-keys">
        ${taken
          ? html`
              <button class="button quiet" type="button" disabled=${isBusy} onClick=${() => setTaken(null)}>${text("camera.again")}</button>
              <button class="button" type="button" disabled=${isBusy} onClick=${keep}>${text("camera.use")}</button>
            `
          : html`
              <${Pick} source="camera" look="camera-system" label=${text("camera.system")} name=${text("camera.system_name", { title })} done=${fromSystem} />
              <button class="camera-shutter" type="button" aria-label=${text("camera.shoot")} disabled=${!isLive || isBusy} onClick=${shoot}></button>
              <button class="camera-done" type="button" onClick=${() => dialog.current?.close()}>${text("camera.done")}${count > 0 ? ` (${number(count)})` : ""}</button>
            `}
      </footer>
      <p class="visually-hidden" role="status">${count > 0 ? text("camera.kept", { n: number(count) }) : ""}</p>
    </dialog>
  `;
}

/** @typedef {{picture: Blob, at: number}} Taken */

/** Where and when, as it will stand in the record. */
function Where({ siteId, at }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 5000);
    return () => window.clearInterval(timer);
  }, []);
  const site = session().user.sites.find((one) => one.site_id === siteId)?.site_name;
  return html`<span class="small">${site ? `${site} · ` : ""}${moment(at ?? now)}</span>`;
}

function Still({ picture, title }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(picture);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  return address && html`<img class="camera-still" src=${address} alt=${text("camera.still", { title })} />`;
}

/** The earlier photo over the live picture, so that both show the same spot. */
function Ghost({ id }) {
  const address = usePicture(id, "preview");
  const image = useRef(/** @type {HTMLImageElement | null} */ (null));
  const [strength, setStrength] = useState(40);
  useEffect(() => {
    if (image.current) image.current.style.opacity = String(strength / 100);
  }, [strength, address]);
  if (!address) return null;
  return html`
    <img class="camera-ghost" ref=${image} src=${address} alt=${text("camera.before")} />
    <label class="camera-strength">
      <span>${text("camera.before")}</span>
      <input type="range" min="0" max="80" value=${strength} onInput=${(event) => setStrength(Number(event.target.value))} />
    </label>
  `;
}

const REASONS = {
  refused: () => text("camera.refused"),
  none: () => text("camera.none"),
  busy: () => text("camera.busy"),
};

function NoPicture({ reason, done }) {
  return html`
    <div class="camera-reason" role="alert">
      <p>${REASONS[reason]()}</p>
      <${Pick} source="camera" look="button" label=${text("camera.open_system")} name=${text("camera.open_system")} done=${done} />
    </div>
  `;
}
