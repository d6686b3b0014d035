/** Writing the next version of a checklist, with the phone's view beside it. */

import { either, language, text } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { go } from "../../shared/router.js";
import { Sheet } from "../../shared/sheet.js";
import { Refused, send } from "../api.js";
import { download } from "../parts/download.js";
import { Field } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { ErrorNotice } from "../parts/problem.js";
import { html, useEffect, useState } from "../view.js";
import { otherFaults, PARTS } from "./content.js";
import { ItemList } from "./item_list.js";
import { Preview } from "./preview.js";
import { Grading, Sections } from "./structure_form.js";
import { useDraft } from "./use_draft.js";

/** @param {{id: string}} properties */
export default function DraftScreen({ id }) {
  const work = useDraft(id);
  const [selected, setSelected] = useState(/** @type {string | null} */ (null));
  const [isPublishing, setPublishing] = useState(false);
  const [isPreview, setPreview] = useState(false);
  useKeys(work);
  const { content, draft, error } = work;
  const isOvertaken = error instanceof Refused && error.status === 412;
  const isShownAtItem = error instanceof Refused && error.status === 422;
  const title = content ? `${content.code} · ${either(content)}` : text("authoring.draft");
  const parts = content && (content.kind === "receipt" || content.head_items.length > 0 ? PARTS : ["items"]);
  return html`
    <${Page} title=${title} lead=${content && text("authoring.draft_lead")} back="#/administration/checklists" error=${isShownAtItem ? null : error} again=${isOvertaken ? work.takeTheirs : work.save} isLoading=${!content && !error} actions=${content && html`<${Actions} work=${work} id=${id} publish=${() => setPublishing(true)} />`}>
      ${content &&
      html`
        <div class="draft-switch" role="group" aria-label=${text("authoring.view")}>
          <button type="button" aria-pressed=${String(!isPreview)} onClick=${() => setPreview(false)}>${text("authoring.write")}</button>
          <button type="button" aria-pressed=${String(isPreview)} onClick=${() => setPreview(true)}>${text("authoring.preview")}</button>
        </div>
        <div class="draft" data-preview=${String(isPreview)}>
          <div class="draft-form">
            <${Faults} faults=${otherFaults(work.faults)} />
            <${Names} work=${work} />
            ${content.kind === "inspection" && html`<${Grading} work=${work} />`}
            <${Sections} work=${work} />
            ${parts.map((part) => html`<${ItemList} key=${part} part=${part} work=${work} selected=${selected} select=${setSelected} />`)}
          </div>
          <${Preview} content=${content} selected=${selected} />
        </div>
      `}
      ${isPublishing && html`<${Publish} work=${work} id=${id} newest=${draft.based_on} close=${() => setPublishing(false)} />`}
    <//>
  `;
}

/** Ctrl+Z and Ctrl+Y over the whole draft, but not while a field can undo by itself. */
function useKeys(work) {
  useEffect(() => {
    const press = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.target.closest?.("input, textarea")) return;
      const isRedo = event.key === "y" || (event.key.toLowerCase() === "z" && event.shiftKey);
      if (!isRedo && event.key !== "z") return;
      event.preventDefault();
      if (isRedo) work.redo();
      else work.undo();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

function Actions({ work, id, publish }) {
  const state = work.isSaving ? "saving" : work.isDirty ? "unsaved" : "saved";
  const discard = async () => {
    if (!window.confirm(text("authoring.discard_sure"))) return;
    const held = await work.save();
    await send("DELETE", `checklist-drafts/${id}`, undefined, { version: (held ?? work.draft).revision });
    go("#/administration/checklists");
  };
  return html`
    <span class="muted" role="status">${text(`authoring.${state}`)}</span>
    <button class="button quiet" type="button" disabled=${!work.canUndo} onClick=${work.undo}>${text("authoring.undo")}</button>
    <button class="button quiet" type="button" disabled=${!work.canRedo} onClick=${work.redo}>${text("authoring.redo")}</button>
    <button class="button quiet" type="button" onClick=${() => void download(`checklist-drafts/${id}/export`, `${work.content.code}.xlsx`)}>XLSForm</button>
    <button class="button quiet" type="button" onClick=${() => void discard()}>${text("authoring.discard")}</button>
    <button class="button" type="button" disabled=${work.faults.length > 0} title=${work.faults.length > 0 ? text("authoring.has_faults") : null} onClick=${publish}>${text("authoring.publish")}</button>
  `;
}

function Faults({ faults }) {
  if (faults.length === 0) return null;
  return html`<div class="card notice" role="alert"><strong>${text("authoring.has_faults")}</strong>${faults.map((fault) => html`<p key=${fault.pointer}>${fault.detail}</p>`)}</div>`;
}

function Names({ work: { content, change } }) {
  const field = (name) => html`<${Field} label=${text(`authoring.name_${name}`)}><input value=${content[name]} maxlength="500" onInput=${(event) => change((before) => ({ ...before, [name]: event.target.value }), name)} /><//>`;
  return html`<section class="card form-grid" aria-label=${text("authoring.names")}>${field("zh")} ${field("en")}</section>`;
}

function Publish({ work, id, close }) {
  const [reason, setReason] = useState("");
  const [from, setFrom] = useState("");
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const submit = async (event) => {
    event.preventDefault();
    setError(null);
    const held = await work.save();
    if (!held) return close();
    try {
      const { document } = await send("POST", `checklist-drafts/${id}/publication`, { reason, valid_from: from || null }, { version: held.revision });
      say(text("authoring.published", { version: document.version }));
      go(`#/administration/checklists/${document.id}`);
    } catch (refused) {
      setError(refused);
    }
  };
  return html`
    <${Sheet} title=${text("authoring.publish")} close=${close}>
      <form class="sheet-form" lang=${language()} onSubmit=${submit}>
        <p class="muted">${text("authoring.publish_lead")}</p>
        <${ErrorNotice} error=${error} />
        <${Field} label=${text("authoring.reason")}><textarea required maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea><//>
        <${Field} label=${text("authoring.valid_from")} hint=${text("authoring.valid_from_hint")}><input type="date" value=${from} onInput=${(event) => setFrom(event.target.value)} /><//>
        <button class="button" type="submit">${text("authoring.publish")}</button>
      </form>
    <//>
  `;
}
