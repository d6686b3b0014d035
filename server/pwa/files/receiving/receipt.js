// The shapes of a receipt and of what it is judged by, as they travel (schemas/receiving.py).

/**
 * @typedef {import("../checklists/conditions.js").Answer & {id: string, line_id: string | null,
 *   captured_at: string | null}} Answer
 * @typedef {{id: string, line_id: string, lot_size: number, inspected: number,
 *   nonconforming: Record<string, number>, captured_at?: string | null,
 *   inspection_severity?: string | Record<string, string> | null}} Sample
 * @typedef {{id: string, role: string, user_id: string | null, name: string,
 *   attachment_id: string}} Signature
 * @typedef {import("./quantities.js").Quantities & {id: string, product_id: string,
 *   product_version: number | null, checklist_id: string | null, produced_on: string | null,
 *   shelf_life_days: number | null, expires_on: string | null, unit: string,
 *   label_temperature_c: string | null, rejection_reason: string}} Line
 * @typedef {{id: string, site_id: string | null, supplier_id: string, delivered_on: string,
 *   captured_at?: string | null, lines: Line[], answers: Answer[], samples: Sample[],
 *   signatures: Signature[], decision: string | null, decision_reason: string}} Receipt
 *
 * A published checklist; items as the evaluator takes them.
 * @typedef {Record<string, any> & {id: string, gates: string[], acceptance: Record<string, number>,
 *   items: Item[], head_items: Item[]}} Checklist
 * @typedef {import("../checklists/conditions.js").Item} Item
 *
 * @typedef {Record<string, any> & {id: string, category: string, storage_class: string,
 *   shelf_life_days: number | null, sampling_scheme: import("../sampling/lot.js").Scheme | null}} Product
 * @typedef {{product: Product, checklist: Record<string, any>, expires_on: string | null,
 *   sampling: import("../sampling/lot.js").LotSampling | null}} LineBasis
 *
 * What a receipt is judged by. The server keeps its own on the record; offline the phone collects
 * one of the same shape.
 * @typedef {{supplier: Record<string, any> & {licence: {is_valid: boolean}},
 *   lines: Record<string, LineBasis>}} Basis
 *
 * Something at one place of the receipt; the path is the JSON pointer the server uses too.
 * @typedef {import("../wording/messages.js").Message & {path: string}} Told
 */

/** Whether both people who must sign have signed. @param {Pick<Receipt, "signatures">} receipt */
export function isSigned(receipt) {
  const roles = receipt.signatures.map((signature) => signature.role);
  return roles.includes("acceptor") && roles.includes("witness");
}
