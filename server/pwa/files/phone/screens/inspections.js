/** Inspections: what is due, what is begun, what was done, and starting one freely. */

import { either, moment, number, text, word } from "../../shared/language.js";
import { Entry, Part, Unsent } from "../parts/entry.js";
import { Icon } from "../../shared/icons.js";
import { Screen } from "../parts/screen.js";
import { may, session } from "../session/session.js";
import { allSeen } from "../storage/records.js";
import { html, useLive } from "../view.js";
import { TaskEntry } from "./inspections/task_entry.js";
import { tasksByTime } from "./today/agenda.js";
import { readAgenda } from "./today/read.js";

const MOST_RECENT = 20;

export default function Inspections() {
  const { database, user } = session();
  const shown = useLive(() => read(database), [database, user.id]);
  const footer = may("capture_records")
    ? html`<a class="button quiet" href="#/findings/new">${text("inspections.finding")}</a><a class="button" href="#/inspections/new"><${Icon} name="plus" /> ${text("inspections.new")}</a>`
    : null;
  return html`<${Screen} title=${text("inspections.title")} footer=${footer}><a class="button quiet" href="#/registers">${text("registers.title")}</a>${shown && html`<${Lists} shown=${shown} />`}<//>`;
}

async function read(database) {
  const [agenda, inspections, findings] = await Promise.all([readAgenda(database), allSeen(database, "inspections"), allSeen(database, "findings")]);
  const byNewest = (one, other) => other.document.captured_at.localeCompare(one.document.captured_at);
  return {
    ...agenda,
    begun: inspections.filter(({ document }) => document.finished_at === null).sort(byNewest),
    recent: inspections.filter(({ document }) => document.finished_at !== null).sort(byNewest).slice(0, MOST_RECENT),
    free: findings.filter(({ document }) => document.source_id === null && document.corrective_action_id == null).sort(byNewest).slice(0, MOST_RECENT),
  };
}

function Lists({ shown }) {
  const { late, today, ahead } = tasksByTime(shown.tasks, new Date());
  const due = [...late, ...today];
  const tasks = (list) => html`<div class="entries">${list.map((task) => html`<${TaskEntry} key=${task.id} task=${task} names=${shown.names} />`)}</div>`;
  const inspections = (list) => html`<div class="entries">${list.map((seen) => html`<${InspectionEntry} key=${seen.id} seen=${seen} shown=${shown} />`)}</div>`;
  const isEmpty = due.length + ahead.length + shown.begun.length + shown.recent.length + shown.free.length === 0;
  return html`
    ${due.length > 0 && html`<${Part} title=${text("inspections.due")} n=${number(due.length)}>${tasks(due)}<//>`}
    ${shown.begun.length > 0 && html`<${Part} title=${text("inspections.begun")} n=${number(shown.begun.length)}>${inspections(shown.begun)}<//>`}
    ${shown.free.length > 0 && html`<${Part} title=${text("inspections.findings")}><div class="entries">${shown.free.map((seen) => html`<${FindingEntry} key=${seen.id} seen=${seen} names=${shown.names} />`)}</div><//>`}
    ${shown.recent.length > 0 && html`<${Part} title=${text("inspections.recent")}>${inspections(shown.recent)}<//>`}
    ${ahead.length > 0 && html`<${Part} title=${text("inspections.ahead")} n=${number(ahead.length)}>${tasks(ahead)}<//>`}
    ${isEmpty && html`<p class="muted empty-text">${text("inspections.empty")}</p>`}
  `;
}

function InspectionEntry({ seen: { id, document, state }, shown }) {
  const checklist = document.checklist ?? shown.checklists.get(document.checklist_id);
  const grade = document.result?.grade?.grade;
  const where = shown.names.get(document.unit_id) ?? document.place_text;
  const badges = html`${grade && html`<span class="tag" data-grade=${grade}>${word("grade", grade)}</span>`}<${Unsent} state=${state} />`;
  return html`<${Entry} href=${`#/inspections/${id}`} icon="inspect" title=${checklist ? either(checklist) : text("inspections.one")} detail=${[where, moment(document.finished_at ?? document.captured_at)].filter(Boolean).join(" · ")} badges=${badges} />`;
}

function FindingEntry({ seen: { id, document, state }, names }) {
  const isGood = document.kind === "good_practice";
  const badges = html`<span class=${isGood ? "tag is-ok" : "tag is-bad"}>${isGood ? text("findings.good") : word("class", document.effective_class ?? document.nonconformity_class)}</span><${Unsent} state=${state} />`;
  return html`<${Entry} href=${`#/findings/${id}`} icon=${isGood ? "check" : "warning"} title=${document.title} detail=${[names.get(document.unit_id) ?? document.place_text, moment(document.captured_at)].filter(Boolean).join(" · ")} badges=${badges} />`;
}
