/** What is known of a photo: when, where and with what it was taken, by whom, and what to look at twice. */

import { either, moment, number, text } from "../../shared/language.js";
import { Icon } from "../../shared/icons.js";
import { say } from "../../shared/messages.js";
import { Sheet } from "../../shared/sheet.js";
import { html, useState } from "../../shared/view.js";
import { send } from "../api.js";
import { Field } from "../parts/fields.js";
import { Picture } from "../parts/picture.js";
import { ErrorNotice } from "../parts/problem.js";
import { may } from "../session.js";
import { useAnswer } from "../view.js";

const ALIKE = new Set(["same_content", "near_duplicate"]);

/** @param {{id: string, who: string}} properties */
export function PhotoFacts({ id, who }) {
  const { answer, error, again } = useAnswer(`attachments/${id}`);
  const [accepted, setAccepted] = useState(/** @type {any} */ (null));
  if (error) return html`<${ErrorNotice} error=${error} again=${again} />`;
  if (!answer) return null;
  const { document, version } = answer;
  const flags = document.flags ?? [];
  return html`
    <dl class="photo-facts small">
      ${rowsOf(document, who).map(([label, value]) => html`<div key=${label}><dt class="muted">${label}</dt><dd>${value}</dd></div>`)}
    </dl>
    ${flags.length > 0 && html`<ul class="flags" aria-label=${text("board.flags")}>${flags.map((flag) => html`<li key=${flag.code} data-accepted=${String(flag.accepted !== null)}><${Flag} flag=${flag} accept=${() => setAccepted(flag)} /></li>`)}</ul>`}
    ${flags.some((flag) => ALIKE.has(flag.code)) && html`<${Alike} id=${id} />`}
    ${document.flags?.length === 0 && html`<p class="small photo-plain"><${Icon} name="check" /> ${text("board.no_flags")}</p>`}
    ${accepted && html`<${AcceptSheet} id=${id} version=${version} flag=${accepted} close=${() => setAccepted(null)} taken=${again} />`}
  `;
}

function rowsOf(document, who) {
  const { exif, latitude, longitude, accuracy_m: accuracy } = document;
  const at = latitude ?? exif?.latitude;
  const place = at ? `${Number(at).toFixed(5)}, ${Number(longitude ?? exif.longitude).toFixed(5)}${accuracy ? ` ± ${number(Math.round(Number(accuracy)))} m` : ""}` : text("board.no_place");
  return [
    [text("board.taken_at"), moment(document.captured_at ?? exif?.captured_at)],
    [text("board.taken_by"), who || "—"],
    [text("board.taken_where"), place],
    [text("board.taken_with"), exif?.camera || (document.source === "gallery" ? text("board.gallery") : "—")],
  ];
}

const flagText = (flag) => either({ zh: flag.text["zh-CN"], en: flag.text.en });

function Flag({ flag, accept }) {
  return html`
    <${Icon} name=${flag.accepted ? "check" : "warning"} />
    <span>
      ${flagText(flag)}
      ${flag.accepted && html`<br /><span class="muted small">${text("board.flag_accepted", { name: flag.accepted.name, reason: flag.accepted.reason })}</span>`}
    </span>
    ${!flag.accepted && may("accept_photo_flag") && html`<button class="button quiet" type="button" onClick=${accept}>${text("board.accept_flag")}</button>`}
  `;
}

/** The photos it looks like, as far as the reader may see them. */
function Alike({ id }) {
  const { answer } = useAnswer(`attachments/${id}/related`);
  if (!answer) return null;
  return html`
    <div class="alike">
      ${answer.photos.map((photo) => html`<figure key=${photo.attachment_id}><${Picture} id=${photo.attachment_id} alt=${text("board.alike")} /><figcaption class="muted small">${moment(photo.captured_at)}</figcaption></figure>`)}
    </div>
  `;
}

function AcceptSheet({ id, version, flag, close, taken }) {
  const [reason, setReason] = useState("");
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const accept = async (event) => {
    event.preventDefault();
    try {
      await send("POST", `attachments/${id}/flags/${flag.code}/acceptance`, { reason: reason.trim() }, { version });
    } catch (failure) {
      setError(failure);
      return;
    }
    say(text("board.flag_done"));
    close();
    taken();
  };
  return html`
    <${Sheet} title=${text("board.accept_flag")} close=${close}>
      <form class="step-form" onSubmit=${accept}>
        <p>${flagText(flag)}</p>
        <${Field} label=${text("board.why")}><textarea rows="2" maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea><//>
        <${ErrorNotice} error=${error} />
        <button class="button" type="submit" disabled=${reason.trim().length < 2}>${text("board.accept_flag")}</button>
      </form>
    <//>
  `;
}
