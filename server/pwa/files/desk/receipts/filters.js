/** The filters of the list. They stand in the address, so that a link holds what one sees. */

import { text, word } from "../../shared/language.js";
import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { Field, Filters, Search, Select } from "../parts/fields.js";
import { account, may } from "../session.js";
import { changeQuery, useAnswer } from "../view.js";

const NAMES = [
  "text",
  "supplier_id",
  "product_id",
  "supplier_batch_number",
  "delivered_from",
  "delivered_to",
  "decision",
  "status",
  "site_id",
];
const DECISIONS = ["accepted", "accepted_in_part", "accepted_by_concession", "rejected", "pending"];
const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * Those of the address that are filters of this list.
 *
 * @param {Record<string, string>} query
 * @returns {Record<string, string>}
 */
export const filtersOf = (query) =>
  Object.fromEntries(NAMES.filter((name) => query[name]).map((name) => [name, query[name]]));

/** @param {{filters: Record<string, string>}} properties */
export function ReceiptFilters({ filters }) {
  const count = Object.keys(filters).filter((name) => name !== "text").length;
  const [round, drawAgain] = useState(0);
  const clear = () => {
    changeQuery(Object.fromEntries(NAMES.map((name) => [name, null])));
    drawAgain((n) => n + 1);
  };
  return html`
    <${Filters} label=${text("receipts.filters")}>
      <${Search} key=${round} label=${text("receipts.search")} value=${filters.text ?? ""} placeholder=${text("receipts.search_hint")} onSearch=${(wanted) => changeQuery({ text: wanted })} />
      <details class="more-filters" open=${count > 0}>
        <summary>${count > 0 ? text("receipts.filters_on", { n: count }) : text("receipts.filters_more")}</summary>
        <div class="filter-grid">
          <${Narrowing} key=${round} filters=${filters} />
          ${(count > 0 || filters.text) && html`<button class="button quiet" type="button" onClick=${clear}>${text("receipts.filters_clear")}</button>`}
        </div>
      </details>
    <//>
  `;
}

function Narrowing({ filters }) {
  const sites = account()?.sites ?? [];
  return html`
    ${may("read_master_data") && html`<${Partners} filters=${filters} />`}
    <${Search} label=${text("lines.batch")} value=${filters.supplier_batch_number ?? ""} onSearch=${(wanted) => changeQuery({ supplier_batch_number: wanted })} />
    <${Day} name="delivered_from" value=${filters.delivered_from} />
    <${Day} name="delivered_to" value=${filters.delivered_to} />
    <${Select} label=${text("receipts.decision")} value=${filters.status ?? filters.decision ?? ""} options=${decisionOptions()} onChoose=${chooseDecision} />
    ${sites.length > 1 && html`<${Choice} name="site_id" label=${text("receipt.site")} value=${filters.site_id} options=${sites.map((site) => [site.site_id, site.site_name])} />`}
  `;
}

function decisionOptions() {
  return [
    { value: "", label: text("receipts.any") },
    ...DECISIONS.map((value) => ({ value, label: word("decision", value) })),
    { value: "draft", label: word("decision", "draft") },
  ];
}

/** A draft has no decision: it is found by its state. @param {string} value */
const chooseDecision = (value) =>
  changeQuery(value === "draft" ? { status: value, decision: null } : { status: null, decision: value });

function Partners({ filters }) {
  const suppliers = useAll("suppliers");
  const products = useAll("products");
  return html`
    <${Choice} name="supplier_id" label=${text("receipts.supplier")} value=${filters.supplier_id} options=${suppliers} />
    <${Choice} name="product_id" label=${text("receipts.product")} value=${filters.product_id} options=${products} />
  `;
}

/** The first two hundred by code: who has more searches by name. @param {"suppliers" | "products"} kind */
function useAll(kind) {
  const { answer } = useAnswer(`${kind}?limit=200`);
  return (answer?.[kind] ?? []).map(({ document: one }) => [one.id, one.name]);
}

function Choice({ name, label, value = "", options }) {
  const shown = [["", text("receipts.any")], ...options].map(([id, title]) => ({ value: id, label: title }));
  // A link may name what the list does not hold: it stays chosen, and can be let go.
  if (value && !options.some(([id]) => id === value)) shown.push({ value, label: "…" });
  return html`<${Select} label=${label} value=${value} options=${shown} onChoose=${(chosen) => changeQuery({ [name]: chosen })} />`;
}

function Day({ name, value = "" }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  // Written while one types, so it is not drawn from the address: half a date would be lost.
  useEffect(() => {
    if (field.current && field.current.value !== value) field.current.value = value;
  }, [value]);
  const choose = (event) => {
    const { value: day } = event.target;
    if (day === "" || DAY.test(day)) changeQuery({ [name]: day });
  };
  return html`
    <${Field} label=${text(name === "delivered_from" ? "receipts.from" : "receipts.to")}>
      <input type="date" ref=${field} onChange=${choose} />
    <//>
  `;
}
