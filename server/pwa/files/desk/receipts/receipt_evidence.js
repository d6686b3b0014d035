/** Photos, signatures and amendments of a receipt. */

import { el, fact } from "./dom.js";
import { either, moment, number, text, word } from "../../shared/language.js";
import { thumbnail } from "./photos.js";
import { itemsById } from "./receipt_gates.js";
import { decisionBadge } from "./receipt_list.js";
import { openViewer } from "./viewer.js";

const SIGNATURE = "signature";

export function photoGallery(receipt, checklists) {
  const pictures = receipt.attachments.filter((attachment) => attachment.role !== SIGNATURE);
  const { announced, stored } = receipt.photos;
  if (announced === 0) return null;
  const titles = titlesByAttachment(receipt.document, checklists);
  const here = pictures
    .filter((attachment) => attachment.status === "stored")
    .sort((one, other) => (one.captured_at ?? "").localeCompare(other.captured_at ?? ""))
    .map(({ id, role, caption, captured_at: at, open_flags: flags }) => {
      const title = caption || titles.get(id) || word("photo", role || "other");
      return { id, title, flags, caption: at ? `${title} · ${moment(at)}` : title };
    });
  return el(
    "section",
    {},
    el(
      "div",
      { class: "section-head" },
      el("h3", {}, text("photos.title")),
      el(
        "span",
        { class: stored < announced ? "photo-count is-waiting" : "photo-count" },
        text(stored < announced ? "photos.waiting" : "photos.count", receipt.photos),
      ),
    ),
    el("ul", { class: "gallery" }, here.map((photo, index) => el("li", {}, tile(photo, here, index)))),
  );
}

function tile(photo, photos, index) {
  return el(
    "button",
    { class: "tile", type: "button", click: () => openViewer(photos, index) },
    thumbnail(photo.id, ""),
    el("span", { class: "tile-title small" }, photo.title),
    photo.flags > 0 &&
      el("span", { class: "tag is-waiting" }, text("photos.flags", { count: photo.flags })),
  );
}

/** What a photo shows: the checklist item whose answer names it. */
function titlesByAttachment(receipt, checklists) {
  const items = itemsById(checklists);
  const titles = new Map();
  for (const answer of receipt.answers) {
    const item = items.get(answer.item_id);
    for (const id of answer.attachment_ids) if (item) titles.set(id, either(item));
  }
  return titles;
}

export function signatures({ document: signed, attachments }) {
  const stored = new Set(
    attachments.filter(({ status }) => status === "stored").map(({ id }) => id),
  );
  return el(
    "section",
    {},
    el("h3", {}, text("signatures.title")),
    signed.signatures.length === 0 && el("p", { class: "card muted" }, text("signatures.none")),
    el(
      "ul",
      { class: "signatures" },
      signed.signatures.map(({ role, name, signed_at: at, attachment_id: id }) =>
        el(
          "li",
          { class: "card signature" },
          el(
            "div",
            {},
            el("span", { class: "muted small" }, word("signature", role)),
            el("strong", {}, name),
            el("span", { class: "muted small" }, moment(at)),
          ),
          stored.has(id)
            ? thumbnail(id, text("signatures.of", { name }))
            : el("span", { class: "tag" }, text("photos.not_here")),
        ),
      ),
    ),
  );
}

export function amendments({ document: signed, amendments: made }) {
  if (made.length === 0) return null;
  return el(
    "section",
    {},
    el("h3", {}, text("amendments.title")),
    made.map((amendment) => amendmentCard(amendment, signed)),
  );
}

function amendmentCard(amendment, signed) {
  return el(
    "article",
    { class: "card amendment" },
    el(
      "div",
      { class: "receipt-head" },
      el("span", { class: "receipt-number" }, amendment.number),
      decisionBadge("signed", amendment.decision),
    ),
    el("strong", {}, word("amendment", amendment.kind)),
    el("p", {}, amendment.reason),
    el("ul", { class: "amended-lines" }, amendment.lines.map((line) => amendedLine(line, signed))),
    el(
      "dl",
      { class: "facts" },
      fact(text("amendments.by"), amendment.created_by.name),
      fact(text("amendments.received_at"), moment(amendment.received_at)),
    ),
  );
}

function amendedLine(line, signed) {
  const name = signed.basis.lines[line.line_id]?.product.name ?? line.line_id;
  const quantities = ["accepted", "rejected", "pending"].map(
    (part) => `${word("quantity", part)} ${number(line[`${part}_quantity`])}`,
  );
  return el("li", {}, el("span", {}, name), " ", el("span", { class: "muted" }, quantities.join(" · ")));
}
