/** The receipts of one's sites: the list, and beside it the one that the address names. */

import { text } from "../../shared/language.js";
import { html, useEffect, useRef } from "../../shared/view.js";
import { ReceiptList } from "./list.js";
import { Receipt } from "./receipt.js";

/** @param {{id?: string}} properties */
export default function Receipts({ id }) {
  const before = useRef(/** @type {string | null} */ (null));
  const cameFrom = before.current;
  useEffect(() => {
    before.current = id ?? null;
    if (id) window.scrollTo(0, 0);
    else document.title = text("app.title");
  }, [id]);
  return html`
    <main class=${id ? "desk-main work has-detail" : "desk-main work"}>
      <${ReceiptList} openId=${id ?? null} cameFrom=${id ? null : cameFrom} />
      <section class="pane detail-pane" aria-label=${text("receipt.title")}>
        ${id ? html`<${Receipt} key=${id} id=${id} />` : html`<p class="placeholder muted">${text("receipt.choose")}</p>`}
      </section>
    </main>
  `;
}
Receipts.staysFor = "receipts";
