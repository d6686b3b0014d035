/** A line of a register as it stands: its answers, what happened to it, and what may still happen. */

import { registerOf, sampleOf } from "../../../registers/registers.js";
import { standing } from "../../../inspecting/inspection.js";
import { either, moment, text, word } from "../../../shared/language.js";
import { say } from "../../../shared/messages.js";
import { goInstead } from "../../../shared/router.js";
import { Sheet } from "../../../shared/sheet.js";
import { ProblemNotice } from "../../parts/problem.js";
import { Screen } from "../../parts/screen.js";
import { may, session } from "../../session/session.js";
import { newId, now } from "../../storage/ids.js";
import { capture, discardRefused, takeBack } from "../../storage/outbox.js";
import { html, useLive, useState } from "../../view.js";
import { InspectionItem } from "../inspections/inspection_item.js";
import { answersOf, readRegisters } from "./read.js";
import { aboutText } from "./words.js";

const BACK = "#/registers";

/** @param {{id: string}} properties */
export default function RegisterEntryScreen({ id }) {
  const { database } = session();
  const held = useLive(() => readRegisters(database), [database]);
  const seen = held?.entries.find((one) => one.id === id);
  const template = seen && held?.checklists.get(seen.document.checklist_id);
  if (!held || !seen || !template) return html`<${Screen} title=${text("registers.title")} back=${BACK}>${held && html`<p class="muted empty-text">${text("registers.not_here")}</p>`}<//>`;
  return html`<${Shown} seen=${seen} template=${template} held=${held} />`;
}

function Shown({ seen, template, held }) {
  const { document, standing: stood, problem, state } = seen;
  const register = registerOf(template.code);
  const answers = answersOf(document, template, held.staff);
  const judged = standing({ ...document, answers }, template);
  const sample = sampleOf(register, template, answers);
  const [step, setStep] = useState(/** @type {string | null} */ (null));
  const closed = { inspection: document, owner: null, answer: () => {}, isClosed: true, stand: { earlier: new Map() } };
  const measure = document.now?.measure ?? document.measure;
  return html`
    <${Screen} title=${either(template)} subtitle=${aboutText(document, register, held.names)} back=${BACK}>
      ${problem && html`<${ProblemNotice} problem=${problem} />`}
      ${state === "rejected" && html`<${Refused} seen=${seen} />`}
      <section class="card facts">
        <p>${moment(document.captured_at)} · ${document.created_by?.name ?? session().user.display_name}</p>
        ${sample && html`<p>${text("registers.kept_until", { time: moment(sample.discard_from) })}</p>`}
        ${document.duty && !document.duty.is_cleared && html`<p class="is-bad">${document.duty.reasons.map(either).join(text("app.separator"))}</p>`}
        ${measure && html`<p>${text("registers.measure")}：${measure}</p>`}
        ${document.note && html`<p>${document.note}</p>`}
      </section>
      ${stood.events.length > 0 && html`<ul class="card register-events">${stood.events.map((event) => html`<li key=${event.id}><strong>${word("register_event", event.kind)}</strong> <span class="muted small">${moment(event.captured_at)}</span><p>${event.reason}</p></li>`)}</ul>`}
      ${state !== "rejected" && !stood.voided && judged.failed.length > 0 && may("capture_records") && html`<${Report} entry=${document} findings=${held.findings} />`}
      ${state !== "rejected" && may("capture_records") && html`<${Steps} stood=${stood} sample=${sample} choose=${setStep} />`}
      <section class="stack">${judged.entries.filter(({ isAsked, answer }) => isAsked && answer).map((entry) => html`<${InspectionItem} key=${entry.item.id} entry=${entry} shown=${closed} />`)}</section>
    <//>
    ${step && html`<${EventSheet} kind=${step} entry=${document} close=${() => setStep(null)} />`}
  `;
}

/** What failed may become a finding, and so come onto a notice. */
function Report({ entry, findings }) {
  const finding = findings.find((one) => one.source_id === entry.id);
  if (finding) return html`<a class="button quiet" href=${`#/findings/${finding.id}`}>${text("registers.finding")}</a>`;
  return html`<a class="button quiet" href=${`#/findings/of/${entry.id}`}>${text("registers.report")}</a>`;
}

/** The server did not record it: it may be put right, or thrown away, and that taken back. */
function Refused({ seen }) {
  const throwAway = async () => {
    const { database } = session();
    const thrown = await discardRefused(database, "register_entries", seen.id);
    goInstead(BACK);
    say(text("refused.thrown_away"), { label: text("inspections.undo"), run: () => void takeBack(database, thrown) });
  };
  return html`<div class="pair"><button class="button quiet is-bad" type="button" onClick=${throwAway}>${text("refused.throw_away")}</button><a class="button" href=${`#/registers/entries/${seen.id}/again`}>${text("registers.again")}</a></div>`;
}

function Steps({ stood, sample, choose }) {
  if (stood.voided) return null;
  const isKept = sample && !stood.discarded;
  const isTooEarly = sample && Date.parse(sample.discard_from) > Date.now();
  return html`
    <section class="stack">
      ${isKept && html`<button class="button" type="button" disabled=${isTooEarly || stood.isHeld} onClick=${() => choose("discard")}>${isTooEarly ? text("registers.discard_from", { time: moment(sample.discard_from) }) : word("register_event", "discard")}</button>`}
      <div class="pair">
        ${isKept && !stood.isHeld && html`<button class="button quiet" type="button" onClick=${() => choose("hold")}>${word("register_event", "hold")}</button>`}
        ${isKept && stood.isHeld && may("verify_corrective_action") && html`<button class="button quiet" type="button" onClick=${() => choose("release")}>${word("register_event", "release")}</button>`}
        <button class="button quiet" type="button" onClick=${() => choose("correction")}>${text("registers.correct_measure")}</button>
        <button class="button quiet is-bad" type="button" onClick=${() => choose("void")}>${word("register_event", "void")}</button>
      </div>
    </section>
  `;
}

function EventSheet({ kind, entry, close }) {
  const [reason, setReason] = useState("");
  const [measure, setMeasure] = useState(entry.now?.measure ?? entry.measure);
  const isReady = kind === "discard" || (reason.trim() && (kind !== "correction" || measure.trim()));
  const take = async () => {
    const at = now();
    const document = {
      id: newId(), site_id: entry.site_id, register_entry_id: entry.id, kind, reason: reason.trim(), answers: [],
      measure: kind === "correction" ? measure.trim() : null, discarded_at: kind === "discard" ? at : null, attachment_ids: [], captured_at: at, entered_at: at,
    };
    await capture(session().database, [{ collection: "register_entry_events", document }]);
    close();
    say(text("registers.recorded"));
  };
  return html`
    <${Sheet} title=${word("register_event", kind)} close=${close}>
      ${kind === "correction" && html`<label class="labelled"><span>${text("registers.measure")}</span><textarea class="field" rows="3" maxlength="1000" value=${measure} onInput=${(event) => setMeasure(event.target.value)}></textarea></label>`}
      <label class="labelled"><span>${text("actions.why")}${kind === "discard" ? "" : " *"}</span><textarea class="field" rows="2" maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea></label>
      <button class=${kind === "void" ? "button is-bad" : "button"} type="button" disabled=${!isReady} onClick=${take}>${word("register_event", kind)}</button>
    <//>
  `;
}
