/** The overview: the day in figures, how deliveries have gone, and what waits. Each figure leads to
 * what it is made of. */

import { day, text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { Filters, Select } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { account, may } from "../session.js";
import { changeQuery, useAnswer, useQuery, withQuery } from "../view.js";
import { Figures } from "./figures.js";
import { Shares } from "./shares.js";
import { Weeks } from "./weeks.js";

const CATEGORIES = ["meat", "chilled_frozen", "vegetables", "dry_goods"];
const SPANS = ["4", "12", "26", "52"];
const SUPPLIERS_SHOWN = 8;

export const categoryName = (category) => text(`category.${category}`);

export default function Overview() {
  const asked = useQuery();
  const weeks = SPANS.includes(asked.weeks) ? asked.weeks : "12";
  const category = CATEGORIES.includes(asked.category) ? asked.category : "";
  const { site_id: site, supplier_id: supplier } = asked;
  const { answer, error, isLoading, again } = useAnswer(may("read_records") ? withQuery("overview", { site_id: site, supplier_id: supplier, category, weeks }) : null);
  const sites = account()?.sites ?? [];
  const anySite = [{ value: "", label: text("overview.all_sites") }, ...sites.map((one) => ({ value: one.site_id, label: one.site_name }))];
  return html`
    <${Page} title=${text("overview.title")} lead=${answer && day(answer.on)} error=${error} again=${again} isLoading=${isLoading && !answer}>
      ${sites.length > 1 && html`<${Filters} label=${text("overview.filters")}><${Select} label=${text("overview.site")} value=${site ?? ""} options=${anySite} onChoose=${(id) => changeQuery({ site_id: id })} /><//>`}
      <${Figures} site=${site} overview=${answer} />
      ${answer &&
      html`
        <section class="card trend" aria-busy=${String(isLoading)}>
          <h3>${text("overview.trend")}</h3>
          <${Filters} label=${text("overview.trend_filters")}>
            <${Select} label=${text("overview.span")} value=${weeks} options=${SPANS.map((n) => ({ value: n, label: text("overview.weeks", { n }) }))} onChoose=${(n) => changeQuery({ weeks: n })} />
            <${Select} label=${text("overview.category")} value=${category} options=${[{ value: "", label: text("overview.every_category") }, ...CATEGORIES.map((one) => ({ value: one, label: categoryName(one) }))]} onChoose=${(one) => changeQuery({ category: one })} />
            <${Select} label=${text("overview.supplier")} value=${supplier ?? ""} options=${suppliersOf(answer, supplier)} onChoose=${(id) => changeQuery({ supplier_id: id })} />
          <//>
          <${Weeks} weeks=${answer.weeks} until=${answer.on} narrowed=${{ site_id: site, supplier_id: supplier }} />
        </section>
        <div class="overview-pair">
          <${Shares} title=${text("overview.by_supplier")} most=${SUPPLIERS_SHOWN} rows=${answer.suppliers.map((row) => ({ ...row, id: row.supplier_id, label: row.name, href: withQuery("#/receipts", { supplier_id: row.supplier_id, site_id: site, delivered_from: answer.first_on, delivered_to: answer.on }) }))} />
          <${Shares} title=${text("overview.by_category")} rows=${answer.categories.map((row) => ({ ...row, id: row.category, label: categoryName(row.category), href: withQuery("#/", { ...asked, category: row.category }) }))} />
        </div>
      `}
    <//>
  `;
}

/** Those that delivered in the time; and the chosen one, even if nothing of it came. */
function suppliersOf(answer, chosen) {
  const known = answer.suppliers.map((row) => ({ value: row.supplier_id, label: row.name }));
  const options = [{ value: "", label: text("overview.every_supplier") }, ...known];
  return !chosen || known.some(({ value }) => value === chosen) ? options : [...options, { value: chosen, label: text("overview.chosen_supplier") }];
}
