/** One receipt: what was delivered, found and decided, who signed, and what was amended since. */

import { getJson } from "../api.js";
import { el, fact, fill } from "./dom.js";
import { day, either, listed, moment, text, word } from "../../shared/language.js";
import { errorNotice } from "./notice.js";
import { amendments, photoGallery, signatures } from "./receipt_evidence.js";
import { receiptDocuments } from "./receipt_documents.js";
import { gates } from "./receipt_gates.js";
import { lineCards } from "./receipt_lines.js";
import { decisionBadge } from "./receipt_list.js";

export class ReceiptDetail {
  #container;
  #siteName;
  #may;
  /** @type {{receipt: any, checklists: any[]} | null} */
  #shown = null;
  /** @type {unknown} */
  #error = null;
  #id = null;
  #loads = new AbortController();

  /** *siteName* gives the name of a site by its id, *may* whether the reader holds a permission. */
  constructor(container, siteName, may) {
    this.#container = container;
    this.#siteName = siteName;
    this.#may = may;
  }

  get isOpen() {
    return this.#id !== null;
  }

  get title() {
    const document_ = this.#shown?.receipt.document;
    return document_ ? (document_.number ?? document_.provisional_number) : text("receipt.title");
  }

  async open(id) {
    this.close();
    this.#id = id;
    this.#loads = new AbortController();
    const { signal } = this.#loads;
    this.render();
    try {
      const receipt = await getJson(`goods-receipts/${encodeURIComponent(id)}`, { signal });
      const checklists = await checklistsOf(receipt.document, signal);
      if (signal.aborted) return;
      this.#shown = { receipt, checklists };
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error;
    }
    this.render();
    this.#container.querySelector("h2")?.focus({ preventScroll: true });
  }

  close() {
    this.#loads.abort();
    this.#id = null;
    this.#shown = null;
    this.#error = null;
  }

  render() {
    const back = el("a", { class: "back", href: "#/" }, text("receipt.back"));
    if (this.#id === null) {
      fill(this.#container, el("p", { class: "placeholder muted" }, text("receipt.choose")));
    } else if (this.#error) {
      fill(this.#container, back, errorNotice(this.#error, () => this.open(this.#id)));
    } else if (this.#shown === null) {
      fill(this.#container, back, el("p", { class: "muted loading", role: "status" }, text("loading")));
    } else {
      fill(this.#container, back, this.#article());
    }
  }

  #article() {
    const { receipt, checklists } = /** @type {{receipt: any, checklists: any[]}} */ (this.#shown);
    return el(
      "article",
      { class: "receipt" },
      heading(receipt, this.#siteName(receipt.document.site_id)),
      receiptDocuments(receipt, this.#may("export_evidence")),
      lineCards(receipt),
      gates(receipt.document, checklists),
      photoGallery(receipt, checklists),
      signatures(receipt),
      amendments(receipt),
    );
  }
}

/** The checklists the receipt was filled in by, each once. A published one never changes. */
async function checklistsOf(receipt, signal) {
  const ids = new Set(Object.values(receipt.basis.lines).map((line) => line.checklist.id));
  const records = [...ids].map((id) => getJson(`checklists/${id}`, { signal }));
  return (await Promise.all(records)).map((record) => record.document);
}

function heading(receipt, siteName) {
  const { document: signed, decision_now: decision } = receipt;
  const { supplier } = signed.basis;
  return el(
    "header",
    { class: "card receipt-heading" },
    el(
      "div",
      { class: "receipt-head" },
      el("span", { class: "receipt-number" }, signed.number ?? signed.provisional_number),
      decisionBadge(signed.status, decision),
    ),
    el("h2", { tabindex: "-1" }, supplier.name),
    signed.decision_reason && el("p", {}, signed.decision_reason),
    el(
      "dl",
      { class: "facts" },
      signed.number && fact(text("receipt.provisional_number"), signed.provisional_number),
      fact(text("receipt.site"), siteName),
      fact(text("receipt.delivered_on"), day(signed.delivered_on)),
      fact(text("receipt.delivery_note"), signed.delivery_note_number),
      fact(text("receipt.vehicle"), signed.vehicle_plate),
      fact(text("receipt.driver"), signed.driver_name),
      fact(text("receipt.received_at"), moment(signed.signed_received_at ?? signed.received_at)),
      decision !== signed.decision && fact(text("receipt.first_decision"), word("decision", signed.decision)),
    ),
    licence(supplier.licence),
    signed.note && el("p", { class: "note" }, signed.note),
  );
}

function licence({ is_valid: isValid, is_confirmed: isConfirmed, findings }) {
  return el(
    "div",
    { class: "licence" },
    el(
      "p",
      { class: isValid ? "mark is-ok" : "mark is-not-ok" },
      text(isValid ? "licence.valid" : "licence.not_valid"),
      !isConfirmed && el("span", { class: "tag" }, text("unconfirmed")),
    ),
    findings.length > 0 && el("p", { class: "muted small" }, listed(findings.map(either))),
  );
}
