/** A line's sample as it is drawn and looked through. Pure but for new ids and the time. */

import { drawForClasses, dueSeverities, planLot } from "../../../sampling/lot.js";
import { newId, now } from "../../storage/ids.js";
import { withAnswer, withSample } from "./documents.js";

export const CLASSES = ["A", "B", "C"];

/**
 * The sample as it begins: severity by the supplier's history, items drawn from its own id.
 *
 * @param {any} receipt
 * @param {any} line
 * @param {any} product
 * @param {any} held what the phone holds for receiving
 * @param {number} lotSize
 * @param {any} before the sample that is drawn again, or null
 */
export function drawn(receipt, line, product, held, lotSize, before) {
  const states = held.states.filter((state) => state.supplier_id === receipt.supplier_id && state.product_id === line.product_id);
  const severities = dueSeverities(states);
  const plan = planLot(held.tables, product.sampling_scheme, lotSize, severities);
  const id = before?.id ?? newId();
  const seed = `${id}:${lotSize}`;
  return {
    id,
    line_id: line.id,
    lot_size: lotSize,
    inspected: 0,
    item_numbers: drawForClasses(plan, seed).slice(0, 5000),
    seed,
    nonconforming: { A: 0, B: 0, C: 0 },
    captured_at: now(),
    inspection_severity: Object.fromEntries(CLASSES.map((name) => [name, severities[name].used])),
    is_resubmitted: before?.is_resubmitted ?? null,
  };
}

/** The items of a line that are asked at sampling, and those of them that count. */
export function itemsAtSampling(parts, lineId) {
  const items = parts.find((part) => part.lineId === lineId).items.filter(({ item, isAsked }) => item.gate === "sampling" && isAsked);
  return { counts: items.filter(({ item }) => item.type === "count"), others: items.filter(({ item }) => item.type !== "count") };
}

// An item with two flaws counts in each of them; for the lot it counts once more than it should
// rather than once less. The number of a class is never below its largest single count.
export function counted(document, lineId, counts, entry, changed, sample) {
  const answered = withAnswer(document, { itemId: entry.item.id, lineId, changed, id: newId(), now: now() });
  return withSample(answered, { ...current(document, sample), nonconforming: sums(answered, lineId, counts) });
}

/** All of the sample was looked at: what nobody counted was not found. */
export function finished(document, lineId, counts, sample, plan) {
  const open = counts.filter(({ answer }) => !answer?.value && !answer?.not_applicable);
  const answered = open.reduce((changed, { item }) => withAnswer(changed, { itemId: item.id, lineId, changed: { value: "0" }, id: newId(), now: now() }), document);
  return withSample(answered, { ...current(document, sample), inspected: plan.sample_size, nonconforming: sums(answered, lineId, counts) });
}

const current = (document, sample) => document.samples.find((one) => one.id === sample.id) ?? sample;

function sums(document, lineId, counts) {
  const nonconforming = { A: 0, B: 0, C: 0 };
  for (const { item } of counts) {
    const answer = document.answers.find((one) => one.item_id === item.id && one.line_id === lineId);
    nonconforming[item.nonconformity_class] += Number(answer?.value ?? 0);
  }
  return nonconforming;
}
