/** What was done about a notice, step by step, from its issue on. */

import { moment, text, word } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { Thumbnails } from "./findings.js";

/** @param {{action: Record<string, any>, steps: Record<string, any>[]}} properties */
export function Timeline({ action, steps }) {
  return html`
    <section class="card">
      <h3>${text("board.timeline")}</h3>
      <ol class="steps">
        <li data-kind="issued"><${Told} name=${text("board.issued")} who=${action.issued_by.name} at=${action.captured_at} /></li>
        ${steps.map((step) => html`<li key=${step.id} data-kind=${step.kind}><${Step} step=${step} verification=${action.verification} /></li>`)}
      </ol>
    </section>
  `;
}

function Told({ name, who, at }) {
  return html`<p><strong>${name}</strong><br /><span class="muted small">${who} · ${moment(at)}</span></p>`;
}

function Step({ step, verification }) {
  const who = step.answered_by ? text("board.by_link", { name: step.answered_by.name }) : step.created_by?.name;
  const isJudged = verification?.step_id === step.id;
  return html`
    <${Told} name=${word("step_taken", step.kind)} who=${who ?? "—"} at=${step.captured_at} />
    ${step.text && html`<p>${step.text}</p>`}
    ${step.correction && html`<p class="small">${step.correction}</p>`}
    ${step.due_at && html`<p class="small">${text("board.due_then", { time: moment(step.due_at) })}</p>`}
    ${isJudged && verification.is_by_finder && html`<p class="small note">${text("board.by_finder")}</p>`}
    ${isJudged && verification.photos_missing > 0 && html`<p class="small note">${text("board.photos_were_missing", { n: String(verification.photos_missing) })}</p>`}
    <${Thumbnails} ids=${step.attachment_ids} label=${step.kind === "returned" ? text("board.sketch_of") : text("board.photo")} />
  `;
}
