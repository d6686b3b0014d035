/** A line of a register, being written: kept on the phone, and recorded as a whole. */

import { standing, withAnswer } from "../../../inspecting/inspection.js";
import { certificateState, completed, faultsOf, isCleared, newEntry, registerOf, said, sampleOf } from "../../../registers/registers.js";
import { counted, either, moment, text } from "../../../shared/language.js";
import { say } from "../../../shared/messages.js";
import { goInstead } from "../../../shared/router.js";
import { Screen } from "../../parts/screen.js";
import { session } from "../../session/session.js";
import { useDraft } from "../../storage/drafts.js";
import { newId, now, today } from "../../storage/ids.js";
import { capture, erase } from "../../storage/outbox.js";
import { html, useLive } from "../../view.js";
import { InspectionItem } from "../inspections/inspection_item.js";
import { About } from "./about.js";
import { KeptAs } from "../inspections/where.js";
import { mealsOf, readRegisters } from "./read.js";
import { certificateText } from "./words.js";

const BACK = "#/registers";

/** @param {{code: string, site: string, about: string}} properties */
export default function NewEntry({ code, site, about }) {
  const { database } = session();
  const held = useLive(() => readRegisters(database), [database]);
  const checklist = held?.registers.find((one) => one.code === code);
  if (!held || !checklist) return html`<${Screen} title=${text("registers.title")} back=${BACK}>${held && html`<p class="muted empty-text">${text("inspections.no_checklists")}</p>`}<//>`;
  return html`<${Form} held=${held} checklist=${checklist} site=${site} name=${`register/${code}/${site}/${about}`} begin=${() => begun(held, checklist, site, about)} />`;
}

/** @param {{id: string}} properties one the server did not take, to be said again under its own id */
export function EntryAgain({ id }) {
  const { database } = session();
  const held = useLive(() => readRegisters(database), [database]);
  const seen = held?.entries.find((one) => one.id === id);
  const checklist = seen && held?.checklists.get(seen.document.checklist_id);
  if (!held || !seen || !checklist || seen.state !== "rejected") return html`<${Screen} title=${text("registers.title")} back=${BACK} />`;
  return html`<${Form} held=${held} checklist=${checklist} site=${seen.document.site_id} name=${`register/${checklist.code}/${seen.document.site_id}/${id}`} begin=${() => seen.document} isAgain=${true} />`;
}

function begun(held, checklist, siteId, about) {
  const register = registerOf(checklist.code);
  const made = { id: newId(), now: now() };
  const menu = held.menus.find((one) => one.dishes.some((dish) => dish.id === about));
  const meal = menu?.meal ?? (mealsOf(held, siteId).some((one) => one.code === about) ? about : null);
  const task = held.tasks.find((one) => one.id === about) ?? null;
  // A task for several places leaves the choice of the place to whoever is there.
  const place = task?.place_ids.length === 1 ? (held.places.find((one) => one.id === task.place_ids[0]) ?? null) : null;
  const entry = newEntry({ ...made, siteId, checklistId: checklist.id, meal, task, place, staffMemberId: held.staff.some((one) => one.id === about) ? about : null });
  if (register.kind !== "sample_retention") return entry;
  const dish = menu?.dishes.find((one) => one.id === about)?.name ?? null;
  const timed = withAnswer(entry, register.items.retained_at, { value: made.now }, { id: newId(), now: made.now });
  return dish ? withAnswer(timed, register.items.dish, { value: dish }, { id: newId(), now: made.now }) : timed;
}

/** How the draft stands: what follows from it, and what it lacks. */
function stand(draft, template, held) {
  const register = registerOf(template.code);
  const member = held.staff.find((one) => one.id === draft.staff_member_id);
  const certificate = member ? certificateState(member.health_certificates, today()) : null;
  const answers = completed(register, template, draft.id, draft.answers, certificate);
  const judged = standing({ ...draft, answers }, template);
  const duty = register.kind === "morning_check" && certificate ? isCleared(register, judged.entries.map(({ item, outcome }) => ({ outcome: outcome.outcome, item_id: item.id })), certificate) : true;
  const faults = faultsOf(register, draft, answers, judged.failed.length > 0);
  // Whoever may not work today is not sent to work by this phone.
  if (!duty && said(answers, register.items.outcome) === "on_duty") faults.push("duty");
  const missing = judged.missing.filter(({ item }) => item.id !== register.items.valid_until);
  return { register, certificate, judged, duty, sample: sampleOf(register, template, answers), lacks: [...faults, ...missing.map(({ item }) => item.id)] };
}

function Form({ held, checklist, site, name, begin, isAgain = false }) {
  const { database } = session();
  const { draft, change, forget } = useDraft(name, begin);
  if (!draft) return html`<${Screen} title=${either(checklist)} back=${BACK} />`;
  const shown = stand(draft, checklist, held);
  const answer = async (item, changed, photos = []) => {
    // The photo first: a draft that names it would otherwise name what is not there.
    if (photos.length > 0) await capture(database, [], photos);
    // Made from the newest draft: while the photo was written down, another item may have been answered.
    await change((newest) => withAnswer(newest, item.id, changed, { id: newId(), now: now() }));
  };
  const record = async () => {
    await capture(database, [{ collection: "register_entries", document: clientPart(draft) }]);
    await forget();
    goInstead(BACK);
    say(text("registers.recorded"));
  };
  const throwAway = async () => {
    // What was sent once keeps its photos: the entry still names them.
    if (!isAgain) await erase(database, "register_entries", draft.id);
    await forget();
    goInstead(BACK);
  };
  const { judged, lacks, register } = shown;
  const owner = { owner_collection: "register_entries", owner_id: draft.id, site_id: site };
  const items = { inspection: draft, owner, answer, isClosed: false, stand: { earlier: new Map() } };
  const filledIn = [register.items.keep_until, register.items.valid_until];
  return html`
    <${Screen} title=${either(checklist)} back=${BACK} footer=${html`<button class="button" type="button" onClick=${lacks.length > 0 ? () => lead(lacks[0]) : record}>${lacks.length > 0 ? counted("inspections.left", lacks.length) : text("registers.record")}</button>`}>
      <${About} register=${register} draft=${draft} change=${change} held=${held} site=${site} />
      <${KeptAs} template=${checklist} value=${draft.storage_class ?? null} isClosed=${false} onChoose=${(kept) => void change({ storage_class: kept })} />
      <${Said} shown=${shown} />
      <section class="stack">${judged.entries.filter(({ item, isAsked }) => isAsked && !filledIn.includes(item.id)).map((entry) => html`<${InspectionItem} key=${entry.item.id} entry=${entry} shown=${items} />`)}</section>
      ${register.failureNeedsMeasure && judged.failed.length > 0 && html`<label class="labelled" id="item-measure"><span>${text("registers.measure")} *</span><textarea class="field" rows="3" maxlength="1000" value=${draft.measure} onInput=${(event) => void change({ measure: event.target.value })}></textarea></label>`}
      <label class="labelled"><span>${text("inspections.note")}</span><textarea class="field" rows="2" maxlength="1000" value=${draft.note} onInput=${(event) => void change({ note: event.target.value })}></textarea></label>
      <button class="link is-bad" type="button" onClick=${throwAway}>${text("registers.throw_away")}</button>
    <//>
  `;
}

/** What follows from the answers: until when a sample is kept, who may not work today. */
function Said({ shown }) {
  const { register, certificate, duty, sample, lacks } = shown;
  return html`
    ${sample && html`<p class="card">${text("registers.kept_until", { time: moment(sample.discard_from) })}</p>`}
    ${lacks.includes("retained_at") && html`<p class="field-error" id="item-retained_at" role="alert">${text("registers.retained_later")}</p>`}
    ${certificate && html`<p class=${certificate.state === "valid" ? "card" : "card is-bad"}>${certificateText(certificate)}</p>`}
    ${register.kind === "morning_check" && !duty && html`<div class="card notice" id="item-duty" role="alert"><strong>${text("registers.off_duty")}</strong><p>${text("registers.off_duty_what")}</p></div>`}
  `;
}

const OWN = ["received_at", "created_by", "device_id", "checklist", "register", "business_on", "status", "is_ok", "result", "now", "events", "sample", "duty"];
const clientPart = (document) => Object.fromEntries(Object.entries(document).filter(([name]) => !OWN.includes(name)));

function lead(id) {
  const place = document.getElementById(`item-${id}`);
  place?.scrollIntoView({ block: "center" });
  /** @type {HTMLElement | null | undefined} */ (place?.querySelector("button, input, textarea, select"))?.focus({ preventScroll: true });
}
