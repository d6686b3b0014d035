/** The inbox: what the person was told, the newest first. Opening one marks it as read. */

import { counted, either, moment, text } from "../../shared/language.js";
import { Icon } from "../../shared/icons.js";
import { Screen } from "../parts/screen.js";
import { session } from "../session/session.js";
import { now } from "../storage/ids.js";
import { capture } from "../storage/outbox.js";
import { documents } from "../storage/records.js";
import { html, useLive } from "../view.js";

const SUBJECTS = {
  corrective_actions: (id) => `#/actions/${id}`,
  inspection_tasks: (id) => `#/inspections/new/${id}`,
  inspections: (id) => `#/inspections/${id}`,
  goods_receipts: (id) => `#/receipts/${id}`,
};

export default function Inbox() {
  const { database } = session();
  const all = useLive(async () => (await documents(database, "notifications")).sort((one, other) => other.created_at.localeCompare(one.created_at)), [database]);
  const unread = (all ?? []).filter((one) => one.read_at === null);
  const footer = unread.length > 1 ? html`<button class="button quiet" type="button" onClick=${() => markRead(database, unread)}>${text("inbox.read_all")}</button>` : null;
  return html`
    <${Screen} title=${text("inbox.title")} subtitle=${all && counted("inbox.unread", unread.length)} back="#/" footer=${footer}>
      ${all?.length === 0 && html`<p class="muted empty-text">${text("inbox.empty")}</p>`}
      <ul class="entries">${all?.map((one) => html`<li key=${one.id}><${Told} one=${one} database=${database} /></li>`)}</ul>
    <//>
  `;
}

function Told({ one, database }) {
  const isUnread = one.read_at === null;
  const address = SUBJECTS[one.subject_collection]?.(one.subject_id) ?? "#/inbox";
  return html`
    <a class="entry told" data-unread=${String(isUnread)} href=${address} onClick=${() => isUnread && void markRead(database, [one])}>
      <span class="entry-icon"><${Icon} name="bell" /></span>
      <span class="entry-text">
        <strong>${either(one.title)}</strong>
        <span>${either(one.text)}</span>
        <span class="muted small">${isUnread ? `${text("inbox.new")} · ` : ""}${moment(one.created_at)}</span>
      </span>
    </a>
  `;
}

async function markRead(database, told) {
  const readAt = now();
  await capture(database, told.map((document) => ({ collection: "notifications", document: { ...document, read_at: readAt } })));
}
