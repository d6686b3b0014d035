/** The audit log, the newest first: by record, person, kind of deed and time. */

import { moment, number, text } from "../../shared/language.js";
import { Field, Filters, Search } from "../parts/fields.js";
import { ListFiles } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { changeQuery, html, useAnswer, usePages, useQuery, withQuery } from "../view.js";
import { may } from "../session.js";

const PAGE = 50;

export default function Audit() {
  const asked = useQuery();
  const { action, record_id: record, user_id: user, since, until } = asked;
  const filters = { action, record_id: record, user_id: user, since: beginOf(since), until: beginOf(until) };
  const path = withQuery("audit-entries", { limit: PAGE, ...filters });
  const { entries, error, isLoading, more, again } = usePages(path, "entries");
  const people = useAnswer(may("manage_users") ? "users" : null).answer?.users ?? [];
  const nameOf = (id) => people.find((person) => person.id === id)?.display_name ?? id ?? "—";
  const columns = [
    { title: text("audit.number"), kind: /** @type {const} */ ("number"), isName: true, shown: (entry) => number(entry.number) },
    { title: text("audit.at"), shown: (entry) => moment(entry.at) },
    { title: text("audit.action"), shown: (entry) => entry.action },
    { title: text("audit.user"), shown: (entry) => nameOf(entry.user_id) },
    { title: text("audit.record"), shown: (entry) => recordOf(entry) },
    { title: text("audit.details"), shown: (entry) => html`<${Details} entry=${entry} />` },
  ];
  return html`
    <${Page} title=${text("administration.audit")} lead=${text("administration.audit_lead")} back="#/administration" actions=${html`<${ListFiles} list="audit-entries" filters=${filters} label=${text("administration.audit")} />`} error=${error} again=${again} isLoading=${isLoading}>
      <${Filters} label=${text("administration.audit")}>
        <${Search} label=${text("audit.record")} value=${record ?? ""} onSearch=${(written) => changeQuery({ record_id: written })} />
        <${Search} label=${text("audit.action")} value=${action ?? ""} onSearch=${(written) => changeQuery({ action: written })} />
        ${people.length > 0 &&
        html`
          <${Field} label=${text("audit.user")}>
            <select value=${user ?? ""} onChange=${(event) => changeQuery({ user_id: event.target.value })}>
              <option value="">${text("audit.anybody")}</option>
              ${people.map((person) => html`<option value=${person.id} selected=${person.id === user}>${person.display_name}</option>`)}
            </select>
          <//>
        `}
        <${Field} label=${text("audit.since")}><input type="date" value=${since ?? ""} onChange=${(event) => changeQuery({ since: event.target.value })} /><//>
        <${Field} label=${text("audit.until")}><input type="date" value=${until ?? ""} onChange=${(event) => changeQuery({ until: event.target.value })} /><//>
      <//>
      <${Table} label=${text("administration.audit")} columns=${columns} rows=${entries} idOf=${(entry) => String(entry.number)} more=${more} isLoading=${isLoading} />
    <//>
  `;
}

/** The begin of a day here, as the API takes times. @param {string | undefined} day */
const beginOf = (day) => (day ? new Date(`${day}T00:00:00`).toISOString() : null);

const recordOf = (entry) => (entry.record_id ? html`<a href=${`#/administration/audit?record_id=${encodeURIComponent(entry.record_id)}`}>${entry.collection ?? ""} ${entry.record_id.slice(0, 8)}</a>` : "—");

function Details({ entry }) {
  return html`
    <details class="audit-details">
      <summary>${text("audit.show")}</summary>
      <pre>${JSON.stringify({ ...entry.details, version: entry.version ?? undefined, device_id: entry.device_id, entry_hash: entry.entry_hash }, null, 1)}</pre>
    </details>
  `;
}
