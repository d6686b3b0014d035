/** One supplier: what it is approved for, its licences, and suspending it with a reason. */

import { newId } from "../../shared/device.js";
import { text, told, word } from "../../shared/language.js";
import { Icon } from "../../shared/icons.js";
import { go } from "../../shared/router.js";
import { send } from "../api.js";
import { RecordForm } from "../parts/form.js";
import { Page } from "../parts/page.js";
import { html, useAnswer, useState } from "../view.js";

const CATEGORIES = ["meat", "chilled_frozen", "vegetables", "dry_goods"];
const KINDS = ["business_licence", "food_production_licence", "food_operation_licence", "slaughter_permit", "contract", "identity_document", "farm_registration", "other"];

/** @param {{id: string}} properties */
export default function Supplier({ id }) {
  const isNew = id === "new";
  const [made] = useState(newId);
  const { answer, error, isLoading, again } = useAnswer(isNew ? null : `suppliers/${id}`);
  const value = isNew ? { id: made, categories: [], licences: [] } : answer?.document;
  const save = (record) => send("PUT", `suppliers/${record.id}`, record, { version: answer?.version });
  return html`
    <${Page} title=${isNew ? text("suppliers.new") : (value?.name ?? text("administration.suppliers"))} back="#/administration/suppliers" error=${error} again=${again} isLoading=${isLoading}>
      ${value &&
      html`
        <${RecordForm} key=${answer?.version} fields=${fields()} value=${value} save=${save} done=${() => (isNew ? go("#/administration/suppliers") : again())}>
          ${(record, change, errorAt) => html`<${Licences} licences=${record.licences} onChange=${(licences) => change("licences", licences)} error=${errorAt("licences")} />`}
        <//>
      `}
    <//>
  `;
}

/** @returns {import("../parts/form.js").FormField[]} */
const fields = () => [
  { name: "name", label: text("suppliers.name"), isRequired: true },
  { name: "code", label: text("suppliers.code"), isRequired: true, longest: 32 },
  { name: "address", label: text("suppliers.address"), longest: 300 },
  { name: "contact_name", label: text("suppliers.contact"), longest: 100 },
  { name: "phone", label: text("suppliers.phone"), longest: 40 },
  { name: "categories", label: text("suppliers.categories"), kind: "choices", options: CATEGORIES.map((value) => ({ value, label: word("goods_category", value) })) },
  { name: "is_suspended", label: text("suppliers.suspended"), kind: "flag" },
  { name: "suspension_reason", label: text("suppliers.suspension_reason"), longest: 500 },
  { name: "note", label: text("suppliers.note"), kind: "long", longest: 1000 },
];

function Licences({ licences, onChange, error }) {
  const change = (at, part) => onChange(licences.map((one, place) => (place === at ? { ...one, ...part } : one)));
  return html`
    <fieldset class="roles">
      <legend class="field-label">${text("suppliers.licences")}</legend>
      ${licences.map(
        (licence, at) => html`
          <div class="licence-row" key=${licence.id}>
            <select aria-label=${text("suppliers.licence_kind")} value=${licence.kind} onChange=${(event) => change(at, { kind: event.target.value })}>
              ${KINDS.map((kind) => html`<option value=${kind} selected=${kind === licence.kind}>${told({ key: `licence_kind.${kind}`, params: {} })}</option>`)}
            </select>
            <input aria-label=${text("suppliers.licence_number")} placeholder=${text("suppliers.licence_number")} required maxlength="100" value=${licence.number} onInput=${(event) => change(at, { number: event.target.value })} />
            <input type="date" aria-label=${text("suppliers.valid_from")} value=${licence.valid_from ?? ""} onInput=${(event) => change(at, { valid_from: event.target.value || null })} />
            <input type="date" aria-label=${text("suppliers.valid_until")} value=${licence.valid_until ?? ""} onInput=${(event) => change(at, { valid_until: event.target.value || null })} />
            <button class="icon-button" type="button" aria-label=${text("suppliers.licence_away")} onClick=${() => onChange(licences.filter((_, place) => place !== at))}><${Icon} name="trash" /></button>
          </div>
        `,
      )}
      <button class="button quiet" type="button" onClick=${() => onChange([...licences, { id: newId(), kind: KINDS[0], number: "", valid_from: null, valid_until: null, attachment_ids: [] }])}>${text("suppliers.licence_more")}</button>
      ${error && html`<p class="field-error" role="alert">${error}</p>`}
    </fieldset>
  `;
}
