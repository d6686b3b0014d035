/** Before and after: side by side or laid over each other with a slider, enlarged at the same point. */

import { Icon } from "../../shared/icons.js";
import { number, text } from "../../shared/language.js";
import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { enableZoom } from "../../shared/zoom.js";
import { Picture } from "../parts/picture.js";
import { PhotoFacts } from "./photo_facts.js";

const CLOSER = 1.5;

/**
 * @typedef {{id: string, who: string}} Photo
 * @param {{before: Photo[], after: Photo[]}} properties
 */
export function Compare({ before, after }) {
  const [chosen, setChosen] = useState({ before: before[0]?.id, after: after[0]?.id });
  const [isWipe, setWipe] = useState(false);
  const sides = { before: before.find(({ id }) => id === chosen.before) ?? before[0], after: after.find(({ id }) => id === chosen.after) ?? after[0] };
  if (!sides.before && !sides.after) return null;
  const canWipe = Boolean(sides.before && sides.after);
  return html`
    <section class="card compare" aria-label=${text("board.compare")}>
      <div class="compare-head">
        <h3>${text("board.compare")}</h3>
        ${canWipe &&
        html`
          <div class="segments" role="group" aria-label=${text("board.compare_how")}>
            <button type="button" aria-pressed=${String(!isWipe)} onClick=${() => setWipe(false)}>${text("board.side_by_side")}</button>
            <button type="button" aria-pressed=${String(isWipe)} onClick=${() => setWipe(true)}>${text("board.wipe")}</button>
          </div>
        `}
      </div>
      <${Frames} key=${`${sides.before?.id} ${sides.after?.id}`} sides=${sides} isWipe=${isWipe && canWipe} />
      <div class="compare-sides">
        <${Side} name=${text("board.before")} photos=${before} shown=${sides.before} choose=${(id) => setChosen({ ...chosen, before: id })} none=${text("board.no_before")} />
        <${Side} name=${text("board.after")} photos=${after} shown=${sides.after} choose=${(id) => setChosen({ ...chosen, after: id })} none=${text("board.no_after")} />
      </div>
    </section>
  `;
}

function Frames({ sides, isWipe }) {
  const area = useRef(/** @type {HTMLElement | null} */ (null));
  const [place, setPlace] = useState(50);
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (area.current);
    const frames = /** @type {HTMLElement[]} */ ([...element.querySelectorAll(".compare-frame")]);
    return enableZoom(element, frames, () => {}, { needsKey: true });
  }, []);
  useEffect(() => area.current?.style.setProperty("--wipe", `${place}%`), [place]);
  const zoom = (by) => area.current?.dispatchEvent(new CustomEvent("yanshou-zoom", { detail: by }));
  const frame = (name, label) =>
    html`
      <figure class="compare-frame" data-side=${name}>
        ${sides[name] ? html`<${Picture} id=${sides[name].id} size="preview" alt=${label} missing=${text("board.photo_missing")} />` : html`<span class="picture muted">${text("board.no_photo")}</span>`}
        <figcaption>${label}</figcaption>
      </figure>
    `;
  return html`
    <div class="compare-area" ref=${area} data-mode=${isWipe ? "wipe" : "side"}>
      ${frame("before", text("board.before"))} ${frame("after", text("board.after"))}
      ${isWipe && html`<span class="compare-line" aria-hidden="true"></span>`}
    </div>
    ${isWipe && html`<input class="compare-slider" type="range" min="0" max="100" value=${place} aria-label=${text("board.wipe_slider")} onInput=${(event) => setPlace(Number(event.target.value))} />`}
    <div class="compare-zoom">
      <button class="button quiet" type="button" aria-label=${text("board.zoom_in")} onClick=${() => zoom(CLOSER)}><${Icon} name="plus" /></button>
      <button class="button quiet" type="button" aria-label=${text("board.zoom_out")} onClick=${() => zoom(1 / CLOSER)}><${Icon} name="minus" /></button>
      <span class="muted small">${text("board.zoom_hint")}</span>
    </div>
  `;
}

function Side({ name, photos, shown, choose, none }) {
  if (!shown) return html`<div class="compare-side"><h4>${name}</h4><p class="muted small">${none}</p></div>`;
  return html`
    <div class="compare-side">
      <h4>${name}</h4>
      ${photos.length > 1 &&
      html`
        <div class="compare-strip" role="group" aria-label=${name}>
          ${photos.map((photo, place) => html`<button type="button" key=${photo.id} aria-pressed=${String(photo === shown)} aria-label=${`${name} ${number(place + 1)}`} onClick=${() => choose(photo.id)}><${Picture} id=${photo.id} alt="" /></button>`)}
        </div>
      `}
      <${PhotoFacts} key=${shown.id} id=${shown.id} who=${shown.who} />
    </div>
  `;
}
