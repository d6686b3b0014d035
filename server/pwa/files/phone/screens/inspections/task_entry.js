/** A task in a list: what, where, by when, and the way to begin it. */

import { moment, text } from "../../../shared/language.js";
import { Entry } from "../../parts/entry.js";
import { TimeLeft } from "../../parts/time_left.js";
import { html } from "../../view.js";

/** @param {{task: Record<string, any>, names: Map<string, string>}} properties */
export function TaskEntry({ task, names }) {
  const isOpen = Date.parse(task.opens_at) <= Date.now();
  const detail = [names.get(task.unit_id), isOpen ? null : text("inspections.opens", { time: moment(task.opens_at) })].filter(Boolean).join(" · ");
  const badges = html`${isOpen && html`<${TimeLeft} dueAt=${task.due_at} />`}${task.corrective_action_id && html`<span class="tag">${text("inspections.recheck")}</span>`}`;
  return html`<${Entry} href=${`#/inspections/new/${task.id}`} icon="inspect" title=${task.title} detail=${detail} badges=${badges} tone=${Date.parse(task.due_at) < Date.now() ? "bad" : "plain"} />`;
}
