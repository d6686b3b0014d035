/** What of a receipt can be taken along: the record and the slip on paper, and the evidence pack. */

import { text } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { download } from "../parts/download.js";
import { ErrorNotice } from "../parts/problem.js";
import { may } from "../session.js";
import { numberOf } from "./words.js";

/** @param {{receipt: any}} properties */
export function Documents({ receipt }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isBusy, setBusy] = useState(false);
  const name = numberOf(receipt.document);
  const isRejected = receipt.lines_now.some((line) => Number(line.rejected_quantity) > 0);
  const take = async (file, savedAs) => {
    setError(null);
    setBusy(true);
    try {
      await download(`goods-receipts/${encodeURIComponent(receipt.document.id)}/${file}`, savedAs);
    } catch (why) {
      setError(why);
    } finally {
      setBusy(false);
    }
  };
  const button = (title, file, savedAs) => html`
    <button class="button quiet" type="button" disabled=${isBusy} onClick=${() => void take(file, savedAs)}>${title}</button>
  `;
  return html`
    <section class="documents" aria-label=${text("documents.title")}>
      <div class="document-buttons">
        ${button(text("documents.record"), "document.pdf", `${name}.pdf`)}
        ${isRejected && button(text("documents.slip"), "rejection-slip.pdf", `${name}-rejection.pdf`)}
        ${may("export_evidence") && button(text("documents.pack"), "evidence-pack.zip", `${name}-evidence.zip`)}
      </div>
      <${ErrorNotice} error=${error} />
    </section>
  `;
}
