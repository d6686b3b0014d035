/** One receipt on the screen: the document, and how it stands by the rules, after every change. */

import { bounds as boundsOf } from "../../../checklists/limits.js";
import { Surroundings } from "../../../checklists/conditions.js";
import { collectBasis } from "../../../receiving/basis.js";
import { isSigned } from "../../../receiving/receipt.js";
import { headFacts, judge, leadingChecklist, lineFacts } from "../../../receiving/verdict.js";
import { session } from "../../session/session.js";
import { useEditing } from "../../storage/editing.js";
import { newId, now } from "../../storage/ids.js";
import { useCallback, useLive, useMemo } from "../../view.js";
import { withAnswer } from "./documents.js";
import { readHoldings } from "./holdings.js";

const UNKNOWN = { basis: null, checklists: {}, refusals: [], verdict: null, parts: [] };

/**
 * @typedef {import("../../storage/editing.js").Editing & {receipt: any, held: any, basis: any,
 *   checklists: any, refusals: any[], verdict: any, parts: any[], isClosed: boolean,
 *   isLoading: boolean, answer: (item: any, lineId: string | null, changed: any, photos?: any[]) =>
 *   Promise<void>}} Shown while isLoading is false, receipt and held are what they are for screens
 *
 * @param {string} id
 * @param {{hasAllProducts?: boolean}} [options] where goods are chosen; else those of the receipt are read
 * @returns {Shown}
 */
export function useReceipt(id, { hasAllProducts = false } = {}) {
  const { database } = session();
  const editing = useEditing("goods_receipts", id);
  const receipt = editing.document;
  const products = receipt === undefined ? null : (receipt?.lines ?? []).map((line) => line.product_id);
  const isKnown = hasAllProducts || products !== null;
  const held = useLive(async () => (isKnown ? readHoldings(database, hasAllProducts ? null : products) : undefined), [database, hasAllProducts || products?.join()]);
  const stand = useMemo(() => (receipt && held ? standing(receipt, held) : null), [receipt, held]);
  const answer = useCallback(
    (item, lineId, changed, photos = []) =>
      editing.edit((document) => withAnswer(document, { itemId: item.id, lineId, changed, id: newId(), now: now() }), photos),
    [editing.edit],
  );
  const isClosed = Boolean(receipt && (receipt.status === "signed" || receipt.signatures.length > 0));
  return { ...editing, receipt, held, ...(stand ?? UNKNOWN), answer, isClosed, isLoading: receipt === undefined || !held };
}

/**
 * How the receipt stands: basis and checklists by line, the verdict, and the parts to show.
 */
function standing(receipt, held) {
  const { basis, checklists, refusals } = collectBasis(receipt, held, receipt.basis ?? null);
  if (!basis) return { basis, checklists, refusals, verdict: null, parts: [] };
  const verdict = judge(receipt, basis, checklists, { asSigned: true });
  return { basis, checklists, refusals, verdict, parts: partsOf(receipt, basis, checklists, verdict) };
}

/**
 * The delivery's head and each line, as sections of a gate: their items with the outcome and limits.
 */
function partsOf(receipt, basis, checklists, verdict) {
  if (receipt.lines.length === 0) return [];
  const leading = leadingChecklist(receipt, basis, checklists);
  const head = { lineId: null, title: null, template: leading, items: leading.head_items, evaluation: verdict.evaluations.head, facts: headFacts(receipt, basis, true) };
  const lines = receipt.lines.map((line) => ({
    lineId: line.id,
    title: basis.lines[line.id].product.name,
    template: checklists[line.id],
    items: checklists[line.id].items,
    evaluation: verdict.evaluations.lines[line.id],
    facts: lineFacts(line, basis, receipt),
  }));
  return [head, ...lines].map((part) => ({ ...part, items: itemsOf(part, receipt) }));
}

function itemsOf({ lineId, template, items, evaluation, facts }, receipt) {
  const answers = new Map(receipt.answers.filter((one) => one.line_id === lineId).map((one) => [one.item_id, [one]]));
  const around = new Surroundings(template, items, answers, facts);
  const lacking = new Set(evaluation.missing_photos.map((photo) => photo.item_id));
  return items.map((item, at) => {
    const [smallest, largest] = boundsOf(item, around);
    const outcome = evaluation.outcomes[at];
    return {
      item,
      outcome,
      answer: answers.get(item.id)?.[0] ?? null,
      bounds: { smallest, largest },
      lacksPhoto: lacking.has(item.id),
      // A condition or a fact of the product says it does not apply: nothing to ask.
      isAsked: outcome.outcome !== "not_applicable" || answers.has(item.id),
    };
  });
}

export { isSigned };
