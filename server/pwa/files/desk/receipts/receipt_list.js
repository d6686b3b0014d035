/** The receipts of the reader's sites, the newest delivery first, page by page. */

import { getJson } from "../api.js";
import { el, fill } from "./dom.js";
import { counted, day, text, word } from "../../shared/language.js";
import { errorNotice } from "./notice.js";
import { thumbnail } from "./photos.js";

const PAGE = 20;

export const addressOf = (id) => `#/receipts/${id}`;

/** What is decided, in words and colour. A draft has nothing decided yet. */
export function decisionBadge(status, decision) {
  const shown = status === "draft" ? "draft" : (decision ?? "pending");
  return el("span", { class: "badge", "data-decision": shown }, word("decision", shown));
}

export class ReceiptList {
  #container;
  #receipts = [];
  #cursor = null;
  #state = "loading";
  /** @type {unknown} */
  #error = null;
  #openId = null;
  #loads = new AbortController();

  constructor(container) {
    this.#container = container;
  }

  /** Begin anew from the first page. */
  async load() {
    this.#loads.abort();
    this.#loads = new AbortController();
    this.#receipts = [];
    this.#cursor = null;
    await this.#loadPage();
  }

  stop() {
    this.#loads.abort();
  }

  /** Mark the receipt that is open beside the list. */
  markOpen(id) {
    this.#openId = id;
    for (const card of this.#container.querySelectorAll(".receipt-card")) {
      if (card.getAttribute("href") === addressOf(id)) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    }
  }

  /** Put the focus back on the receipt one comes from. */
  focus(id) {
    this.#container.querySelector(`a[href="${CSS.escape(addressOf(id))}"]`)?.focus();
  }

  async #loadPage() {
    const { signal } = this.#loads;
    const before = this.#receipts.length;
    this.#state = "loading";
    this.#error = null;
    this.render();
    try {
      const after = this.#cursor ? `&cursor=${encodeURIComponent(this.#cursor)}` : "";
      const page = await getJson(`goods-receipts?limit=${PAGE}${after}`, { signal });
      if (signal.aborted) return;
      this.#receipts.push(...page.goods_receipts);
      this.#cursor = page.next_cursor;
      this.#state = "loaded";
    } catch (error) {
      if (signal.aborted) return;
      this.#error = error;
      this.#state = "failed";
    }
    this.render();
    // The button that was pressed is gone: go on at the first receipt it brought.
    if (before > 0) this.#container.querySelectorAll(".receipt-card")[before]?.focus();
  }

  render() {
    const { length } = this.#receipts;
    fill(
      this.#container,
      el(
        "div",
        { class: "section-head" },
        el("h2", {}, text("receipts.title")),
        el("button", { class: "button quiet", type: "button", click: () => this.load() }, text("receipts.refresh")),
      ),
      el("ul", { class: "receipts" }, this.#receipts.map((receipt) => el("li", {}, card(receipt)))),
      this.#error && errorNotice(this.#error, () => this.#loadPage()),
      this.#state === "loading" && el("p", { class: "muted loading", role: "status" }, text("loading")),
      this.#state === "loaded" && length === 0 && emptyList(),
      this.#state === "loaded" && this.#cursor && this.#moreButton(),
    );
    this.#container.setAttribute("aria-busy", String(this.#state === "loading"));
    this.markOpen(this.#openId);
  }

  #moreButton() {
    return el(
      "button",
      { class: "button wide", type: "button", click: () => this.#loadPage() },
      text("receipts.more"),
    );
  }
}

function emptyList() {
  return el(
    "div",
    { class: "card empty" },
    el("strong", {}, text("receipts.none")),
    el("p", { class: "muted" }, text("receipts.none_detail")),
  );
}

function card(receipt) {
  return el(
    "a",
    { class: "card receipt-card", href: addressOf(receipt.id) },
    el(
      "div",
      { class: "receipt-head" },
      el("span", { class: "receipt-number" }, receipt.number ?? receipt.provisional_number),
      decisionBadge(receipt.status, receipt.decision),
    ),
    el("strong", { class: "receipt-supplier" }, receipt.supplier_name),
    el(
      "div",
      { class: "receipt-facts muted" },
      el("span", {}, day(receipt.delivered_on)),
      el("span", {}, receipt.site_name),
      el("span", {}, counted("receipts.lines", receipt.line_count)),
    ),
    photoStrip(receipt),
  );
}

function photoStrip({ photos, photo_ids: ids, supplier_name: supplier }) {
  if (photos.announced === 0) return null;
  const isComplete = photos.stored >= photos.announced;
  return el(
    "div",
    { class: "strip" },
    ids.map((id) => thumbnail(id, text("photos.of", { name: supplier }))),
    el(
      "span",
      { class: isComplete ? "photo-count" : "photo-count is-waiting" },
      text(isComplete ? "photos.count" : "photos.waiting", photos),
    ),
  );
}
