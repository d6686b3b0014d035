/** A notice: what is asked and until when, what was found, what was done about it, and what is next. */

import { isOverdue } from "../../../rectifying/lifecycle.js";
import { moment, text, word } from "../../../shared/language.js";
import { PhotoField } from "../../parts/photos/photo_field.js";
import { ProblemNotice } from "../../parts/problem.js";
import { Screen } from "../../parts/screen.js";
import { TimeLeft } from "../../parts/time_left.js";
import { say } from "../../../shared/messages.js";
import { session } from "../../session/session.js";
import { now } from "../../storage/ids.js";
import { discardRefused, takeBack } from "../../storage/outbox.js";
import { html, useState } from "../../view.js";
import { FindingCard } from "../findings/finding.js";
import { StepSheet, takeStep } from "./step_sheet.js";
import { Timeline } from "./timeline.js";
import { useNotice } from "./use_notice.js";

// What is offered as a large button under the thumb; the rest stands in the list of further steps.
const MAIN = ["submitted", "verified", "extension_granted", "closed"];
const BESIDE = { verified: "returned", extension_granted: "extension_refused" };
const WITH_DEADLINE = new Set(["open", "returned", "submitted"]);

export default function Notice({ id }) {
  const shown = useNotice(id);
  const [step, setStep] = useState(/** @type {string | null} */ (null));
  const back = "#/actions";
  if (!shown) return html`<${Screen} title=${text("actions.one")} back=${back} />`;
  if (!shown.record) return html`<${Screen} title=${text("actions.one")} back=${back}><p class="muted empty-text">${text("actions.not_here")}</p><//>`;
  const { action, record, findings, names, refused } = shown;
  // Two taps from a message: it, and this. What was said too fast is reopened with a reason.
  const take = (kind) => (kind === "verified" ? void takeStep(action, kind) : setStep(kind));
  return html`
    <${Screen} title=${action.title} subtitle=${action.number ?? action.provisional_number} back=${back} footer=${html`<${Foot} shown=${shown} take=${take} />`}>
      ${record.problem && html`<${ProblemNotice} problem=${record.problem} />`}
      ${refused.map((one) => html`<${Refused} key=${one.id} one=${one} id=${id} />`)}
      <${Facts} action=${action} names=${names} />
      ${findings.length > 0 && html`<h2 class="list-title">${text("actions.findings")}</h2>`}
      ${findings.map((finding) => html`<${FindingCard} key=${finding.id} finding=${finding} names=${names} />`)}
      <h2 class="list-title">${text("actions.steps")}</h2>
      <${Timeline} action=${action} steps=${shown.steps} />
      <${Further} shown=${shown} take=${setStep} />
    <//>
    ${step && html`<${StepSheet} kind=${step} action=${action} close=${() => setStep(null)} />`}
  `;
}

function Facts({ action, names }) {
  const isLate = isOverdue(action, now());
  const rows = [
    [text("actions.kind"), word("notice_kind", action.kind)],
    [text("actions.who"), [names.get(action.unit_id ?? action.supplier_id), action.assignee?.name].filter(Boolean).join(" · ") || "—"],
    [text("actions.issued"), [action.issued_by?.name, moment(action.captured_at)].filter(Boolean).join(" · ")],
    action.requirement && [text("actions.requirement"), action.requirement],
  ].filter(Boolean);
  return html`
    <section class="card notice-facts" data-late=${String(isLate)}>
      <p class="notice-state">
        <span class="tag notice-status" data-status=${action.status}>${word("notice_status", action.status)}</span>
        ${action.nonconformity_class && html`<span class="tag">${word("class", action.nonconformity_class)}</span>`}
        ${action.is_repeat && html`<span class="tag is-bad">${text("actions.repeat")}</span>`}
      </p>
      ${WITH_DEADLINE.has(action.status) &&
      (action.due_at
        ? html`<p class="notice-due"><${TimeLeft} dueAt=${action.due_at} /><span class="muted">${text("actions.due_at", { time: moment(action.due_at) })}</span></p>`
        : html`<p class="muted">${text("actions.due_unknown")}</p>`)}
      ${action.extension && html`<p class="tag">${text("actions.extension_asked", { time: moment(action.extension.due_at) })}</p><p class="small">${action.extension.reason}</p>`}
      <dl class="facts-list">${rows.map(([label, value]) => html`<div key=${label}><dt class="muted small">${label}</dt><dd>${value}</dd></div>`)}</dl>
      ${action.attachment_ids?.length > 0 && html`<${PhotoField} title=${text("findings.photos")} ids=${action.attachment_ids} role="finding" owner=${{ owner_collection: "corrective_actions", owner_id: action.id, site_id: action.site_id }} onTaken=${null} />`}
    </section>
  `;
}

/** A step the server did not take: why, and the way to say it again. */
function Refused({ one, id }) {
  const throwAway = async () => {
    const { database } = session();
    const thrown = await discardRefused(database, "corrective_action_steps", one.id);
    say(text("refused.thrown_away"), { label: text("inspections.undo"), run: () => void takeBack(database, thrown) });
  };
  return html`
    <section class="refused-step">
      <h2 class="list-title">${text("actions.refused", { step: word("step", one.document.kind) })}</h2>
      <${ProblemNotice} problem=${one.problem} />
      ${one.document.kind === "submitted" && html`<a class="button quiet" href=${`#/actions/${id}/fix`}>${text("actions.correct")}</a>`}
      <button class="button quiet" type="button" onClick=${throwAway}>${text("refused.throw_away")}</button>
    </section>
  `;
}

function Foot({ shown: { action, allowed }, take }) {
  const main = MAIN.find((kind) => allowed.includes(kind) && (kind !== "submitted" || !allowed.includes("extension_granted")));
  if (!main) return null;
  if (main === "submitted") return html`<a class="button" href=${`#/actions/${action.id}/fix`}>${text("actions.fix")}</a>`;
  const beside = BESIDE[main];
  return html`
    ${beside && allowed.includes(beside) && html`<button class="button quiet" type="button" onClick=${() => take(beside)}>${word("step", beside)}</button>`}
    <button class="button" type="button" onClick=${() => take(main)}>${word("step", main)}</button>
  `;
}

/** Everything else that may be done with it. */
function Further({ shown: { action, allowed }, take }) {
  const rest = allowed.filter((kind) => kind !== "submitted" && !(kind === "verified" || kind === "returned"));
  const further = rest.filter((kind) => !kind.startsWith("extension_gr") && kind !== "extension_refused" && kind !== "closed");
  if (further.length === 0) return null;
  return html`
    <div class="further">
      ${allowed.includes("extension_granted") && allowed.includes("submitted") && html`<a class="button quiet" href=${`#/actions/${action.id}/fix`}>${text("actions.fix")}</a>`}
      ${further.map((kind) => html`<button class="button quiet" key=${kind} type="button" onClick=${() => take(kind)}>${word("step", kind)}</button>`)}
    </div>
  `;
}
