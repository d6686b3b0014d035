/** Where two sides changed the same: nothing was overwritten, and a person decides. */

import { moment, text, word } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { Filters } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { html, usePages, useQuery, withQuery } from "../view.js";
import { StateFilter } from "./quarantine_screen.js";

const PAGE = 50;

export default function Conflicts() {
  const { state = "open" } = useQuery();
  const { entries, error, isLoading, more, again } = usePages(withQuery("sync/conflicts", { state, limit: PAGE }), "conflicts");
  const columns = [
    { title: text("review.record"), isName: true, shown: (entry) => word("collection", entry.collection) },
    { title: text("review.fields"), shown: (entry) => entry.fields.map((field) => word("field", field)).join(text("app.separator")) },
    { title: text("review.author"), shown: (entry) => entry.author.display_name ?? "—" },
    { title: text("review.device"), shown: (entry) => entry.device.name ?? "—" },
    { title: text("review.received"), shown: (entry) => moment(entry.received_at) },
    { title: text("review.state"), shown: (entry) => html`<${Badge} tone=${entry.resolution ? "ok" : "wait"}>${entry.resolution ? word("resolution", entry.resolution) : word("review_state", "open")}<//>` },
  ];
  return html`
    <${Page} title=${text("administration.conflicts")} lead=${text("administration.conflicts_lead")} back="#/administration" error=${error} again=${again} isLoading=${isLoading}>
      <${Filters} label=${text("administration.conflicts")}>
        <${StateFilter} state=${state} />
      <//>
      <${Table} label=${text("administration.conflicts")} columns=${columns} rows=${entries} idOf=${(entry) => entry.mutation_id} empty=${text("review.nothing_waits")} more=${more} isLoading=${isLoading} hrefOf=${(entry) => `#/administration/conflicts/${entry.mutation_id}`} />
    <//>
  `;
}
