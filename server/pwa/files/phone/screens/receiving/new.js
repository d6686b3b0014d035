/** A new delivery: who brings it. A licence that has expired stops here, with the reason. */

import { licenceState } from "../../../receiving/licences.js";
import { text, told } from "../../../shared/language.js";
import { Icon } from "../../../shared/icons.js";
import { Screen } from "../../parts/screen.js";
import { Sheet } from "../../../shared/sheet.js";
import { goInstead } from "../../../shared/router.js";
import { session } from "../../session/session.js";
import { deviceId } from "../../../shared/device.js";
import { readState, writeState } from "../../storage/database.js";
import { newId, now, today } from "../../storage/ids.js";
import { capture } from "../../storage/outbox.js";
import { documents, newest } from "../../storage/records.js";
import { html, useLive, useState } from "../../view.js";
import { newReceipt } from "./documents.js";
import { countUses, LATELY } from "./holdings.js";

export default function NewReceipt() {
  const { database } = session();
  const [search, setSearch] = useState("");
  const [stopped, setStopped] = useState(/** @type {any} */ (null));
  const shown = useLive(() => readSuppliers(database), [database]);
  const found = (shown ?? []).filter(({ supplier }) => matches(supplier, search));
  const choose = (entry) => (entry.licence.is_valid ? begin(entry.supplier) : setStopped(entry));
  return html`
    <${Screen} title=${text("receiving.who")} back="#/">
      <label class="search"><${Icon} name="search" /><input type="search" placeholder=${text("receiving.search_supplier")} aria-label=${text("receiving.search_supplier")} value=${search} onInput=${(event) => setSearch(event.target.value)} /></label>
      <ul class="picks">
        ${found.map((entry) => html`<li key=${entry.supplier.id}><${Pick} entry=${entry} choose=${() => choose(entry)} /></li>`)}
      </ul>
      ${shown && found.length === 0 && html`<p class="muted empty-text">${text(shown.length === 0 ? "receiving.no_suppliers" : "receiving.none_found")}</p>`}
    <//>
    ${stopped && html`<${Stopped} entry=${stopped} close=${() => setStopped(null)} />`}
  `;
}

function Pick({ entry: { supplier, licence }, choose }) {
  const worst = licence.findings[0];
  return html`
    <button class="card pick" type="button" onClick=${choose}>
      <span class="pick-text"><strong>${supplier.name}</strong>
        <span class=${licence.is_valid ? "pick-state is-ok small" : "pick-state is-bad small"}>${licence.is_valid ? text("receiving.licences_valid") : told(worst.text)}</span>
      </span>
      <${Icon} name=${licence.is_valid ? "chevron" : "warning"} />
    </button>
  `;
}

function Stopped({ entry: { supplier, licence }, close }) {
  return html`
    <${Sheet} title=${supplier.name} close=${close}>
      <div class="notice card" role="alert">
        <strong>${text("receiving.stopped")}</strong>
        <ul class="notice-list">${licence.findings.filter((one) => one.is_required).map((one) => html`<li>${told(one.text)} ${!one.is_confirmed && html`<span class="tag">${text("item.unconfirmed")}</span>`}</li>`)}</ul>
      </div>
      <p class="muted">${text("receiving.stopped_what")}</p>
      <button class="button" type="button" onClick=${close}>${text("back")}</button>
      <button class="button quiet" type="button" onClick=${() => begin(supplier)}>${text("receiving.record_rejection")}</button>
    <//>
  `;
}

async function readSuppliers(database) {
  const [suppliers, receipts] = await Promise.all([documents(database, "suppliers"), newest(database, "goods_receipts", LATELY)]);
  const uses = countUses(receipts, (receipt) => [receipt.supplier_id]);
  const day = today();
  return suppliers
    .map((supplier) => ({ supplier, licence: licenceState(supplier, day, supplier.categories ?? []) }))
    .sort((one, other) => (uses.get(other.supplier.id) ?? 0) - (uses.get(one.supplier.id) ?? 0) || one.supplier.code.localeCompare(other.supplier.code));
}

/**
 * By name or code, whatever the width and case.
 *
 * @param {Record<string, any>} named
 * @param {string} search
 */
export function matches({ name, code, specification = "" }, search) {
  const plain = (value) => String(value ?? "").normalize("NFKC").toLowerCase();
  return plain(`${name} ${code} ${specification}`).includes(plain(search.trim()));
}

async function begin(supplier) {
  const { user, database } = session();
  const id = newId();
  const number = await provisionalNumber(database);
  const siteId = user.sites.length === 1 ? user.sites[0].site_id : await readState(database, "site_id") ?? user.sites[0]?.site_id;
  const document = newReceipt({ id, siteId, supplierId: supplier.id, number, day: today(), now: now() });
  await capture(database, [{ collection: "goods_receipts", document }]);
  goInstead(`#/receipts/${id}/goods`);
}

// Counted on this phone, and told apart from other phones' by a part of its id.
async function provisionalNumber(database) {
  const count = ((await readState(database, "receipts_begun")) ?? 0) + 1;
  await writeState(database, "receipts_begun", count);
  return `P${deviceId().slice(-4).toUpperCase()}-${String(count).padStart(4, "0")}`;
}
