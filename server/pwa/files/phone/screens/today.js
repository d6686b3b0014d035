/** Today: what is to be done, what is begun, what came back, and what is new. */

import { counted, day, either, moment, number, text } from "../../shared/language.js";
import { ChoosePin } from "../parts/choose_pin.js";
import { Entry, Part, Unsent } from "../parts/entry.js";
import { Icon } from "../../shared/icons.js";
import { Screen } from "../parts/screen.js";
import { may, session } from "../session/session.js";
import { today } from "../storage/ids.js";
import { html, useLive } from "../view.js";
import { NoticeEntry } from "./actions/notice_entry.js";
import { TaskEntry } from "./inspections/task_entry.js";
import { tasksByTime } from "./today/agenda.js";
import { readAgenda } from "./today/read.js";
import { dayOf, readRegisters } from "./registers/read.js";

const MOST = 5;

export default function Today() {
  const { user, database } = session();
  const shown = useLive(() => readAgenda(database), [database, user.id]);
  const registers = useLive(() => readRegisters(database), [database, user.id]);
  const footer = may("capture_records") ? html`<a class="button" href="#/receipts/new"><${Icon} name="receive" /> ${text("today.new_receipt")}</a>` : null;
  return html`
    <${Screen} title=${text("today.title", { name: user.display_name })} subtitle=${day(today())} footer=${footer}>
      <${ChoosePin} />
      ${shown && html`<${Agenda} shown=${shown} />`}
      ${registers && may("capture_records") && html`<${RegistersDue} held=${registers} site=${user.sites[0]?.site_id} />`}
    <//>
  `;
}

function Agenda({ shown }) {
  const { late, today: due } = tasksByTime(shown.tasks, new Date());
  const tasks = [...late, ...due];
  const mine = shown.notices.filter((notice) => notice.why || notice.isRefused);
  const drafts = draftEntries(shown);
  const isEmpty = tasks.length + mine.length + drafts.length + shown.unread.length === 0;
  return html`
    <${CameBack} counts=${shown.counts} />
    ${tasks.length > 0 && html`<${Some} title=${text("today.tasks")} all=${tasks} rest="#/inspections" entry=${(task) => html`<${TaskEntry} key=${task.id} task=${task} names=${shown.names} />`} />`}
    ${mine.length > 0 && html`<${Some} title=${text("today.notices")} all=${mine} rest="#/actions" entry=${(notice) => html`<${NoticeEntry} key=${notice.action.id} notice=${notice} names=${shown.names} />`} />`}
    ${drafts.length > 0 && html`<${Part} title=${text("today.drafts")} n=${number(drafts.length)}><div class="entries">${drafts}</div><//>`}
    ${shown.unread.length > 0 && html`<${News} unread=${shown.unread} />`}
    ${isEmpty && html`<${Nothing} />`}
  `;
}

/** The registers that still lack something today; each leads to what it lacks. */
function RegistersDue({ held, site }) {
  const due = dayOf(held, site).filter(({ lacks }) => lacks > 0);
  if (due.length === 0) return null;
  return html`
    <${Part} title=${text("today.registers")} n=${number(due.length)}>
      <div class="entries">${due.map(({ checklist, lacks }) => html`<${Entry} key=${checklist.code} href="#/registers" icon="pen" title=${either(checklist)} detail=${counted("registers.lacks", lacks)} />`)}</div>
    <//>
  `;
}

function Some({ title, all, rest, entry }) {
  return html`
    <${Part} title=${title} n=${number(all.length)}>
      <div class="entries">${all.slice(0, MOST).map(entry)}</div>
      ${all.length > MOST && html`<a class="button quiet" href=${rest}>${counted("today.more", all.length - MOST)}</a>`}
    <//>
  `;
}

/** All of them: this is the only list in which a begun receipt stands. */
function draftEntries(shown) {
  return [
    ...shown.fixes.map((action) => html`<${Entry} key=${action.id} href=${`#/actions/${action.id}/fix`} icon="fix" title=${action.title} detail=${text("today.fix_begun")} />`),
    ...(shown.isFindingBegun ? [html`<${Entry} key="finding" href="#/findings/new" icon="pen" title=${text("findings.new")} detail=${text("today.finding_begun")} />`] : []),
    ...shown.drafts.map((draft) => html`<${DraftEntry} key=${draft.id} draft=${draft} shown=${shown} />`),
  ];
}

function CameBack({ counts }) {
  if (counts.rejected + counts.conflicts === 0) return null;
  const said = [counts.rejected > 0 && counted("today.rejected", counts.rejected), counts.conflicts > 0 && counted("today.conflicts", counts.conflicts)];
  return html`<a class="card came-back" href="#/safety"><${Icon} name="warning" /><span>${said.filter(Boolean).join(text("app.separator"))}</span><${Icon} name="chevron" /></a>`;
}

function DraftEntry({ draft, shown: { names, checklists } }) {
  const { collection, id, document, state } = draft;
  const isReceipt = collection === "goods_receipts";
  const title = isReceipt ? (names.get(document.supplier_id) ?? document.provisional_number) : titleOf(checklists.get(document.checklist_id) ?? document.checklist);
  const where = isReceipt ? document.provisional_number : (names.get(document.unit_id) ?? document.place_text);
  const detail = [isReceipt ? null : text("today.inspection"), where, moment(document.captured_at)].filter(Boolean).join(" · ");
  return html`<${Entry} href=${isReceipt ? `#/receipts/${id}` : `#/inspections/${id}`} icon=${isReceipt ? "receive" : "inspect"} title=${title} detail=${detail} badges=${html`<${Unsent} state=${state} />`} />`;
}

const titleOf = (checklist) => (checklist ? either(checklist) : text("inspections.one"));

function News({ unread }) {
  return html`
    <${Part} title=${text("today.news")} n=${number(unread.length)}>
      <div class="entries">
        ${unread.slice(0, 2).map((one) => html`<${Entry} key=${one.id} href="#/inbox" icon="bell" title=${either(one.title)} detail=${either(one.text)} />`)}
      </div>
      ${unread.length > 2 && html`<a class="button quiet" href="#/inbox">${text("today.inbox")}</a>`}
    <//>
  `;
}

function Nothing() {
  const mayCapture = may("capture_records");
  return html`
    <section class="nothing">
      <span class="nothing-sign"><${Icon} name="check" /></span>
      <h2>${text("today.nothing")}</h2>
      <p class="muted">${mayCapture ? text("today.nothing_what") : text("today.nothing_watch")}</p>
      <div class="nothing-ways"><a class="button quiet" href="#/inspections">${text("today.to_inspections")}</a><a class="button quiet" href="#/inbox">${text("today.inbox")}</a></div>
    </section>
  `;
}
