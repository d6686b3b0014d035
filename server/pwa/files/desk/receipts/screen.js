/** The receipts of one's sites: the list, and beside it the one that the address names. */

import { text } from "../../shared/language.js";
import { html, useEffect, useRef } from "../../shared/view.js";
import { may, siteName } from "../session.js";
import { ReceiptDetail } from "./receipt_detail.js";
import { ReceiptList } from "./receipt_list.js";

/** @param {{id?: string}} properties */
export default function Receipts({ id }) {
  const listPane = useRef(/** @type {HTMLElement | null} */ (null));
  const detailPane = useRef(/** @type {HTMLElement | null} */ (null));
  const work = useRef(/** @type {{list: ReceiptList, detail: ReceiptDetail, openId: string | null} | null} */ (null));
  useEffect(() => {
    const list = new ReceiptList(listPane.current);
    const detail = new ReceiptDetail(detailPane.current, siteName, may);
    work.current = { list, detail, openId: null };
    void list.load();
    return () => {
      list.stop();
      detail.close();
    };
  }, []);
  useEffect(() => {
    const { list, detail, openId } = /** @type {any} */ (work.current);
    /** @type {any} */ (work.current).openId = id ?? null;
    list.markOpen(id ?? null);
    if (id) {
      window.scrollTo(0, 0);
      void detail.open(id).then(nameWindow);
      return;
    }
    detail.close();
    detail.render();
    if (openId) list.focus(openId);
    nameWindow();
  }, [id]);
  const nameWindow = () => {
    const detail = work.current?.detail;
    document.title = detail?.isOpen ? `${detail.title} · ${text("app.title")}` : text("app.title");
  };
  return html`
    <main class=${id ? "desk-main work has-detail" : "desk-main work"}>
      <section class="pane list-pane" aria-label=${text("receipts.title")} ref=${listPane}></section>
      <section class="pane detail-pane" aria-label=${text("receipt.title")} ref=${detailPane}></section>
    </main>
  `;
}
Receipts.staysFor = "receipts";
