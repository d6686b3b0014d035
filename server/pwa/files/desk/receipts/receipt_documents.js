/** What of a receipt can be taken along: the record and the slip on paper, and the evidence pack. */

import { getBlob } from "../api.js";
import { el, fill } from "./dom.js";
import { text } from "../../shared/language.js";
import { errorNotice } from "./notice.js";

/** Buttons for what there is. *mayExport* says whether the reader may hand evidence out. */
export function receiptDocuments(receipt, mayExport) {
  const { id, number, provisional_number: provisional } = receipt.document;
  const name = number ?? provisional;
  const path = `goods-receipts/${encodeURIComponent(id)}`;
  const rejected = receipt.lines_now.some((line) => Number(line.rejected_quantity) > 0);
  const trouble = el("div", {});
  const button = (title, file, savedAs) =>
    el(
      "button",
      {
        class: "button quiet",
        type: "button",
        click: (event) => void take(event.currentTarget, `${path}/${file}`, savedAs, trouble),
      },
      title,
    );
  return el(
    "section",
    { class: "documents", "aria-label": text("documents.title") },
    el(
      "div",
      { class: "document-buttons" },
      button(text("documents.record"), "document.pdf", `${name}.pdf`),
      rejected && button(text("documents.slip"), "rejection-slip.pdf", `${name}-rejection.pdf`),
      mayExport && button(text("documents.pack"), "evidence-pack.zip", `${name}-evidence.zip`),
    ),
    trouble,
  );
}

/** Fetch the file with the reader's token and hand it to the browser to be kept. */
async function take(button, path, name, trouble) {
  fill(trouble);
  button.disabled = true;
  let address;
  try {
    address = URL.createObjectURL(await getBlob(path));
    el("a", { href: address, download: name }).click();
  } catch (error) {
    fill(trouble, errorNotice(error));
  } finally {
    button.disabled = false;
    // The browser has taken over by then; at once would be too early for some.
    if (address) setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
