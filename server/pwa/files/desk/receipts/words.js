/** What the list and the record say alike: addresses, decisions, facts. */

import { word } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { query, withQuery } from "../view.js";

/** The address of a receipt; the filters of the list stay in it. @param {string} id */
export const addressOf = (id) => withQuery(`#/receipts/${id}`, query());

/** The address of the list with the filters that stand in the address now. */
export const listAddress = () => withQuery("#/receipts", query());

/**
 * Where a batch is traced.
 *
 * @param {string} number
 * @param {{supplier_id?: string, product_id?: string}} [narrower]
 */
export const traceAddress = (number, narrower = {}) =>
  withQuery("#/batches", { supplier_batch_number: number, ...narrower });

/** @param {{number: string | null, provisional_number: string}} receipt */
export const numberOf = (receipt) => receipt.number ?? receipt.provisional_number;

/**
 * What is decided, in words and colour. A draft has nothing decided yet.
 *
 * @param {{status: string, decision: string | null}} properties
 */
export function DecisionBadge({ status, decision }) {
  const shown = status === "draft" ? "draft" : (decision ?? "pending");
  return html`<span class="badge" data-decision=${shown}>${word("decision", shown)}</span>`;
}

/**
 * A term and its description, or nothing where there is nothing to tell.
 *
 * @param {{term: string, children?: any}} properties
 */
export function Fact({ term, children }) {
  if (children === null || children === undefined || children === false || children === "") return null;
  return html`<div class="fact"><dt>${term}</dt><dd>${children}</dd></div>`;
}

/** @param {{decision: string}} properties */
export function LotDecision({ decision }) {
  const mark = { accepted: "mark is-ok", not_accepted: "mark is-not-ok" }[decision] ?? "mark";
  return html`<span class=${mark}>${word("lot_decision", decision)}</span>`;
}
