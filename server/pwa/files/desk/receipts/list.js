/** The receipts of the reader's sites that fit the filters, the newest delivery first. */

import { counted, day, text } from "../../shared/language.js";
import { html, useEffect, useRef } from "../../shared/view.js";
import { Picture } from "../parts/picture.js";
import { ErrorNotice } from "../parts/problem.js";
import { usePages, useQuery, withQuery } from "../view.js";
import { ListExport } from "./export.js";
import { filtersOf, ReceiptFilters } from "./filters.js";
import { addressOf, DecisionBadge, numberOf } from "./words.js";

const PAGE = 20;

/** @param {{openId: string | null, cameFrom: string | null}} properties */
export function ReceiptList({ openId, cameFrom }) {
  const filters = filtersOf(useQuery());
  const path = withQuery("goods-receipts", { limit: PAGE, ...filters });
  const { entries, error, isLoading, more, again } = usePages(path, "goods_receipts");
  const pane = useRef(/** @type {HTMLElement | null} */ (null));
  useFocusOn(pane, cameFrom);
  const bringMore = useMore(pane, entries.length, more);
  return html`
    <section class="pane list-pane" aria-label=${text("receipts.title")} aria-busy=${String(isLoading)} ref=${pane}>
      <div class="section-head">
        <h2>${text("receipts.title")}</h2>
        <button class="button quiet" type="button" onClick=${again}>${text("receipts.refresh")}</button>
      </div>
      <${ReceiptFilters} filters=${filters} />
      <ul class="receipts">
        ${entries.map((receipt) => html`<li key=${receipt.id}><${Card} receipt=${receipt} isOpen=${receipt.id === openId} /></li>`)}
      </ul>
      <${ErrorNotice} error=${error} again=${again} />
      ${isLoading && html`<p class="muted loading" role="status">${text("loading")}</p>`}
      ${!isLoading && !error && entries.length === 0 && html`<${NoReceipts} isNarrowed=${Object.keys(filters).length > 0} />`}
      ${!isLoading && !error && more && html`<button class="button wide" type="button" onClick=${bringMore}>${text("receipts.more")}</button>`}
      ${entries.length > 0 && html`<${ListExport} filters=${filters} />`}
    </section>
  `;
}

/** Put the focus back on the receipt one comes from. */
function useFocusOn(pane, id) {
  useEffect(() => {
    if (id) pane.current?.querySelector(`a[href*="${CSS.escape(id)}"]`)?.focus();
  }, [id]);
}

/** The button that was pressed is gone: go on at the first receipt it brought. */
function useMore(pane, length, more) {
  const goOnAt = useRef(/** @type {number | null} */ (null));
  useEffect(() => {
    if (goOnAt.current === null || length <= goOnAt.current) return;
    pane.current?.querySelectorAll(".receipt-card")[goOnAt.current]?.focus();
    goOnAt.current = null;
  }, [length]);
  return () => {
    goOnAt.current = length;
    more?.();
  };
}

function NoReceipts({ isNarrowed }) {
  return html`
    <div class="card empty">
      <strong>${text(isNarrowed ? "receipts.none_fit" : "receipts.none")}</strong>
      <p class="muted">${text(isNarrowed ? "receipts.none_fit_detail" : "receipts.none_detail")}</p>
    </div>
  `;
}

function Card({ receipt, isOpen }) {
  return html`
    <a class="card receipt-card" href=${addressOf(receipt.id)} aria-current=${isOpen ? "true" : null}>
      <div class="receipt-head">
        <span class="receipt-number">${numberOf(receipt)}</span>
        <${DecisionBadge} status=${receipt.status} decision=${receipt.decision} />
      </div>
      <strong class="receipt-supplier">${receipt.supplier_name}</strong>
      <div class="receipt-facts muted">
        <span>${day(receipt.delivered_on)}</span>
        <span>${receipt.site_name}</span>
        <span>${counted("receipts.lines", receipt.line_count)}</span>
      </div>
      <${PhotoStrip} ...${receipt} />
    </a>
  `;
}

function PhotoStrip({ photos, photo_ids: ids, supplier_name: name }) {
  if (photos.announced === 0) return null;
  return html`
    <div class="strip">
      ${ids.map((id) => html`<${Picture} key=${id} id=${id} alt=${text("photos.of", { name })} />`)}
      <${PhotoCount} ...${photos} />
    </div>
  `;
}

/** Photos 3/5, until all that the record speaks of have come. @param {{announced: number, stored: number}} photos */
export function PhotoCount(photos) {
  const isWaiting = photos.stored < photos.announced;
  return html`
    <span class=${isWaiting ? "photo-count is-waiting" : "photo-count"}>${text(isWaiting ? "photos.waiting" : "photos.count", photos)}</span>
  `;
}
