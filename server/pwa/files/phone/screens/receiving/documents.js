/** A receipt as it is written down, change by change. Pure: documents in, documents out. */

import { allIn } from "../../../receiving/quantities.js";

/** @typedef {Record<string, any>} Document */

/**
 * @param {{id: string, siteId: string, supplierId: string, number: string, day: string, now: string}} begun
 * @returns {Document}
 */
export function newReceipt({ id, siteId, supplierId, number, day, now }) {
  return {
    id,
    site_id: siteId,
    provisional_number: number,
    supplier_id: supplierId,
    delivery_note_number: "",
    vehicle_plate: "",
    driver_name: "",
    delivered_on: day,
    delivered_at: now,
    lines: [],
    answers: [],
    samples: [],
    signatures: [],
    attachment_ids: [],
    decision: null,
    decision_reason: "",
    note: "",
    captured_at: now,
    entered_at: now,
  };
}

/**
 * A line of which nothing is decided yet.
 *
 * @param {{id: string, product: Document, version: number, checklistId: string, quantity: string, producedOn?: string | null}} begun
 */
export function newLine({ id, product, version, checklistId, quantity, producedOn = null }) {
  return {
    id,
    product_id: product.id,
    product_version: version,
    checklist_id: checklistId,
    supplier_batch_number: "",
    produced_on: producedOn,
    shelf_life_days: product.shelf_life_days ?? null,
    expires_on: null,
    unit: product.unit,
    unit_price: null,
    delivered_quantity: quantity,
    accepted_quantity: "0",
    rejected_quantity: "0",
    pending_quantity: quantity,
    rejection_reason: "",
    label_temperature_c: null,
  };
}

/** @param {Document} receipt @param {Document} line */
export const withLine = (receipt, line) => ({ ...receipt, lines: [...receipt.lines, line] });

/** @param {Document} receipt @param {string} lineId @param {(line: Document) => Document} change */
export const withChangedLine = (receipt, lineId, change) => ({
  ...receipt,
  lines: receipt.lines.map((line) => (line.id === lineId ? change(line) : line)),
});

/** The receipt without a line and without what was answered about it. */
export const withoutLine = (receipt, lineId) => ({
  ...receipt,
  lines: receipt.lines.filter((line) => line.id !== lineId),
  answers: receipt.answers.filter((answer) => answer.line_id !== lineId),
  samples: receipt.samples.filter((sample) => sample.line_id !== lineId),
});

/**
 * @param {Document} receipt
 * @param {string} itemId
 * @param {string | null} lineId null for an item of the delivery's head
 */
export const answerTo = (receipt, itemId, lineId) =>
  receipt.answers.find((answer) => answer.item_id === itemId && answer.line_id === lineId) ?? null;

/**
 * @param {Document} receipt
 * @param {{itemId: string, lineId: string | null, changed: Document | ((before: Document) => Document),
 *   id: string, now: string}} given
 *   id and now are for an answer that is not there yet; what is changed later keeps its time
 */
export function withAnswer(receipt, { itemId, lineId, changed, id, now }) {
  const before = answerTo(receipt, itemId, lineId);
  const empty = {
    id,
    item_id: itemId,
    line_id: lineId,
    value: null,
    is_ok: null,
    not_applicable: false,
    number: "",
    attachment_ids: [],
    note: "",
    captured_at: now,
  };
  const answer = before ?? empty;
  const after = { ...answer, ...(typeof changed === "function" ? changed(answer) : changed) };
  const answers = before ? receipt.answers.map((one) => (one === before ? after : one)) : [...receipt.answers, after];
  return { ...receipt, answers };
}

/** @param {Document} receipt @param {Document} sample */
export function withSample(receipt, sample) {
  const others = receipt.samples.filter((one) => one.line_id !== sample.line_id);
  return { ...receipt, samples: [...others, sample] };
}

/**
 * The lot of a line in items: the delivered quantity where its unit counts items, else to be told.
 *
 * @param {Document} line
 * @returns {number | null}
 */
export function lotSizeOf(line) {
  if (line.unit === "kg") return null;
  const quantity = Math.ceil(Number(line.delivered_quantity));
  return quantity >= 1 ? quantity : null;
}

/**
 * What the findings suggest for each line that nobody has decided: acceptable lines are accepted,
 * the others rejected with what was found as the reason.
 *
 * @param {Document} receipt
 * @param {Record<string, {is_acceptable: boolean, is_complete: boolean, reasons: any[]}>} verdicts
 * @param {(reason: any) => string} worded
 */
export function withSuggestedQuantities(receipt, verdicts, worded) {
  return {
    ...receipt,
    lines: receipt.lines.map((line) => {
      const verdict = verdicts[line.id];
      const isOpen = line.pending_quantity === line.delivered_quantity;
      if (!verdict || !isOpen) return line;
      if (verdict.is_acceptable) return allIn(line, "accepted_quantity");
      if (verdict.reasons.length === 0) return line;
      const reason = line.rejection_reason || verdict.reasons.map(worded).join("；").slice(0, 500);
      return { ...allIn(line, "rejected_quantity"), rejection_reason: reason };
    }),
  };
}
