/**
 * What is carried over from the deliveries before: what did not apply to the same goods of the same
 * supplier, numbers of papers that stay the same, and who witnessed.
 */

import { number, text } from "../../../shared/language.js";
import { session } from "../../session/session.js";
import { newId, now } from "../../storage/ids.js";
import { newest } from "../../storage/records.js";
import { useLive } from "../../view.js";
import { withAnswer } from "./documents.js";
import { LATELY } from "./holdings.js";

/** @typedef {Record<string, any>} Document */

/**
 * The newest signed answer to an item, for the delivery's head or for the same product.
 *
 * @param {Document} receipt the one at hand
 * @param {Document[]} earlier receipts, the oldest first
 * @returns {(item: Document, lineId: string | null) => Document | null}
 */
export function lastAnswers(receipt, earlier) {
  const last = new Map();
  for (const before of earlier) {
    if (before.id === receipt.id || before.supplier_id !== receipt.supplier_id || before.signatures.length < 2) continue;
    const products = productsOf(before);
    for (const answer of before.answers) last.set(`${answer.item_id} ${products.get(answer.line_id) ?? ""}`, answer);
  }
  const products = productsOf(receipt);
  return (item, lineId) => last.get(`${item.id} ${products.get(lineId) ?? ""}`) ?? null;
}

/** @param {Document} receipt */
const productsOf = ({ lines }) => new Map(lines.map((line) => [line.id, line.product_id]));

/**
 * What an unanswered item gets when all else is well: "does not apply" where it did not the last
 * time, else "OK" where a mark is asked for; null where only the person can tell.
 *
 * @param {Document} item
 * @param {Document | null} last
 * @param {boolean} [hasLimit] whether the goods of this delivery have a limit for it
 * @returns {Document | null}
 */
export function allWellAnswer(item, last, hasLimit = false) {
  // Where a limit applies this time, such as for chilled goods after dry ones, it is measured.
  if (item.may_be_not_applicable && last?.not_applicable && !hasLimit) return { not_applicable: true, is_ok: null, value: null };
  if (item.type === "check") return { is_ok: true };
  if (item.type !== "document") return null;
  // A paper that is photographed each time is another one each time.
  return item.photo !== "always" && last?.is_ok && last.number ? { is_ok: true, number: last.number } : { is_ok: true };
}

/**
 * @param {Document} receipt
 * @param {{item: Document, lineId: string | null, changed: Document}[]} answers
 */
export const withAnswers = (receipt, answers) =>
  answers.reduce((changed, { item, lineId, changed: answer }) => withAnswer(changed, { itemId: item.id, lineId, changed: answer, id: newId(), now: now() }), receipt);

/**
 * What is answered at once when all is well, for the items that nobody has answered yet.
 *
 * @param {any[]} entries with their lineId
 * @param {(item: Document, lineId: string | null) => Document | null} last
 */
export function allWell(entries, last) {
  const open = entries.filter(({ answer }) => !answer || (answer.is_ok === null && !answer.not_applicable && !answer.value));
  return open
    .map(({ item, lineId, bounds }) => ({ item, lineId, changed: /** @type {Document} */ (allWellAnswer(item, last(item, lineId), bounds.smallest !== null || bounds.largest !== null)) }))
    .filter(({ changed }) => changed);
}

/** What the one tap says: how many are OK, and how many do not apply as the last time. */
export function allWellText(answers) {
  const absent = answers.filter(({ changed }) => changed.not_applicable).length;
  const n = number(answers.length - absent);
  return absent > 0 ? text("receiving.mark_all_absent", { n, absent: number(absent) }) : text("receiving.mark_all", { n });
}

/** The receipts of lately, the oldest first. @returns {Document[]} */
export function useEarlier() {
  const { database } = session();
  return useLive(() => newest(database, "goods_receipts", LATELY), [database]) ?? [];
}

/**
 * Who witnessed the last delivery at the same place, so that they need not be looked for.
 *
 * @param {Document} receipt
 * @param {Document[]} earlier receipts, the oldest first
 * @returns {string | null} the person's id
 */
export function lastWitness(receipt, earlier) {
  const signed = earlier.filter((one) => one.id !== receipt.id && one.site_id === receipt.site_id);
  const witnesses = signed.flatMap((one) => one.signatures.filter((signature) => signature.role === "witness"));
  return witnesses.at(-1)?.user_id ?? null;
}
