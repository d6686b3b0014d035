/** What phones sent and the server could not take: each with its reason, waiting for a person. */

import { moment, text, word } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { Filters, Select } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { changeQuery, html, usePages, useQuery, withQuery } from "../view.js";

const PAGE = 50;

export default function Quarantine() {
  const { state = "open" } = useQuery();
  const { entries, error, isLoading, more, again } = usePages(withQuery("sync/quarantine", { state, limit: PAGE }), "quarantined");
  const columns = [
    { title: text("review.record"), isName: true, shown: (entry) => word("collection", entry.collection) },
    { title: text("review.why"), shown: (entry) => entry.problem.title },
    { title: text("review.author"), shown: (entry) => entry.author.display_name ?? "—" },
    { title: text("review.device"), shown: (entry) => entry.device.name ?? "—" },
    { title: text("review.received"), shown: (entry) => moment(entry.received_at) },
    { title: text("review.state"), shown: (entry) => html`<${Outcome} entry=${entry} />` },
  ];
  return html`
    <${Page} title=${text("administration.quarantine")} lead=${text("administration.quarantine_lead")} back="#/administration" error=${error} again=${again} isLoading=${isLoading}>
      <${Filters} label=${text("administration.quarantine")}>
        <${StateFilter} state=${state} />
      <//>
      <${Table} label=${text("administration.quarantine")} columns=${columns} rows=${entries} empty=${text("review.nothing_waits")} more=${more} isLoading=${isLoading} hrefOf=${(entry) => `#/administration/quarantine/${entry.id}`} />
    <//>
  `;
}

/** @param {{state: string}} properties */
export function StateFilter({ state }) {
  const options = ["open", "settled", "all"].map((value) => ({ value, label: word("review_state", value) }));
  return html`<${Select} label=${text("review.state")} value=${state} options=${options} onChoose=${(value) => changeQuery({ state: value === "open" ? null : value })} />`;
}

/** @param {{entry: any}} properties */
export function Outcome({ entry }) {
  if (!entry.outcome) return html`<${Badge} tone="wait">${word("review_state", "open")}<//>`;
  return html`<${Badge} tone=${entry.outcome === "discarded" ? "plain" : "ok"}>${word("review_outcome", entry.outcome)}<//>`;
}
