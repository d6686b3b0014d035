/** What was done about a notice, step by step, from its issue on. */

import { moment, text, word } from "../../../shared/language.js";
import { Unsent } from "../../parts/entry.js";
import { PhotoField } from "../../parts/photos/photo_field.js";
import { session } from "../../session/session.js";
import { html } from "../../view.js";

/** @param {{action: Record<string, any>, steps: import("../../storage/records.js").Seen[]}} properties */
export function Timeline({ action, steps }) {
  return html`
    <ol class="timeline">
      <li data-kind="issued"><${Head} name=${text("actions.issued_step")} who=${action.issued_by?.name ?? session().user.display_name} at=${action.captured_at} /></li>
      ${steps.map((seen) => html`<li key=${seen.id} data-kind=${seen.document.kind}><${Step} seen=${seen} /></li>`)}
    </ol>
  `;
}

function Head({ name, who, at, state = "safe" }) {
  return html`<p class="step-head"><strong>${name}</strong> <${Unsent} state=${state} /><br /><span class="muted small">${who} · ${moment(at)}</span></p>`;
}

function Step({ seen: { document, state } }) {
  const said = [
    [text("actions.cause"), document.cause],
    [text("actions.correction"), document.correction],
    [text("actions.prevention"), document.prevention],
  ].filter(([, value]) => value);
  return html`
    <${Head} name=${word("step_taken", document.kind)} who=${document.created_by?.name ?? session().user.display_name} at=${document.captured_at} state=${state} />
    ${document.text && html`<p>${document.text}</p>`}
    ${said.map(([label, value]) => html`<p key=${label}><span class="muted small">${label}</span><br />${value}</p>`)}
    ${document.due_at && html`<p class="small">${text("actions.due_at", { time: moment(document.due_at) })}</p>`}
    ${document.attachment_ids.length > 0 && html`<${PhotoField} title=${text("actions.after")} ids=${document.attachment_ids} role="after" owner=${{ owner_collection: "corrective_action_steps", owner_id: document.id, site_id: document.site_id }} onTaken=${null} />`}
  `;
}
