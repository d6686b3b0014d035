/** The gates in their order: how much was recorded at each, and what failed there. */

import { el } from "./dom.js";
import { counted, either, listed, text, word } from "../../shared/language.js";

export function gates(receipt, checklists) {
  const names = checklists[0]?.gates ?? [];
  if (names.length === 0) return null;
  const items = itemsById(checklists);
  const failed = failedItems(receipt);
  const recorded = receipt.answers.map((answer) => items.get(answer.item_id)?.gate);
  return el(
    "section",
    {},
    el("h3", {}, text("gates.title")),
    el(
      "ol",
      { class: "card gates" },
      names.map((name) =>
        gate(
          name,
          recorded.filter((gateName) => gateName === name).length,
          failed.filter((failure) => items.get(failure.item_id)?.gate === name),
        ),
      ),
    ),
    receipt.verdict.gate_order_kept === false && el("p", { class: "muted small" }, text("gates.order")),
  );
}

/** Every item of the checklists by its id; a head item stands in all of them alike. */
export function itemsById(checklists) {
  const items = checklists.flatMap((checklist) => [...checklist.head_items, ...checklist.items]);
  return new Map(items.map((item) => [item.id, item]));
}

function failedItems({ verdict, basis, lines }) {
  const ofHead = verdict.head?.not_ok ?? [];
  const ofLines = lines.flatMap((line) =>
    (verdict.lines[line.id]?.not_ok ?? []).map((failure) => ({
      ...failure,
      product: basis.lines[line.id].product.name,
    })),
  );
  return [...ofHead, ...ofLines];
}

function gate(name, recordedCount, failures) {
  const state = failures.length > 0 ? "failed" : recordedCount > 0 ? "passed" : "open";
  return el(
    "li",
    { class: "gate", "data-state": state },
    el(
      "div",
      { class: "gate-head" },
      el("strong", {}, word("gate", name)),
      el("span", { class: "muted small" }, gateText(recordedCount, failures.length)),
    ),
    failures.length > 0 && el("ul", { class: "failures" }, failures.map(failureItem)),
  );
}

function gateText(recordedCount, failureCount) {
  if (recordedCount === 0) return text("gates.nothing");
  const recorded = counted("gates.recorded", recordedCount);
  const found = failureCount === 0 ? text("gates.all_ok") : counted("gates.failed", failureCount);
  return `${recorded} · ${found}`;
}

function failureItem(failure) {
  const class_ = failure.nonconformity_class;
  return el(
    "li",
    {},
    el("span", { class: "class-mark", "data-class": class_, title: word("class", class_) }, class_),
    el(
      "div",
      {},
      el("strong", {}, either(failure)),
      failure.product && el("span", { class: "muted small" }, failure.product),
      el("p", {}, listed(failure.reasons.map(either))),
    ),
  );
}
