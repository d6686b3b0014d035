/** Every list that can be taken along, whole and from the server, as CSV or Excel. */

import { text, word } from "../../shared/language.js";
import { Field, Filters, Select } from "../parts/fields.js";
import { ListFiles } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { account, may } from "../session.js";
import { changeQuery, html, useQuery } from "../view.js";

const OF_PERIOD = ["goods-receipts", "goods-receipt-lines", "purchase-checks", "sample-retention", "disinfection", "morning-checks", "temperature-log", "kitchen-waste", "pest-control"];
const WHOLE = [
  { list: "inspections", permission: "read_records" },
  { list: "findings", permission: "read_records" },
  { list: "corrective-actions", permission: "read_records" },
  { list: "switching-states", permission: "read_master_data" },
  { list: "suppliers", permission: "read_master_data" },
  { list: "supplier-licences", permission: "read_master_data" },
  { list: "products", permission: "read_master_data" },
  { list: "health-certificates", permission: "read_master_data" },
  { list: "users", permission: "manage_users" },
  { list: "devices", permission: "manage_devices" },
  { list: "audit-entries", permission: "read_audit_log" },
];

export default function Lists() {
  const asked = useQuery();
  const today = new Date().toLocaleDateString("sv");
  const period = { from: asked.from ?? `${today.slice(0, 8)}01`, to: asked.to ?? today, site_id: asked.site_id };
  const sites = account()?.sites ?? [];
  const dayField = (name) => html`<${Field} label=${text(`exchange.${name}`)}><input type="date" required value=${period[name]} onChange=${(event) => changeQuery({ [name]: event.target.value })} /><//>`;
  return html`
    <${Page} title=${text("exchange.lists")} lead=${text("exchange.lists_lead")} back="#/administration">
      ${may("read_records") &&
      html`
        <section class="import-step">
          <h3>${text("exchange.of_period")}</h3>
          <${Filters} label=${text("exchange.of_period")}>
            ${dayField("from")} ${dayField("to")}
            ${sites.length > 1 &&
            html`<${Select} label=${text("exchange.site")} value=${period.site_id ?? ""} options=${[{ value: "", label: text("exchange.all_sites") }, ...sites.map((site) => ({ value: site.site_id, label: site.site_name }))]} onChoose=${(id) => changeQuery({ site_id: id })} />`}
          <//>
          <${Rows} lists=${OF_PERIOD} filters=${period} />
        </section>
      `}
      <section class="import-step">
        <h3>${text("exchange.whole")}</h3>
        <${Rows} lists=${WHOLE.filter(({ permission }) => may(permission)).map(({ list }) => list)} filters=${{}} />
      </section>
    <//>
  `;
}

/** @param {{lists: string[], filters: Record<string, any>}} properties */
function Rows({ lists, filters }) {
  return html`
    <ul class="card file-rows">
      ${lists.map((list) => html`<li key=${list}><span>${word("exported", list)}</span><${ListFiles} list=${list} filters=${filters} label=${word("exported", list)} /></li>`)}
    </ul>
  `;
}
