/** One published version: what it asks, what it changed, who confirmed which figure. */

import { day, either, moment, text, word } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { go } from "../../shared/router.js";
import { Sheet } from "../../shared/sheet.js";
import { send } from "../api.js";
import { download } from "../parts/download.js";
import { Field } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { ErrorNotice } from "../parts/problem.js";
import { Table } from "../parts/table.js";
import { may } from "../session.js";
import { changeQuery, html, useAnswer, useQuery, useState } from "../view.js";
import { Differences } from "./differences.js";
import { FigureList } from "./figures.js";
import { Preview } from "./preview.js";

/** @param {{id: string}} properties */
export default function VersionScreen({ id }) {
  const { answer, error, isLoading, again } = useAnswer(`checklists/${id}`);
  const versions = useAnswer(`checklists/${id}/versions`);
  const [isRetiring, setRetiring] = useState(false);
  const [refused, setRefused] = useState(/** @type {unknown} */ (null));
  const document = answer?.document && { head_items: [], sections: [], gates: [], ...answer.document };
  const begin = async () => {
    try {
      const draft = await send("POST", "checklist-drafts", { id: crypto.randomUUID(), from_checklist_id: id });
      go(`#/administration/checklist-drafts/${draft.id}`);
    } catch (problem) {
      setRefused(problem);
    }
  };
  const isNewest = versions.answer?.versions[0]?.id === id;
  const actions = document && html`
    <button class="button quiet" type="button" onClick=${() => void download(`checklists/${id}/export`, `${document.code}-${document.version}.xlsx`)}>XLSForm</button>
    <button class="button quiet" type="button" onClick=${() => void download(`checklists/${id}/export?format=json`, `${document.code}-${document.version}.json`)}>JSON</button>
    ${may("write_master_data") && html`<button class="button quiet" type="button" onClick=${() => setRetiring(true)}>${text("authoring.retire")}</button>`}
    ${may("write_master_data") && isNewest && html`<button class="button" type="button" onClick=${() => void begin()}>${text("authoring.edit")}</button>`}
  `;
  return html`
    <${Page} title=${document ? `${either(document)} · ${text("authoring.version_n", { n: document.version })}` : text("authoring.title")} lead=${document && lead(document)} back="#/administration/checklists" actions=${actions} error=${error ?? versions.error ?? refused} again=${again} isLoading=${isLoading && !document}>
      ${document &&
      html`
        <div class="draft">
          <div class="draft-form">
            ${versions.answer && html`<${Versions} versions=${versions.answer.versions} id=${id} />`}
            <${Changes} id=${id} versions=${versions.answer?.versions ?? []} document=${document} />
            <${FigureList} id=${id} document=${document} />
          </div>
          <${Preview} content=${document} selected=${null} />
        </div>
        ${isRetiring && html`<${Retire} id=${id} name=${either(document)} close=${() => setRetiring(false)} />`}
      `}
    <//>
  `;
}

function lead({ code, kind, valid_from: from, reason }) {
  const since = from ? text("authoring.from_day", { day: day(from) }) : text("authoring.since_ever");
  return [code, word("checklist_kind", kind), since, reason].filter(Boolean).join(" · ");
}

function Versions({ versions, id }) {
  return html`
    <h3>${text("authoring.versions")}</h3>
    <${Table} label=${text("authoring.versions")} rows=${versions} hrefOf=${(one) => `#/administration/checklists/${one.id}`} columns=${[
      { title: text("authoring.version"), isName: true, shown: (one) => html`${text("authoring.version_n", { n: one.version })}${one.id === id && html` <span class="tag">${text("authoring.shown_here")}</span>`}` },
      { title: text("authoring.in_force_from"), shown: (one) => (one.valid_from ? day(one.valid_from) : text("authoring.since_ever")) },
      { title: text("authoring.published_at"), shown: (one) => moment(one.published_at) },
    ]} />
  `;
}

/** What this version changed, since the one before or another that the address names. */
function Changes({ id, versions, document }) {
  const { since } = useQuery();
  const own = versions.find((one) => one.id === id);
  const older = versions.filter((one) => own && one.version < own.version);
  const from = since ?? older[0]?.id ?? null;
  const { answer, error } = useAnswer(from ? `checklists/${id}/differences?since=${encodeURIComponent(from)}` : null);
  if (older.length === 0) return null;
  return html`
    <section class="card" aria-label=${text("authoring.differences")}>
      <h3>${text("authoring.differences")}</h3>
      <${Field} label=${text("authoring.since_version")}>
        <select value=${from} onChange=${(event) => changeQuery({ since: event.target.value })}>
          ${older.map((one) => html`<option value=${one.id} selected=${one.id === from}>${text("authoring.version_n", { n: one.version })}</option>`)}
        </select>
      <//>
      <${ErrorNotice} error=${error} />
      ${answer && html`<${Differences} differences=${answer.differences} document=${document} />`}
    </section>
  `;
}

function Retire({ id, name, close }) {
  const [reason, setReason] = useState("");
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const submit = async (event) => {
    event.preventDefault();
    try {
      await send("POST", `checklists/${id}/retirement`, { reason });
      say(text("authoring.retired", { name }));
      go("#/administration/checklists");
    } catch (refused) {
      setError(refused);
    }
  };
  return html`
    <${Sheet} title=${text("authoring.retire")} close=${close}>
      <form class="sheet-form" onSubmit=${submit}>
        <p class="muted">${text("authoring.retire_lead")}</p>
        <${ErrorNotice} error=${error} />
        <${Field} label=${text("authoring.reason")}><textarea required maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea><//>
        <button class="button" type="submit">${text("authoring.retire")}</button>
      </form>
    <//>
  `;
}
