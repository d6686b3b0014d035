/** Issuing a notice on site: which findings of one unit, what is asked, and until when. */

import { findingId } from "../../../inspecting/finding_ids.js";
import { isFinished, standing } from "../../../inspecting/inspection.js";
import { DEFAULT_DEADLINES, strictestClass } from "../../../rectifying/deadlines.js";
import { deviceId } from "../../../shared/device.js";
import { counted, day, either, text, word } from "../../../shared/language.js";
import { Choice } from "../../parts/choice.js";
import { say } from "../../../shared/messages.js";
import { Screen } from "../../parts/screen.js";
import { goInstead } from "../../../shared/router.js";
import { may, session } from "../../session/session.js";
import { readState, writeState } from "../../storage/database.js";
import { newId, now } from "../../storage/ids.js";
import { capture } from "../../storage/outbox.js";
import { documents } from "../../storage/records.js";
import { html, useLive, useState } from "../../view.js";
import { Select } from "../inspections/where.js";
import { newNotice, openByUnit } from "./notice_documents.js";

const WORKING_ROLES = new Set(["inspector", "quality", "manager", "admin"]);
const DEADLINES = ["at_once", "before_next_meal", "today", "three_days", "ten_working_days"];

/** @param {{inspection?: string}} properties only what this inspection found */
export default function NewNotice({ inspection = "" }) {
  const { database } = session();
  const shown = useLive(() => read(database, inspection), [database, inspection]);
  const [group, setGroup] = useState(/** @type {string | null} */ (null));
  const back = inspection ? `#/inspections/${inspection}` : "#/actions";
  if (!shown) return html`<${Screen} title=${text("notices.new")} back=${back} />`;
  const chosen = shown.groups.find((one) => one.key === group) ?? (shown.groups.length === 1 ? shown.groups[0] : null);
  if (chosen) return html`<${Form} key=${chosen.key} group=${chosen} shown=${shown} back=${back} />`;
  return html`
    <${Screen} title=${text("notices.new")} back=${back}>
      ${shown.groups.length === 0 && html`<p class="muted empty-text">${text("notices.no_findings")}</p><a class="button quiet" href="#/findings/new">${text("inspections.finding")}</a>`}
      <div class="entries">
        ${shown.groups.map((one) => html`<button class="entry" key=${one.key} type="button" onClick=${() => setGroup(one.key)}><span class="entry-text"><strong>${nameOf(one, shown)}</strong><span class="muted small">${counted("notices.findings", one.findings.length)}</span></span></button>`)}
      </div>
    <//>
  `;
}

const nameOf = (group, shown) => shown.names.get(group.supplier_id ?? group.unit_id) ?? text("notices.nobody");

function Form({ group, shown, back }) {
  const { database } = session();
  const [chosen, setChosen] = useState(() => new Set(group.findings.map((finding) => finding.id)));
  const [said, setSaid] = useState({ kind: "written_notice", title: "", requirement: "", deadline: "", unit_id: group.unit_id, assignee: "" });
  const findings = group.findings.filter((finding) => chosen.has(finding.id));
  const gravest = findings.length > 0 ? strictestClass(findings.map((finding) => finding.effective_class ?? finding.nonconformity_class)) : null;
  const needsUnit = !group.supplier_id && !said.unit_id;
  const change = (changed) => setSaid({ ...said, ...changed });
  const issue = async () => {
    const id = newId();
    const title = said.title.trim() || titleOf(findings);
    const notice = newNotice({ id, siteId: findings[0].site_id, kind: said.kind, number: await provisionalNumber(database), findings, title, requirement: said.requirement, deadline: said.deadline || null, assigneeId: said.assignee || null, now: now() });
    const document = group.supplier_id ? notice : { ...notice, unit_id: said.unit_id };
    await capture(database, [{ collection: "corrective_actions", document }]);
    goInstead(`#/actions/${id}`);
    say(text("notices.issued"));
  };
  const toggle = (id) => setChosen((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  const footer = html`<button class="button" type="button" disabled=${findings.length === 0 || needsUnit} onClick=${issue}>${needsUnit ? text("notices.say_unit") : text("notices.issue")}</button>`;
  return html`
    <${Screen} title=${text("notices.new")} subtitle=${nameOf(group, shown)} back=${back} footer=${footer}>
      <section class="card stack">
        <h2 class="list-title">${counted("notices.findings", findings.length)}</h2>
        ${group.findings.map((finding) => html`<label class="tick" key=${finding.id}><input type="checkbox" checked=${chosen.has(finding.id)} onChange=${() => toggle(finding.id)} /><span class="item-class" data-class=${finding.nonconformity_class}>${finding.nonconformity_class}</span><span>${finding.title}<br /><span class="muted small">${day(finding.captured_at.slice(0, 10))}</span></span></label>`)}
      </section>
      <section class="card stack">
        ${!group.supplier_id && !group.unit_id && html`<${Select} label=${text("where.unit")} value=${said.unit_id} options=${shown.units} isOptional=${true} onChoose=${(unit) => change({ unit_id: unit })} />`}
        ${may("issue_rectification_order") && html`<${Choice} label=${text("notices.kind")} options=${["written_notice", "rectification_order"].map((kind) => ({ value: kind, label: word("notice_kind", kind) }))} value=${said.kind} onChoose=${(kind) => change({ kind })} />`}
        <label class="labelled"><span>${text("notices.title")}</span><input class="field" type="text" maxlength="200" placeholder=${titleOf(findings)} value=${said.title} onInput=${(event) => change({ title: event.target.value })} /></label>
        <label class="labelled"><span>${text("notices.requirement")}</span><textarea class="field" rows="3" maxlength="4000" value=${said.requirement} onInput=${(event) => change({ requirement: event.target.value })}></textarea></label>
        <label class="labelled"><span>${text("notices.deadline")}</span>
          <select class="field" value=${said.deadline} onChange=${(event) => change({ deadline: event.target.value })}>
            <option value="">${gravest ? text("notices.by_class", { name: gravest, deadline: word("deadline", DEFAULT_DEADLINES[gravest]) }) : "—"}</option>
            ${DEADLINES.map((deadline) => html`<option key=${deadline} value=${deadline}>${word("deadline", deadline)}</option>`)}
          </select></label>
        ${shown.people.length > 0 && html`<${Select} label=${text("notices.assignee")} value=${said.assignee || null} options=${shown.people} isOptional=${true} onChoose=${(id) => change({ assignee: id ?? "" })} />`}
        ${!group.supplier_id && html`<p class="muted small">${text("notices.head_of_unit")}</p>`}
      </section>
    <//>
  `;
}

function titleOf(findings) {
  if (findings.length === 0) return "";
  const first = findings[0].title.slice(0, 60);
  return findings.length === 1 ? first : text("notices.and_more", { title: first, n: String(findings.length) });
}

async function read(database, inspectionId) {
  const { user } = session();
  const mine = new Set(user.sites.map((site) => site.site_id));
  const [findings, inspections, checklists, units, suppliers, actions, members] = await Promise.all(
    ["findings", "inspections", "checklists", "units", "suppliers", "corrective_actions", "site_members"].map((collection) => documents(database, collection)),
  );
  const named = new Set(actions.flatMap((action) => (action.status === "withdrawn" ? [] : action.finding_ids)));
  const known = new Set(findings.map((finding) => finding.id));
  const coming = inspections.flatMap((inspection) => findingsToCome(inspection, checklists)).filter((finding) => !known.has(finding.id));
  const all = [...findings, ...coming].filter((finding) => mine.has(finding.site_id) && !named.has(finding.id) && (!inspectionId || finding.source_id === inspectionId));
  const people = new Map(members.filter((member) => member.is_active && WORKING_ROLES.has(member.role) && (member.site_id === null || mine.has(member.site_id))).map((member) => [member.user_id, { id: member.user_id, name: member.display_name }]));
  return { groups: openByUnit(all), units: units.filter((unit) => unit.is_active && mine.has(unit.site_id)), names: new Map([...units, ...suppliers].map((one) => [one.id, one.name])), people: [...people.values()] };
}

/** What a finished inspection that the server has not seen will be found to have found. */
function findingsToCome(inspection, checklists) {
  if (!isFinished(inspection) || (inspection.finding_ids ?? []).length > 0) return [];
  const template = checklists.find((one) => one.id === inspection.checklist_id);
  if (!template) return [];
  return standing(inspection, template).failed.map(({ item, answer }) => ({
    id: findingId(inspection.id, item.id),
    kind: "nonconformity",
    title: either(item),
    nonconformity_class: item.nonconformity_class,
    site_id: inspection.site_id,
    unit_id: inspection.unit_id,
    supplier_id: null,
    source_id: inspection.id,
    captured_at: answer?.captured_at ?? inspection.captured_at,
  }));
}

// Counted on this phone, and told apart from other phones' by a part of its id.
async function provisionalNumber(database) {
  const count = ((await readState(database, "notices_issued")) ?? 0) + 1;
  await writeState(database, "notices_issued", count);
  return `T${deviceId().slice(-4).toUpperCase()}-${String(count).padStart(4, "0")}`;
}
