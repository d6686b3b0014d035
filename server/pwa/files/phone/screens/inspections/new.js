/** Beginning an inspection: for a task, or freely with a checklist and a place. */

import { newInspection } from "../../../inspecting/inspection.js";
import { checklistInForce } from "../../../receiving/basis.js";
import { either, moment, text } from "../../../shared/language.js";
import { Icon } from "../../../shared/icons.js";
import { Screen } from "../../parts/screen.js";
import { TimeLeft } from "../../parts/time_left.js";
import { goInstead } from "../../../shared/router.js";
import { session } from "../../session/session.js";
import { newId, now, today } from "../../storage/ids.js";
import { capture } from "../../storage/outbox.js";
import { allSeen, documents } from "../../storage/records.js";
import { html, useLive, useState } from "../../view.js";
import { keptAt, WherePicker } from "./where.js";

const FREE_KINDS = new Set(["inspection", "survey"]);

/** @param {{task?: string}} properties */
export default function NewInspection({ task = "" }) {
  const { database } = session();
  const shown = useLive(() => read(database), [database]);
  const [where, setWhere] = useState(/** @type {any} */ (null));
  if (!shown) return html`<${Screen} title=${text("inspections.new")} back="#/inspections" />`;
  if (task) return html`<${ForTask} task=${shown.tasks.find((one) => one.id === task)} shown=${shown} />`;
  const site = where?.site_id ?? shown.sites[0]?.id;
  const offered = latest(shown.checklists).filter((one) => FREE_KINDS.has(one.kind));
  return html`
    <${Screen} title=${text("inspections.new")} back="#/inspections">
      <${WherePicker} sites=${shown.sites} units=${shown.units} places=${shown.places} value=${where ?? { site_id: site, unit_id: null, place_id: null, place_text: "" }} onChange=${setWhere} />
      <h2 class="list-title">${text("inspections.which")}</h2>
      <div class="entries">
        ${offered.map(
          (checklist) => html`
            <button class="entry" key=${checklist.id} type="button" onClick=${() => begin({ checklistId: checklist?.id, siteId: site, unitId: where?.unit_id, placeId: where?.place_id, placeText: where?.place_text, storageClass: keptAt(shown.places, where?.place_id) })}>
              <span class="entry-icon"><${Icon} name="inspect" /></span>
              <span class="entry-text"><strong>${either(checklist)}</strong>${checklist.frequency && html`<span class="muted small">${either(checklist.frequency)}</span>`}</span>
              <${Icon} name="chevron" />
            </button>
          `,
        )}
      </div>
      ${offered.length === 0 && html`<p class="muted empty-text">${text("inspections.no_checklists")}</p>`}
    <//>
  `;
}

function ForTask({ task, shown }) {
  const back = "#/inspections";
  if (!task) return html`<${Screen} title=${text("inspections.task")} back=${back}><p class="muted empty-text">${text("inspections.task_gone")}</p><//>`;
  const begun = begunFor(task, shown);
  const checklist = checklistInForce(shown.checklists, task.checklist_code, today());
  const unit = shown.units.find((one) => one.id === task.unit_id);
  const places = shown.places.filter((one) => task.place_ids.includes(one.id));
  const start = (placeId) => begin({ checklistId: checklist?.id, siteId: task.site_id, taskId: task.id, unitId: task.unit_id, placeId, placeText: "", storageClass: keptAt(places, placeId) });
  const isOpen = task.status === "open" && checklist;
  const footer = begun
    ? html`<a class="button" href=${begun}>${text("inspections.continue")}</a>`
    : isOpen && checklist.kind === "record" ? html`<a class="button" href=${`#/registers/${checklist.code}/new/${task.site_id}/${task.id}`}>${text("inspections.fill_in")}</a>`
    : isOpen && places.length < 2 && html`<button class="button" type="button" onClick=${() => start(places[0]?.id ?? null)}>${text("inspections.start")}</button>`;
  return html`
    <${Screen} title=${task.title} subtitle=${unit?.name} back=${back} footer=${footer}>
      <section class="card facts">
        <p><strong>${checklist ? either(checklist) : task.checklist_code}</strong></p>
        <p>${task.status === "open" && html`<${TimeLeft} dueAt=${task.due_at} />`} <span class="muted">${moment(task.due_at)}</span></p>
        ${task.is_unannounced && html`<p><span class="tag">${text("inspections.unannounced")}</span></p>`}
        ${task.status === "done" && html`<p class="is-ok">${text("inspections.task_done")}</p>`}
        ${!checklist && html`<p class="is-bad">${text("inspections.no_checklists")}</p>`}
      </section>
      ${isOpen && !begun && checklist.kind !== "record" && places.length > 1 && html`
        <h2 class="list-title">${text("inspections.where")}</h2>
        <div class="entries">${places.map((place) => html`<button class="entry" key=${place.id} type="button" onClick=${() => start(place.id)}><span class="entry-text"><strong>${place.name}</strong></span><${Icon} name="chevron" /></button>`)}</div>
      `}
    <//>
  `;
}

/** Where what was made for the task is: an inspection, or a line of a register. */
function begunFor(task, { inspections, entries }) {
  const isFor = ({ id, document }) => document.task_id === task.id || id === task.inspection_id;
  const [inspection, entry] = [inspections.find(isFor), entries.find(isFor)];
  if (inspection) return `#/inspections/${inspection.id}`;
  return entry ? `#/registers/entries/${entry.id}` : null;
}

async function read(database) {
  const { user } = session();
  const mine = new Set(user.sites.map((site) => site.site_id));
  const [checklists, units, places, tasks, inspections, entries] = await Promise.all([
    documents(database, "checklists"),
    documents(database, "units"),
    documents(database, "places"),
    documents(database, "inspection_tasks"),
    allSeen(database, "inspections"),
    allSeen(database, "register_entries"),
  ]);
  const isInUse = (one) => one.is_active && mine.has(one.site_id);
  return { checklists, tasks, inspections, entries, units: units.filter(isInUse), places: places.filter(isInUse), sites: user.sites.map((site) => ({ id: site.site_id, name: site.site_name })) };
}

/** The version of each checklist that is in force today. */
function latest(checklists) {
  const codes = [...new Set(checklists.map((one) => one.code))];
  return codes.map((code) => checklistInForce(checklists, code, today())).filter((one) => one !== null);
}

async function begin(facts) {
  const id = newId();
  await capture(session().database, [{ collection: "inspections", document: newInspection({ id, now: now(), ...facts }) }]);
  goInstead(`#/inspections/${id}`);
}
