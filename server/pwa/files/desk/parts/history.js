/** The audit trail of one record, for those who may read it. */

import { moment, text, word } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { may } from "../session.js";
import { useAnswer, withQuery } from "../view.js";
import { ErrorNotice } from "./problem.js";
import { Table } from "./table.js";

const MOST = 100;

/**
 * @param {object} properties
 * @param {string} properties.collection
 * @param {string} properties.id
 * @param {string} [properties.of] the record's name, where a screen has the trails of several
 * @param {({user_id: string | null, name?: string} | null | undefined)[]} properties.people whom the record itself names
 */
export function History({ collection, id, of, people }) {
  const [isOpen, setOpen] = useState(false);
  if (!may("read_audit_log")) return null;
  return html`
    <details class="card history" onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary><h3>${text("history.title")}${of && html` <span class="muted">· ${of}</span>`}</h3></summary>
      ${isOpen && html`<${Entries} collection=${collection} id=${id} people=${people} />`}
    </details>
  `;
}

function Entries({ collection, id, people }) {
  const path = withQuery("audit-entries", { collection, record_id: id, limit: MOST });
  const { answer, error, isLoading, again } = useAnswer(path);
  const names = new Map(people.filter((one) => one?.user_id).map((one) => [one.user_id, one.name]));
  const columns = [
    { title: text("history.number"), shown: ({ number }) => number, isName: true },
    { title: text("history.at"), shown: ({ at }) => moment(at) },
    { title: text("history.action"), shown: ({ action, version }) => [word("receipt_event", action), version && text("history.version", { n: version })].filter(Boolean).join(" · ") },
    { title: text("history.by"), shown: ({ user_id: userId }) => names.get(userId) ?? (userId ? text("history.somebody", { id: userId.slice(-6) }) : text("history.server")) },
    { title: text("history.seal"), shown: ({ entry_hash: hash }) => html`<code title=${hash}>${hash.slice(0, 12)}</code>` },
  ];
  return html`
    <${ErrorNotice} error=${error} again=${again} />
    <${Table} label=${text("history.title")} columns=${columns} rows=${answer?.entries ?? []} idOf=${(entry) => String(entry.number)} isLoading=${isLoading} />
    <p class="muted small">${text("history.meaning")}</p>
  `;
}
