/** A step on a notice that needs at most a reason and a time: verify, return, extend, remark … */

import { NEEDS_TEXT } from "../../../rectifying/lifecycle.js";
import { moment, text, word } from "../../../shared/language.js";
import { say } from "../../../shared/messages.js";
import { Sheet } from "../../../shared/sheet.js";
import { session } from "../../session/session.js";
import { useDraft } from "../../storage/drafts.js";
import { newId, now } from "../../storage/ids.js";
import { capture } from "../../storage/outbox.js";
import { documents } from "../../storage/records.js";
import { html, useLive } from "../../view.js";
import { Select } from "../inspections/where.js";
import { newStep } from "./notice_documents.js";

const WITH_TIME = new Set(["extension_asked"]);
const MAY_HAVE_TIME = new Set(["returned", "reopened", "extension_granted"]);
const GRAVE = new Set(["returned", "withdrawn", "extension_refused"]);

/** @param {Record<string, any>} action @param {string} kind @param {Record<string, any>} [said] */
export async function takeStep(action, kind, said = {}) {
  const document = newStep({ id: newId(), action, kind, now: now() }, said);
  await capture(session().database, [{ collection: "corrective_action_steps", document }]);
  say(text("actions.taken", { step: word("step", kind) }));
}

/** @param {{kind: string, action: Record<string, any>, close: () => void}} properties */
export function StepSheet({ kind, action, close }) {
  const { draft, change, forget } = useDraft(`step/${action.id}/${kind}`, () => ({ text: "", due: "", assignee: null }));
  if (!draft) return null;
  const dueAt = draft.due ? new Date(draft.due).toISOString() : null;
  const needsText = NEEDS_TEXT.includes(kind);
  const lacksText = needsText && !draft.text.trim();
  const isTooEarly = kind === "extension_asked" ? dueAt !== null && dueAt <= action.due_at : dueAt !== null && dueAt <= now();
  const isReady = !lacksText && !isTooEarly && (kind !== "reassigned" || draft.assignee) && (!WITH_TIME.has(kind) || dueAt !== null);
  const take = async () => {
    await takeStep(action, kind, { text: draft.text.trim(), due_at: dueAt, ...(kind === "reassigned" && { assignee_user_id: draft.assignee }) });
    await forget();
    close();
  };
  return html`
    <${Sheet} title=${word("step", kind)} close=${close}>
      ${kind === "reassigned" && html`<${Assignee} action=${action} value=${draft.assignee} choose=${(assignee) => void change({ assignee })} />`}
      <label class="labelled"><span>${needsText ? text("actions.why") : text("actions.words")}</span>
        <textarea class="field" rows="3" maxlength="4000" value=${draft.text} onInput=${(event) => void change({ text: event.target.value })}></textarea></label>
      ${(WITH_TIME.has(kind) || MAY_HAVE_TIME.has(kind)) && html`<label class="labelled"><span>${WITH_TIME.has(kind) ? text("actions.until") : text("actions.new_deadline")}</span><input class="field" type="datetime-local" value=${draft.due} onInput=${(event) => void change({ due: event.target.value })} /></label>`}
      ${isTooEarly && html`<p class="field-error" role="alert">${text("actions.too_early", { time: moment(kind === "extension_asked" ? action.due_at : now()) })}</p>`}
      <button class=${GRAVE.has(kind) ? "button is-bad" : "button"} type="button" disabled=${!isReady} onClick=${take}>${lacksText ? text("actions.say_why") : word("step", kind)}</button>
    <//>
  `;
}

/** Whom it is given to: anybody who works at the site, but who has it now. */
function Assignee({ action, value, choose }) {
  const { database } = session();
  const members = useLive(() => documents(database, "site_members"), [database]) ?? [];
  const people = members.filter((one) => one.site_id === action.site_id && one.user_id !== action.assignee?.user_id).map((one) => ({ id: one.user_id, name: one.display_name }));
  return html`<${Select} label=${text("actions.to_whom")} value=${value} options=${people} isOptional=${true} onChoose=${choose} />`;
}
