/** One product: how it is kept, its limits, and by which scheme it is sampled. */

import { newId } from "../../shared/device.js";
import { text, word } from "../../shared/language.js";
import { go } from "../../shared/router.js";
import { send } from "../api.js";
import { RecordForm } from "../parts/form.js";
import { Page } from "../parts/page.js";
import { html, useAnswer, useState } from "../view.js";

export const CATEGORIES = ["meat", "chilled_frozen", "vegetables", "dry_goods"];
const STORAGE = ["ambient", "chilled", "frozen"];
const UNITS = ["box", "bag", "bottle", "drum", "can", "pack", "crate", "carcass", "side", "piece", "tray", "kg"];

/** @param {{id: string}} properties */
export default function Product({ id }) {
  const isNew = id === "new";
  const [made] = useState(newId);
  const { answer, error, isLoading, again } = useAnswer(isNew ? null : `products/${id}`);
  const value = isNew ? { id: made, is_active: true } : answer && { ...answer.document, ...limitsOf(answer.document) };
  const save = (record) => send("PUT", `products/${record.id}`, withLimits(record), { version: answer?.version });
  return html`
    <${Page} title=${isNew ? text("products.new") : (value?.name ?? text("administration.products"))} back="#/administration/products" error=${error} again=${again} isLoading=${isLoading}>
      ${value && html`<${RecordForm} key=${answer?.version} fields=${fields()} value=${value} save=${save} done=${() => (isNew ? go("#/administration/products") : again())} />`}
      ${value?.sampling_scheme && html`<p class="card muted">${text("products.own_scheme", { scheme: Object.entries(value.sampling_scheme.classes).filter(([, one]) => one.aql).map(([kind, one]) => `${word("class", kind)} AQL ${one.aql}`).join(text("app.separator")) })}</p>`}
    <//>
  `;
}

const options = (group, values) => values.map((value) => ({ value, label: word(group, value) }));

/** @returns {import("../parts/form.js").FormField[]} */
const fields = () => [
  { name: "name", label: text("products.name"), isRequired: true },
  { name: "code", label: text("suppliers.code"), isRequired: true, longest: 32 },
  { name: "category", label: text("products.category"), kind: "choice", isRequired: true, options: options("goods_category", CATEGORIES) },
  { name: "unit", label: text("products.unit"), kind: "choice", isRequired: true, options: options("unit", UNITS) },
  { name: "specification", label: text("products.specification") },
  { name: "storage_class", label: text("products.storage"), kind: "choice", isRequired: true, options: options("storage", STORAGE) },
  { name: "temperature_min", label: text("products.lowest") },
  { name: "temperature_max", label: text("products.highest") },
  { name: "shelf_life_days", label: text("products.shelf_life"), kind: "number" },
  { name: "checklist_code", label: text("products.checklist"), hint: text("products.checklist_hint"), longest: 32 },
  { name: "is_active", label: text("products.active"), kind: "flag" },
  { name: "note", label: text("suppliers.note"), kind: "long", longest: 1000 },
];

const limitsOf = ({ temperature_limits: limits }) => ({ temperature_min: limits?.min ?? "", temperature_max: limits?.max ?? "" });

/** The record as the API takes it: the two limits are one value, and empty ones are none. */
function withLimits({ temperature_min: min, temperature_max: max, ...record }) {
  const lowest = min?.trim() || null;
  const highest = max?.trim() || null;
  const known = record.temperature_limits ?? { basis: "", is_confirmed: false };
  const isSame = known.min === lowest && known.max === highest;
  // A limit that was confirmed as it stood is not confirmed once it was changed.
  const limits = lowest === null && highest === null ? null : { ...known, min: lowest, max: highest, is_confirmed: isSame && known.is_confirmed };
  return { ...record, checklist_code: record.checklist_code || null, temperature_limits: limits };
}
