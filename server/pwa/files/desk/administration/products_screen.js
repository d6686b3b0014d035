/** The products, by category. */

import { text, word } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { Filters, Select } from "../parts/fields.js";
import { ListFiles } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { changeQuery, html, usePages, useQuery, withQuery } from "../view.js";
import { CATEGORIES } from "./product_screen.js";

export default function Products() {
  const { category } = useQuery();
  const { entries, error, isLoading, more, again } = usePages(withQuery("products", { limit: 100, category }), "products");
  const options = [{ value: "", label: text("products.every") }, ...CATEGORIES.map((value) => ({ value, label: word("goods_category", value) }))];
  const columns = [
    { title: text("suppliers.code"), shown: ({ document }) => document.code },
    { title: text("products.name"), isName: true, shown: ({ document }) => document.name },
    { title: text("products.category"), shown: ({ document }) => word("goods_category", document.category) },
    { title: text("products.storage"), shown: ({ document }) => word("storage", document.storage_class) },
    { title: text("products.unit"), shown: ({ document }) => word("unit", document.unit) },
    { title: text("people.state"), shown: ({ document }) => html`<${Badge} tone=${document.is_active ? "ok" : "plain"}>${text(document.is_active ? "products.active" : "products.retired")}<//>` },
  ];
  return html`
    <${Page} title=${text("administration.products")} back="#/administration" error=${error} again=${again} isLoading=${isLoading} actions=${html`
      <${ListFiles} list="products" filters=${{ category }} label=${text("administration.products")} />
      <a class="button quiet" href="#/administration/import?kind=products">${text("administration.import")}</a>
      <a class="button" href="#/administration/products/new">${text("products.new")}</a>
    `}>
      <${Filters} label=${text("administration.products")}>
        <${Select} label=${text("products.category")} value=${category ?? ""} options=${options} onChoose=${(value) => changeQuery({ category: value })} />
      <//>
      <${Table} label=${text("administration.products")} columns=${columns} rows=${entries} idOf=${({ document }) => document.id} more=${more} isLoading=${isLoading} hrefOf=${({ document }) => `#/administration/products/${document.id}`} />
    <//>
  `;
}
