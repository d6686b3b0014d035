/** One notice on one screen: what was found and asked, what was done, and what is next. */

import { Icon } from "../../shared/icons.js";
import { either, moment, text, word } from "../../shared/language.js";
import { TimeLeft } from "../../shared/time_left.js";
import { html, useEffect, useHeight } from "../../shared/view.js";
import { Badge } from "../parts/badge.js";
import { History } from "../parts/history.js";
import { ErrorNotice } from "../parts/problem.js";
import { siteName } from "../session.js";
import { TONES } from "./action_list.js";
import { AnswerLinks } from "./answer_links.js";
import { Compare } from "./compare.js";
import { Documents } from "./documents.js";
import { Findings } from "./findings.js";
import { AT_ONCE, isPossible } from "./judging.js";
import { again, pendingOf, undo } from "./pending.js";
import { Timeline } from "./timeline.js";

const TIMED = new Set(["open", "returned", "submitted"]);
const MAIN = ["verified", "extension_granted", "closed"];
const BESIDE = { verified: "returned", extension_granted: "extension_refused" };
// Putting it right takes a camera: that is done on the phone.
const ON_THE_PHONE = new Set(["submitted", "acknowledged"]);

/**
 * @param {object} properties
 * @param {any} properties.shown the API's answer
 * @param {string} properties.back
 * @param {(kind: string) => void} properties.take
 */
export function Action({ shown, back, take }) {
  const action = shown.document;
  useEffect(() => {
    document.title = `${action.number} · ${text("app.title")}`;
  }, [action.number]);
  const submission = shown.steps.find((step) => step.id === action.submission?.step_id) ?? null;
  const before = shown.findings.flatMap((finding) => finding.attachment_ids.map((id) => ({ id, who: finding.created_by?.name ?? "" })));
  const after = (submission?.attachment_ids ?? []).map((id) => ({ id, who: submission.answered_by?.name ?? submission.created_by?.name ?? "" }));
  return html`
    <article class="action" aria-label=${action.title}>
      <${Head} shown=${shown} back=${back} />
      <${Taken} action=${action} />
      ${shown.hindrance && html`<p class="card hindrance"><${Icon} name="lock" /> ${either(shown.hindrance)}</p>`}
      ${action.extension && html`<section class="card asked"><h3>${text("board.extension_waits")}</h3><p>${text("board.extension_until", { name: action.extension.name, time: moment(action.extension.due_at) })}</p><p>${action.extension.reason}</p></section>`}
      <${Compare} key=${`${action.id} ${action.submission?.step_id}`} before=${before} after=${after} />
      ${submission && html`<${Submission} step=${submission} isLate=${action.submission.is_late} />`}
      <${Findings} findings=${shown.findings} />
      <${Timeline} action=${action} steps=${shown.steps} />
      <${Documents} action=${action} />
      <${AnswerLinks} action=${action} />
      <${Further} shown=${shown} take=${take} />
      <${Trails} shown=${shown} />
    </article>
    <${Foot} shown=${shown} take=${take} />
  `;
}

function Head({ shown, back }) {
  const action = shown.document;
  const facts = [
    [text("board.responsible"), [shown.responsible_name, action.assignee?.name].filter(Boolean).join(" · ") || "—"],
    [text("board.site"), siteName(action.site_id)],
    [text("board.issued"), `${action.issued_by.name} · ${moment(action.captured_at)}`],
    [text("board.first_deadline"), moment(action.first_due_at)],
    action.due_at !== action.first_due_at && [text("board.deadline_now"), `${moment(action.due_at)}${action.times_extended ? ` · ${text("board.extended", { n: String(action.times_extended) })}` : ""}`],
    action.times_returned > 0 && [text("board.times_returned"), String(action.times_returned)],
    action.requirement && [text("board.requirement"), action.requirement],
  ].filter(Boolean);
  return html`
    <header class="card action-head">
      <div class="action-title">
        <a class="head-back" href=${back} aria-label=${text("back")}><${Icon} name="back" /></a>
        <div><p class="muted small">${action.number} · ${word("notice_kind", action.kind)}</p><h2 tabindex="-1">${action.title}</h2></div>
      </div>
      <p class="action-state">
        <${Badge} tone=${TONES[action.status]}>${word("notice_status", action.status)}<//>
        <span class="tag">${word("class", action.nonconformity_class)}</span>
        ${action.is_repeat && html`<${Badge} tone="bad">${text("board.repeat")}<//>`}
        ${TIMED.has(action.status) && html`<${TimeLeft} dueAt=${action.due_at} />`}
      </p>
      <dl class="action-facts">${facts.map(([label, value]) => html`<div key=${label}><dt class="muted small">${label}</dt><dd>${value}</dd></div>`)}</dl>
    </header>
  `;
}

/** A judgement that waits to be sent, or could not be. */
function Taken({ action }) {
  const taken = pendingOf(action);
  if (!taken || taken.state === "sent") return null;
  if (taken.state === "failed") return html`<${ErrorNotice} error=${taken.error} again=${() => void again(action.id)} />`;
  return html`
    <p class="card taken" role="status">
      <${Icon} name="check" /><span>${word("step_taken", taken.step.kind)} · ${text("board.sent_soon")}</span>
      <button class="button quiet" type="button" disabled=${taken.state === "sending"} onClick=${() => undo(action.id)}>${text("board.undo")}</button>
    </p>
  `;
}

function Submission({ step, isLate }) {
  const said = [
    [text("board.correction"), step.correction],
    [text("board.cause"), step.cause],
    [text("board.prevention"), step.prevention],
  ].filter(([, value]) => value);
  return html`
    <section class="card submission">
      <h3>${text("board.submission")} ${isLate && html`<${Badge} tone="bad">${text("board.late")}<//>`}</h3>
      <dl class="action-facts">${said.map(([label, value]) => html`<div key=${label}><dt class="muted small">${label}</dt><dd>${value}</dd></div>`)}</dl>
      ${step.answered_by && html`<p class="muted small">${text("board.answered_by_link", { name: step.answered_by.name })}</p>`}
    </section>
  `;
}

/** What is decided, under the thumb. */
function Foot({ shown, take }) {
  const foot = useHeight("foot-height");
  const taken = pendingOf(shown.document);
  const isTaken = taken !== null && taken.state !== "failed";
  const main = isTaken ? undefined : MAIN.find((kind) => isPossible(shown, kind));
  if (!main) return html`<div ref=${foot}></div>`;
  const beside = BESIDE[main];
  return html`
    <div class="action-foot" ref=${foot}>
      ${beside && isPossible(shown, beside) && html`<button class="button quiet" type="button" onClick=${() => take(beside)}>${word("step", beside)}</button>`}
      <button class="button" type="button" onClick=${() => take(main)}>${word("step", main)}</button>
    </div>
  `;
}

/** What the audit log says of the notice and of each of its findings. */
function Trails({ shown: { document: action, findings, steps } }) {
  const people = [action.issued_by, action.assignee, ...[...steps, ...findings].map((one) => one.created_by)];
  return html`
    <${History} collection="corrective_actions" id=${action.id} people=${people} />
    ${findings.map((finding) => html`<${History} key=${finding.id} collection="findings" id=${finding.id} of=${finding.title} people=${people} />`)}
  `;
}

function Further({ shown, take }) {
  const main = MAIN.find((kind) => isPossible(shown, kind));
  const below = new Set([main, main && BESIDE[main]]);
  const rest = shown.possible_steps.filter((kind) => !ON_THE_PHONE.has(kind) && !below.has(kind));
  if (rest.length === 0) return null;
  return html`
    <section class="card further" aria-label=${text("board.further")}>
      ${rest.map((kind) => html`<button class="button quiet" key=${kind} type="button" onClick=${() => take(kind)}>${word("step", kind)}${AT_ONCE.has(kind) ? "" : "…"}</button>`)}
    </section>
  `;
}
