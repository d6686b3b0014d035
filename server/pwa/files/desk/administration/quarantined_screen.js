/** One refused change: what arrived, why it was refused, putting it right, and what was done. */

import { moment, text, word } from "../../shared/language.js";
import { send } from "../api.js";
import { Deed } from "../parts/deed.js";
import { Field } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { ErrorNotice } from "../parts/problem.js";
import { html, useAnswer, useState } from "../view.js";
import { Outcome } from "./quarantine_screen.js";

/** @param {{id: string}} properties */
export default function Quarantined({ id }) {
  const path = `sync/quarantine/${id}`;
  const { answer: entry, error, isLoading, again } = useAnswer(path);
  const [deed, setDeed] = useState(/** @type {"reapply" | "discard" | "reopen" | null} */ (null));
  const deeds = entry ? (entry.outcome === null ? ["reapply", "discard"] : ["reopen"]) : [];
  return html`
    <${Page} title=${entry ? word("collection", entry.collection) : text("administration.quarantine")} lead=${entry?.record_id} back="#/administration/quarantine" error=${error} again=${again} isLoading=${isLoading}
      actions=${deeds.map((one) => html`<button class=${one === "reapply" ? "button" : "button quiet"} type="button" onClick=${() => setDeed(/** @type {any} */ (one))}>${word("review_deed", one)}</button>`)}>
      ${entry && html`<${Reason} entry=${entry} />`}
      ${entry && entry.outcome === null && html`<${Repair} key=${entry.steps.length} entry=${entry} path=${path} done=${again} />`}
      ${entry && html`<${Steps} steps=${entry.steps} />`}
      ${deed && html`<${Deed} title=${word("review_deed", deed)} effect=${text(`review.${deed}_effect`)} run=${(reason) => send("POST", `${path}/${deed}`, { reason })} close=${() => setDeed(null)} done=${again} />`}
    <//>
  `;
}

function Reason({ entry }) {
  const { problem } = entry;
  return html`
    <section class="card review-reason">
      <p><strong>${problem.title}</strong> <${Outcome} entry=${entry} /></p>
      <p>${problem.detail}</p>
      ${problem.errors?.length > 0 && html`<ul class="notice-list">${problem.errors.map((one) => html`<li><code>${one.pointer}</code> ${one.detail}</li>`)}</ul>`}
      <p class="muted small">${[entry.author.display_name, entry.device.name, moment(entry.received_at)].filter(Boolean).join(" · ")}</p>
    </section>
  `;
}

/** The document as text: whoever repairs knows its fields, and the server checks each. */
function Repair({ entry, path, done }) {
  const arrived = JSON.parse(entry.payload);
  const [written, setWritten] = useState(JSON.stringify((entry.repaired ?? arrived).document ?? null, null, 2));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isAsking, setAsking] = useState(false);
  const document_ = readJson(written);
  const ask = (event) => {
    event.preventDefault();
    setError(document_ === undefined ? new Error(text("review.not_json")) : null);
    setAsking(document_ !== undefined);
  };
  return html`
    <form class="card form-card" onSubmit=${ask}>
      <${Field} label=${text("review.document")} hint=${text("review.document_hint")}>
        <textarea class="review-document" spellcheck=${false} rows="16" value=${written} onInput=${(event) => setWritten(event.target.value)}></textarea>
      <//>
      <${ErrorNotice} error=${error} />
      <div class="form-foot"><button class="button quiet">${word("review_deed", "repair")}</button></div>
      ${isAsking && html`<${Deed} title=${word("review_deed", "repair")} effect=${text("review.repair_effect")} run=${(reason) => send("POST", `${path}/repair`, { reason, document: document_ })} close=${() => setAsking(false)} done=${done} />`}
    </form>
  `;
}

/** @param {string} written @returns {any} undefined where it is not JSON */
function readJson(written) {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

/** What was done and why, the latest last. @param {{steps: any[]}} properties */
export function Steps({ steps }) {
  if (steps.length === 0) return null;
  return html`
    <section>
      <h3>${text("review.steps")}</h3>
      <ol class="review-steps">
        ${steps.map((step) => html`<li class="card"><strong>${word("review_deed", step.action)}</strong> <span class="muted small">${step.by.display_name} · ${moment(step.done_at)}</span><p>${step.reason}</p>${step.problem && html`<p class="field-error">${step.problem.title}</p>`}</li>`)}
      </ol>
    </section>
  `;
}
