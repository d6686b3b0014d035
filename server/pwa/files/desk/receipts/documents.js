/** What of a receipt can be taken along: the record and the slip on paper, and the evidence pack. */

import { text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { FileButtons } from "../parts/files.js";
import { may } from "../session.js";
import { numberOf } from "./words.js";

/** @param {{receipt: any}} properties */
export function Documents({ receipt }) {
  const name = numberOf(receipt.document);
  const path = `goods-receipts/${encodeURIComponent(receipt.document.id)}`;
  const files = [{ label: text("documents.record"), path: `${path}/document.pdf`, name: `${name}.pdf` }];
  if (receipt.lines_now.some((line) => Number(line.rejected_quantity) > 0)) {
    files.push({ label: text("documents.slip"), path: `${path}/rejection-slip.pdf`, name: `${name}-rejection.pdf` });
  }
  if (may("export_evidence")) {
    files.push({ label: text("documents.pack"), path: `${path}/evidence-pack.zip`, name: `${name}-evidence.zip` });
  }
  return html`<section class="documents" aria-label=${text("documents.title")}><${FileButtons} label=${text("documents.title")} files=${files} /></section>`;
}
