/** Switching: how the next lot of each supplier, product and class is to be inspected. */

import { either, text, word } from "../../shared/language.js";
import { Filters, Search, Select } from "../parts/fields.js";
import { ListFiles } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { changeQuery, html, usePages, useQuery, withQuery } from "../view.js";
import { SEVERITIES, SeverityBadge } from "./severity.js";
import { Glimpse } from "./strip.js";

const CLASSES = ["A", "B", "C"];

export default function SwitchingList() {
  const { search, severity, nonconformity_class: class_ } = useQuery();
  const filters = { search, severity, nonconformity_class: class_ };
  const path = withQuery("switching", { limit: 50, ...filters });
  const { entries, error, isLoading, more, again } = usePages(path, "switching_states");
  const all = { value: "", label: text("switching.all") };
  const actions = html`
    <button class="button quiet" type="button" onClick=${() => window.print()}>${text("print")}</button>
    <${ListFiles} list="switching-states" filters=${filters} label=${text("sections.switching")} />
  `;
  return html`
    <${Page} title=${text("sections.switching")} lead=${text("switching.lead")} actions=${actions} error=${error} again=${again} isLoading=${isLoading}>
      <${Filters} label=${text("switching.filters")}>
        <${Search} label=${text("switching.search")} value=${search ?? ""} onSearch=${(value) => changeQuery({ search: value })} />
        <${Select} label=${text("switching.severity")} value=${severity ?? ""} options=${[all, ...SEVERITIES.map((value) => ({ value, label: word("switching_severity", value) }))]} onChoose=${(value) => changeQuery({ severity: value })} />
        <${Select} label=${text("switching.class")} value=${class_ ?? ""} options=${[all, ...CLASSES.map((value) => ({ value, label: word("class", value) }))]} onChoose=${(value) => changeQuery({ nonconformity_class: value })} />
      <//>
      <${Table} label=${text("sections.switching")} columns=${columns()} rows=${entries} idOf=${(row) => row.document.id}
        hrefOf=${(row) => `#/switching/${row.document.id}`} empty=${text("switching.none")} more=${more} isLoading=${isLoading} />
    <//>
  `;
}

/** @returns {import("../parts/table.js").Column[]} */
function columns() {
  return [
    { title: text("switching.subject"), isName: true, shown: (row) => html`<span class="subject"><span>${row.supplier_name}</span><span class="muted">${row.product_name}</span></span>` },
    { title: text("switching.class"), shown: ({ document }) => document.nonconformity_class },
    { title: text("switching.severity"), shown: ({ document }) => html`<${SeverityBadge} severity=${document.severity} />` },
    { title: text("switching.score"), kind: "number", shown: ({ document }) => document.switching_score ?? "—" },
    { title: text("strip.label"), shown: (row) => html`<${Glimpse} lots=${row.recent_lots} />` },
    { title: text("switching.outlook"), shown: ({ document }) => html`<span class="small">${either(document.outlook)}</span>` },
    { title: text("switching.marked"), kind: "number", shown: ({ document }) => (document.marked_lot_count > 0 ? html`<span class="tag">${document.marked_lot_count}</span>` : "—") },
  ];
}
