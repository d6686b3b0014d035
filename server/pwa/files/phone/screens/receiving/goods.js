/** Adding goods: search or one of the usual, then how much. */

import { checklistInForce } from "../../../receiving/basis.js";
import { parseQuantity } from "../../../receiving/quantities.js";
import { either, text, told, word } from "../../../shared/language.js";
import { Icon } from "../../../shared/icons.js";
import { say } from "../../../shared/messages.js";
import { Screen } from "../../parts/screen.js";
import { Sheet } from "../../../shared/sheet.js";
import { session } from "../../session/session.js";
import { newId } from "../../storage/ids.js";
import { newest } from "../../storage/records.js";
import { html, useLive, useMemo, useRef, useState, useEffect } from "../../view.js";
import { Choice } from "../../parts/choice.js";
import { latelyBefore } from "./days.js";
import { newLine, withLine, withoutLine } from "./documents.js";
import { countUses, LATELY } from "./holdings.js";
import { matches } from "./new.js";
import { useReceipt } from "./use_receipt.js";

export default function Goods({ id }) {
  const { database } = session();
  const { receipt, held, edit, isLoading, isClosed } = useReceipt(id, { hasAllProducts: true });
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState(/** @type {any} */ (null));
  const earlier = useLive(() => newest(database, "goods_receipts", LATELY), [database]);
  const offered = useMemo(() => (held && receipt && earlier ? offer(held, receipt, earlier) : null), [held, receipt, earlier]);
  if (isLoading) return html`<${Screen} title=${text("receiving.add_goods")} back=${`#/receipts/${id}`} />`;
  if (!receipt || isClosed) return html`<${Screen} title=${text("receiving.add_goods")} back=${`#/receipts/${id}`}><p>${text("receiving.closed")}</p><//>`;
  const found = (offered ?? []).filter(({ product }) => matches(product, search));
  const add = async (quantity, producedOn) => {
    const { product, version, checklist } = chosen;
    const line = newLine({ id: newId(), product, version, checklistId: checklist.id, quantity, producedOn });
    setChosen(null);
    setSearch("");
    await edit((document) => withLine(document, line));
    say(text("receiving.added", { name: product.name }), { label: text("undo"), run: () => void edit((document) => withoutLine(document, line.id)) });
  };
  const footer = html`<a class="button" href=${`#/receipts/${id}`}>${receipt.lines.length === 0 ? text("back") : text("receiving.goods_done")}</a>`;
  return html`
    <${Screen} title=${text("receiving.add_goods")} subtitle=${held.suppliers.get(receipt.supplier_id)?.document.name} back=${`#/receipts/${id}`} footer=${footer}>
      ${receipt.lines.length > 0 && html`<ul class="chips" aria-label=${text("receiving.goods")}>${receipt.lines.map((line) => html`<li class="chip">${held.products.get(line.product_id)?.document.name} · ${line.delivered_quantity} ${word("unit", line.unit)}</li>`)}</ul>`}
      <label class="search"><${Icon} name="search" /><input type="search" placeholder=${text("receiving.search_goods")} aria-label=${text("receiving.search_goods")} value=${search} onInput=${(event) => setSearch(event.target.value)} /></label>
      <ul class="picks">
        ${found.slice(0, 60).map(
          (entry) => html`
            <li key=${entry.product.id}>
              <button class="card pick" type="button" onClick=${() => setChosen(entry)}>
                <span class="pick-text"><strong>${entry.product.name}</strong><span class="muted small">${entry.product.specification} · ${either(entry.product.category_name)} · ${word("storage", entry.product.storage_class)}</span></span>
                <${Icon} name="plus" />
              </button>
            </li>
          `,
        )}
      </ul>
      ${offered && found.length === 0 && html`<p class="muted empty-text">${text("receiving.none_found")}</p>`}
    <//>
    ${chosen && html`<${Quantity} product=${chosen.product} deliveredOn=${receipt.delivered_on} add=${add} close=${() => setChosen(null)} />`}
  `;
}

function Quantity({ product, deliveredOn, add, close }) {
  const [producedOn, setProducedOn] = useState(/** @type {string | null} */ (null));
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => input.current?.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    const parsed = parseQuantity(typed, product.unit, [product.unit_name.zh, product.unit_name.en]);
    if (parsed.value === null) return setError(told(parsed.error));
    if (Number(parsed.value) <= 0) return setError(text("receiving.more_than_none"));
    add(parsed.value, producedOn);
  };
  return html`
    <${Sheet} title=${product.name} close=${close}>
      <form class="sheet-form" onSubmit=${submit}>
        <label><span>${text("receiving.delivered", { unit: either(product.unit_name) })}</span>
          <input class="field is-large" ref=${input} type="text" inputmode="decimal" maxlength="20" autocomplete="off" value=${typed} aria-invalid=${error ? "true" : null} onInput=${(event) => { setTyped(event.target.value); setError(""); }} /></label>
        ${error && html`<p class="field-error" role="alert">${error}</p>`}
        <div class="labelled"><span>${text("receiving.produced_on")}</span>
          <${Choice} label=${text("receiving.produced_on")} value=${producedOn} options=${latelyBefore(deliveredOn)} onChoose=${(day) => setProducedOn(day === producedOn ? null : day)} /></div>
        <button class="button" type="submit">${text("receiving.add")}</button>
      </form>
    <//>
  `;
}

/** The supplier's own categories and what it brought before come first. */
function offer(held, receipt, earlier) {
  const supplier = held.suppliers.get(receipt.supplier_id)?.document;
  const brought = earlier.filter((one) => one.supplier_id === receipt.supplier_id);
  const uses = countUses(brought, (one) => one.lines.map((line) => line.product_id));
  const usual = new Set(supplier?.categories ?? []);
  const inForce = new Map();
  const checklistFor = (code) => {
    if (!inForce.has(code)) inForce.set(code, checklistInForce(held.checklists, code, receipt.delivered_on));
    return inForce.get(code);
  };
  return [...held.products.values()]
    .filter(({ document }) => document.is_active)
    .map(({ version, document: product }) => ({ product, version, checklist: checklistFor(product.checklist_code), uses: uses.get(product.id) ?? 0, isUsual: Number(usual.has(product.category)) }))
    .filter(({ checklist }) => checklist)
    .sort((one, other) => other.uses - one.uses || other.isUsual - one.isUsual || byCode(one.product, other.product));
}

// Codes are no words: no language is asked for their order, which takes its time with thousands.
const byCode = (one, other) => (one.code < other.code ? -1 : Number(one.code > other.code));
