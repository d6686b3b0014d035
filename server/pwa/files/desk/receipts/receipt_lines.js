/** The lines: what came, what was taken, what the sample said. */

import { el, fact } from "./dom.js";
import { day, either, number, text, word } from "../../shared/language.js";
import { samplingTable } from "./sampling_table.js";

const PARTS = ["accepted", "rejected", "pending"];

export function lineCards({ document: signed, lines_now: now }) {
  return el(
    "section",
    {},
    el("h3", {}, text("lines.title")),
    signed.lines.map((line) =>
      lineCard(
        line,
        now.find((quantities) => quantities.line_id === line.id) ?? line,
        signed.basis.lines[line.id],
        signed.verdict.lines[line.id],
        signed.samples.find((sample) => sample.line_id === line.id),
      ),
    ),
  );
}

function lineCard(line, now, basis, verdict, sample) {
  const { product } = basis;
  return el(
    "article",
    { class: "card line" },
    el("h4", {}, product.name, " ", el("span", { class: "muted small" }, product.specification)),
    quantities(line, now, word("unit", product.unit)),
    verdict?.reasons.length > 0 &&
      el("ul", { class: "reasons" }, verdict.reasons.map((reason) => el("li", {}, either(reason)))),
    line.rejection_reason && el("p", {}, text("lines.rejection_reason", { reason: line.rejection_reason })),
    el(
      "dl",
      { class: "facts" },
      fact(text("lines.batch"), line.supplier_batch_number),
      fact(text("lines.produced_on"), line.produced_on && day(line.produced_on)),
      fact(text("lines.expires_on"), basis.expires_on && day(basis.expires_on)),
      fact(text("lines.storage"), storage(product)),
    ),
    basis.sampling && samplingTable(basis.sampling, verdict, sample, product.sampling_scheme),
  );
}

function storage({ storage_class: storageClass, temperature_limits: limits }) {
  const words = word("storage", storageClass);
  if (!limits) return words;
  const { min, max } = limits;
  const key = min === null ? "lines.at_most" : max === null ? "lines.at_least" : "lines.between";
  const shown = { min: min && number(min), max: max && number(max) };
  const range = `${words} ${text(key, shown)}`;
  return limits.is_confirmed
    ? range
    : el("span", {}, range, " ", el("span", { class: "tag" }, text("unconfirmed")));
}

/** Delivered = accepted + rejected + pending, as a bar and in figures. */
function quantities(line, now, unit) {
  const delivered = Number(line.delivered_quantity);
  const bar = el("div", { class: "quantity-bar", "aria-hidden": "true" });
  for (const part of PARTS) {
    const share = Number(now[`${part}_quantity`]) / delivered;
    if (!(share > 0)) continue;
    const piece = el("span", { "data-part": part });
    piece.style.flexGrow = String(share);
    bar.append(piece);
  }
  const isAmended = PARTS.some((part) => now[`${part}_quantity`] !== line[`${part}_quantity`]);
  return el(
    "div",
    { class: "quantities" },
    bar,
    el(
      "dl",
      { class: "figures" },
      figure("delivered", line.delivered_quantity, unit),
      PARTS.map((part) => figure(part, now[`${part}_quantity`], "")),
    ),
    isAmended && el("p", { class: "muted small" }, text("lines.amended", signedQuantities(line))),
  );
}

function signedQuantities(line) {
  return Object.fromEntries(PARTS.map((part) => [part, number(line[`${part}_quantity`])]));
}

function figure(part, quantity, unit) {
  return el(
    "div",
    { class: Number(quantity) === 0 ? "figure is-zero" : "figure", "data-part": part },
    el("dt", {}, word("quantity", part)),
    el("dd", {}, number(quantity), unit && el("span", { class: "unit" }, unit)),
  );
}
