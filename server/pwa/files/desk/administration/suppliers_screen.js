/** The suppliers, with the state of their licences. */

import { day, text, word } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { FileButtons } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { html, usePages } from "../view.js";

export default function Suppliers() {
  const { entries, error, isLoading, more, again } = usePages("suppliers?limit=100", "suppliers");
  const columns = [
    { title: text("suppliers.code"), shown: ({ document }) => document.code },
    { title: text("suppliers.name"), isName: true, shown: ({ document }) => document.name },
    { title: text("suppliers.categories"), shown: ({ document }) => document.categories.map((one) => word("goods_category", one)).join(text("app.separator")) || text("suppliers.every_category") },
    { title: text("suppliers.licences"), shown: ({ document }) => html`<${FirstEnd} licences=${document.licences} />` },
    { title: text("people.state"), shown: ({ document }) => html`<${Badge} tone=${document.is_suspended ? "bad" : "ok"}>${text(document.is_suspended ? "suppliers.suspended" : "suppliers.supplies")}<//>` },
  ];
  return html`
    <${Page} title=${text("administration.suppliers")} back="#/administration" error=${error} again=${again} isLoading=${isLoading} actions=${html`
      <${FileButtons} label=${text("administration.suppliers")} files=${FILES()} />
      <a class="button quiet" href="#/administration/import?kind=suppliers">${text("administration.import")}</a>
      <a class="button" href="#/administration/suppliers/new">${text("suppliers.new")}</a>
    `}>
      <${Table} label=${text("administration.suppliers")} columns=${columns} rows=${entries} idOf=${({ document }) => document.id} more=${more} isLoading=${isLoading} hrefOf=${({ document }) => `#/administration/suppliers/${document.id}`} />
    <//>
  `;
}

const FILES = () => [
  { label: "CSV", path: "reports/suppliers.csv", name: "suppliers.csv" },
  { label: "Excel", path: "reports/suppliers.xlsx", name: "suppliers.xlsx" },
  { label: text("suppliers.licences_file"), path: "reports/supplier-licences.xlsx", name: "supplier-licences.xlsx" },
];

/** The licence that ends first. */
function FirstEnd({ licences }) {
  const ends = licences.map((licence) => licence.valid_until).filter(Boolean).sort();
  if (ends.length === 0) return "—";
  const today = new Date().toLocaleDateString("sv");
  return ends[0] < today ? html`<${Badge} tone="bad">${text("suppliers.ended", { day: day(ends[0]) })}<//>` : text("suppliers.ends", { day: day(ends[0]) });
}
