/** The notices of a lane: each with its photo, who answers for it, and how much time is left. */

import { text, word } from "../../shared/language.js";
import { Icon } from "../../shared/icons.js";
import { TimeLeft } from "../../shared/time_left.js";
import { html, useEffect, useRef } from "../../shared/view.js";
import { Badge } from "../parts/badge.js";
import { ListFiles } from "../parts/files.js";
import { Picture } from "../parts/picture.js";
import { ErrorNotice } from "../parts/problem.js";
import { addressOf, filtersOf } from "./lanes.js";
import { pendingOf } from "./pending.js";

export const TONES = { open: "wait", submitted: "part", returned: "bad", verified: "ok", closed: "ok", withdrawn: "plain" };
const OUTCOME = { verified: "verified", returned: "returned", closed: "closed" };
const TIMED = new Set(["open", "returned"]);

/** @param {{list: ReturnType<typeof import("../view.js").usePages>, id: string | null, asked: Record<string, string>, lane: string}} properties */
export function ActionList({ list, id, asked, lane }) {
  return html`
    <section class="board-list" aria-label=${word("lane", lane)} aria-busy=${String(list.isLoading)}>
      <${ErrorNotice} error=${list.error} again=${list.again} />
      ${!list.isLoading && !list.error && list.entries.length === 0 && html`<p class="card empty muted">${text("board.none")}</p>`}
      <ol class="board-rows">
        ${list.entries.map((action) => html`<li key=${action.id}><${Row} action=${action} isOpen=${action.id === id} asked=${asked} /></li>`)}
      </ol>
      ${list.more && html`<button class="button wide" type="button" disabled=${list.isLoading} onClick=${list.more}>${text("table.more")}</button>`}
      ${list.entries.length > 0 && html`<${ListFiles} list="corrective-actions" filters=${filtersOf(lane, asked)} label=${word("lane", lane)} />`}
      ${list.isLoading && list.entries.length === 0 && html`<p class="muted loading" role="status">${text("loading")}</p>`}
    </section>
  `;
}

function Row({ action, isOpen, asked }) {
  const link = useRef(/** @type {HTMLElement | null} */ (null));
  const taken = pendingOf(action);
  const status = taken && taken.state !== "failed" ? (OUTCOME[taken.step.kind] ?? action.status) : action.status;
  useEffect(() => {
    if (isOpen) link.current?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  return html`
    <a class="board-row" ref=${link} href=${addressOf(action.id, asked)} aria-current=${isOpen ? "true" : null} data-late=${String(action.is_overdue)} data-taken=${taken ? taken.state : "no"}>
      ${action.first_photo_id ? html`<${Picture} id=${action.first_photo_id} alt="" class="board-row-photo" />` : html`<span class="picture board-row-photo"><${Icon} name="fix" /></span>`}
      <span class="board-row-text">
        <strong class="board-row-title">${action.title}</strong>
        <span class="muted small">${[action.responsible_name, action.assignee?.name].filter(Boolean).join(" · ")}</span>
        <span class="board-row-tags">
          <${Badge} tone=${TONES[status]}>${word("notice_status", status)}<//>
          <span class="tag" data-class=${action.nonconformity_class}>${action.nonconformity_class}</span>
          ${action.is_repeat && html`<${Badge} tone="bad">${text("board.repeat")}<//>`}
          ${action.extension && html`<${Badge} tone="concession">${text("board.extension_waits")}<//>`}
          ${TIMED.has(status) && html`<${TimeLeft} dueAt=${action.due_at} />`}
        </span>
      </span>
    </a>
  `;
}
