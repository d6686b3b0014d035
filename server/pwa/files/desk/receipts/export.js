/** The list to be taken along, as a table: what the filters leave of a year at most. */

import { day, text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { FileButtons } from "../parts/files.js";
import { withQuery } from "../view.js";

const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/** @param {{filters: Record<string, string>}} properties */
export function ListExport({ filters }) {
  const period = periodOf(filters);
  const { delivered_from: _from, delivered_to: _to, ...narrower } = filters;
  const file = (list, kind, label) => ({
    label,
    path: withQuery(`reports/${list}.${kind}`, { ...narrower, ...period }),
    name: `${list}-${period.from}-${period.to}.${kind}`,
  });
  const files = [
    file("goods-receipts", "csv", text("list_export.csv")),
    file("goods-receipts", "xlsx", text("list_export.xlsx")),
    file("goods-receipt-lines", "xlsx", text("list_export.lines")),
  ];
  return html`
    <section class="list-export" aria-label=${text("list_export.title")}>
      <p class="muted small">${text("list_export.period", { from: day(period.from), to: day(period.to) })}</p>
      <${FileButtons} label=${text("list_export.title")} files=${files} />
    </section>
  `;
}

/**
 * The days of the filters; where they leave a side open, the year before or after the other.
 *
 * @param {Record<string, string>} filters
 */
function periodOf({ delivered_from: from, delivered_to: to }) {
  const last = to ?? (from ? daysFrom(from, DAYS_MAX - 1) : iso(Date.now()));
  return { from: from ?? daysFrom(last, 1 - DAYS_MAX), to: last };
}

const daysFrom = (start, days) => iso(Date.parse(`${start}T00:00:00Z`) + days * DAY_MS);
const iso = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 10);
