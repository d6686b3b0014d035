/** Every checklist in force, and the drafts of what comes next. */

import { day, either, moment, text, word } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { go } from "../../shared/router.js";
import { send } from "../api.js";
import { Page } from "../parts/page.js";
import { ErrorNotice } from "../parts/problem.js";
import { Table } from "../parts/table.js";
import { may } from "../session.js";
import { html, useAnswer, useState } from "../view.js";

export default function ChecklistList() {
  const isWriter = may("write_master_data");
  const { answer, error, isLoading, again } = useAnswer("checklists");
  const drafts = useAnswer(isWriter ? "checklist-drafts" : null);
  const offered = useAnswer(isWriter ? "default-checklists" : null);
  const [refused, setRefused] = useState(/** @type {unknown} */ (null));
  const begin = async () => {
    try {
      const draft = await send("POST", "checklist-drafts", { id: crypto.randomUUID(), content: freshContent() });
      go(`#/administration/checklist-drafts/${draft.id}`);
    } catch (problem) {
      setRefused(problem);
    }
  };
  const actions = isWriter && html`
    <a class="button quiet" href="#/administration/checklists/unconfirmed">${text("authoring.unconfirmed_list")}</a>
    <a class="button quiet" href="#/administration/checklist-import">${text("authoring.import")}</a>
    <button class="button" type="button" onClick=${() => void begin()}>${text("authoring.new")}</button>
  `;
  const checklists = (answer?.checklists ?? []).map(({ document }) => document);
  return html`
    <${Page} title=${text("authoring.title")} lead=${text("authoring.lead")} back="#/administration" actions=${actions} error=${error ?? drafts.error} again=${again} isLoading=${isLoading && !answer}>
      <${ErrorNotice} error=${refused} />
      ${(drafts.answer?.drafts ?? []).length > 0 &&
      html`<h3>${text("authoring.drafts")}</h3><${Table} label=${text("authoring.drafts")} rows=${drafts.answer.drafts} hrefOf=${({ id }) => `#/administration/checklist-drafts/${id}`} columns=${[
        { title: text("authoring.code"), isName: true, shown: ({ code }) => code },
        { title: text("authoring.based_on"), shown: ({ based_on: base }) => versionOf(base, checklists) },
        { title: text("authoring.updated_at"), shown: ({ updated_at: at }) => moment(at) },
      ]} />`}
      <${Offered} offered=${offered.answer?.default_checklists ?? []} taken=${() => (again(), offered.again())} refuse=${setRefused} />
      ${answer &&
      html`<h3>${text("authoring.in_force")}</h3><${Table} label=${text("authoring.in_force")} rows=${checklists} hrefOf=${({ id }) => `#/administration/checklists/${id}`} columns=${[
        { title: text("authoring.name"), isName: true, shown: either },
        { title: text("authoring.code"), shown: ({ code }) => code },
        { title: text("authoring.kind"), shown: ({ kind }) => word("checklist_kind", kind) },
        { title: text("authoring.version"), kind: "number", shown: ({ version }) => version },
        { title: text("authoring.in_force_from"), shown: ({ valid_from: from }) => (from ? day(from) : text("authoring.since_ever")) },
        { title: text("authoring.item_count"), kind: "number", shown: ({ items, head_items: head = [] }) => items.length + head.length },
      ]} />`}
    <//>
  `;
}

/** Checklists of the product that this organisation does not have, such as those of a new release. */
function Offered({ offered, taken, refuse }) {
  if (offered.length === 0) return null;
  const take = async (code) => {
    try {
      await send("POST", "default-checklists", { code });
      say(text("authoring.taken_over"));
      taken();
    } catch (problem) {
      refuse(problem);
    }
  };
  return html`
    <h3>${text("authoring.offered")}</h3>
    <p class="muted">${text("authoring.offered_lead")}</p>
    <${Table} label=${text("authoring.offered")} rows=${offered.map((one) => ({ ...one, id: one.code }))} columns=${[
      { title: text("authoring.name"), isName: true, shown: either },
      { title: text("authoring.code"), shown: ({ code }) => code },
      { title: text("authoring.kind"), shown: ({ kind }) => word("checklist_kind", kind) },
      { title: text("authoring.item_count"), kind: "number", shown: ({ item_count: count }) => count },
      { title: text("authoring.take_over"), shown: ({ code, zh, en }) => html`<button class="button quiet" type="button" aria-label=${`${text("authoring.take_over")} ${either({ zh, en })}`} onClick=${() => void take(code)}>${text("authoring.take_over")}</button>` },
    ]} />
  `;
}

function versionOf(id, checklists) {
  if (id === null) return text("authoring.no_version");
  const found = checklists.find((one) => one.id === id);
  return found ? text("authoring.version_n", { n: found.version }) : "—";
}

/** The least that can be kept: a new inspection with one thing to look at. */
function freshContent() {
  const stamp = new Date().toISOString().slice(2, 16).replaceAll(/\D/g, "");
  return {
    code: `INS-${stamp}`,
    kind: "inspection",
    zh: "新检查表",
    en: "New checklist",
    items: [{ id: "N01", zh: "新项目", en: "New item", type: "check", nonconformity_class: "C", photo: "on_failure" }],
    grading: { method: "classes", pass: { A: 0, B: 0, C: 2 }, basic: { A: 0, B: 2, C: 4 } },
  };
}
