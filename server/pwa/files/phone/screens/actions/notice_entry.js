/** A notice in a list: its number, state, deadline, and what waits for the reader. */

import { text, word } from "../../../shared/language.js";
import { Entry, Unsent } from "../../parts/entry.js";
import { TimeLeft } from "../../parts/time_left.js";
import { html } from "../../view.js";

const SHOWS_DEADLINE = new Set(["open", "returned"]);

/** @param {{notice: any, names: Map<string, string>}} properties as noticesFor() gives it */
export function NoticeEntry({ notice, names }) {
  const { action, state, isRefused, isLate, why } = notice;
  const who = names.get(action.unit_id ?? action.supplier_id);
  const detail = [action.number ?? action.provisional_number, who].filter(Boolean).join(" · ");
  const badges = html`
    <span class="tag notice-status" data-status=${action.status}>${word("notice_status", action.status)}</span>
    ${action.due_at && SHOWS_DEADLINE.has(action.status) && html`<${TimeLeft} dueAt=${action.due_at} />`}
    ${action.is_repeat && html`<span class="tag is-bad">${text("actions.repeat")}</span>`}
    ${why === "extension" && html`<span class="tag">${text("actions.extension_waits")}</span>`}
    <${Unsent} state=${isRefused ? "rejected" : state} />
  `;
  const tone = isLate || isRefused ? "bad" : action.status === "returned" ? "part" : "plain";
  return html`<${Entry} href=${`#/actions/${action.id}`} icon="fix" title=${action.title} detail=${detail} badges=${badges} tone=${tone} />`;
}
