// What a receipt is judged by, collected from the records on the phone: the same basis as
// server/receiving/basis.py keeps on the record, as far as the phone knows the same versions.

import { planLot, severityToUse, CLASSES } from "../sampling/lot.js";
import { SamplingError } from "../sampling/errors.js";
import { expiryOf } from "./dates.js";
import { licenceState } from "./licences.js";

/**
 * @typedef {import("./receipt.js").Receipt} Receipt
 * @typedef {import("./receipt.js").Line} Line
 * @typedef {import("./receipt.js").Sample} Sample
 * @typedef {import("./receipt.js").Basis} Basis
 * @typedef {import("./receipt.js").LineBasis} LineBasis
 * @typedef {import("./receipt.js").Checklist} Checklist
 * @typedef {import("./receipt.js").Told} Told
 * @typedef {import("../sampling/lot.js").Severity} Severity
 * @typedef {{version: number, document: Record<string, any>}} Held a record as it was pulled
 * @typedef {{product_id: string, supplier_id: string, nonconformity_class: string,
 *   severity: string}} SwitchingState
 *
 * What the phone holds: records by id, every published checklist, the supplier's switching states.
 * @typedef {{suppliers: Map<string, Held>, products: Map<string, Held>,
 *   checklists: Checklist[], states: SwitchingState[],
 *   tables: import("../sampling/tables.js").SamplingTables}} Holdings
 */

const SUPPLIER_FACTS = ["id", "code", "name", "address", "contact_name", "phone"];
const PRODUCT_FACTS = [
  "id", "code", "name", "category", "unit", "specification", "storage_class", "species",
  "temperature_limits", "shelf_life_days", "sampling_scheme",
];
const CHECKLIST_FACTS = ["id", "code", "version", "zh", "en"];

/**
 * `refusals` names what is unknown here or has no plan; then `basis` is null.
 * @param {Receipt} receipt
 * @param {Holdings} held
 * @param {Basis | null} [earlier] what the record was judged by before: what it settled is kept
 * @returns {{basis: Basis | null, checklists: Record<string, Checklist>, refusals: Told[]}}
 */
export function collectBasis(receipt, held, earlier = null) {
  /** @type {Told[]} */
  const refusals = [];
  /** @type {Record<string, LineBasis>} */
  const lines = {};
  /** @type {Record<string, Checklist>} */
  const checklists = {};
  for (const [position, line] of receipt.lines.entries()) {
    const kept = earlier?.lines[line.id] ?? null;
    const product = productOf(line, kept, held);
    const checklist = product && checklistOf(receipt, line, kept, product, held);
    const path = `/lines/${position}`;
    if (!product) refusals.push(unknown(`${path}/product_id`, "product", line.product_id));
    else if (!checklist) refusals.push(unknown(`${path}/checklist_id`, "checklist", line.checklist_id));
    if (!product || !checklist) continue;
    checklists[line.id] = checklist;
    const sampling = lotOf(receipt, line, product, held, earlier, path, refusals);
    lines[line.id] = {
      product,
      checklist: picked(checklist, CHECKLIST_FACTS),
      expires_on: expiryOf(line),
      sampling,
    };
  }
  const supplier = held.suppliers.get(receipt.supplier_id);
  if (!supplier) refusals.push(unknown("/supplier_id", "supplier", receipt.supplier_id));
  if (!supplier || refusals.length) return { basis: null, checklists, refusals };
  const categories = Object.values(lines).map((line) => line.product.category);
  const facts = {
    ...picked(supplier.document, SUPPLIER_FACTS),
    version: supplier.version,
    // Licences are judged on the day of the delivery, not today.
    licence: licenceState(supplier.document, receipt.delivered_on, categories),
  };
  return { basis: { supplier: facts, lines }, checklists, refusals };
}

/** @param {string} path @param {string} what @param {string | null} value @returns {Told} */
function unknown(path, what, value) {
  return { path, key: `refused.unknown_${what}`, params: { value: value ?? "" } };
}

/** @param {Record<string, any>} document @param {string[]} names @returns {Record<string, any>} */
function picked(document, names) {
  return Object.fromEntries(names.map((name) => [name, document[name] ?? null]));
}

/** @param {Line} line @param {LineBasis | null} kept @param {Holdings} held */
function productOf(line, kept, held) {
  const { product_id: id, product_version: wanted } = line;
  const settled = kept?.product;
  if (settled?.id === id && (wanted === null || wanted === settled.version)) return settled;
  const found = held.products.get(id);
  if (!found) return null;
  /** @type {any} */
  const product = picked(found.document, PRODUCT_FACTS);
  product.version = found.version;
  product.checklist_code = found.document.checklist_code;
  return /** @type {import("./receipt.js").Product} */ (product);
}

/**
 * The checklist the line was begun on; for a new line, the one in force on the delivery day.
 * @param {Receipt} receipt
 * @param {Line} line
 * @param {LineBasis | null} kept
 * @param {Record<string, any>} product
 * @param {Holdings} held
 */
function checklistOf(receipt, line, kept, product, held) {
  const began = kept?.product.id === product.id ? kept?.checklist.id : null;
  const wanted = line.checklist_id ?? began ?? null;
  const code = product.checklist_code;
  const found = wanted
    ? held.checklists.find((checklist) => checklist.id === wanted)
    : checklistInForce(held.checklists, code, receipt.delivered_on);
  return found?.code === code ? found : null;
}

/**
 * The version of a checklist in force on a day. A day before the first version came into force is
 * judged by the first.
 * @param {Checklist[]} checklists
 * @param {string} code
 * @param {string} on
 * @returns {Checklist | null}
 */
export function checklistInForce(checklists, code, on) {
  const versions = checklists
    .filter((checklist) => checklist.code === code)
    .sort((one, other) => other.version - one.version);
  const inForce = versions.find((one) => (one.valid_from ?? on) <= on);
  return inForce ?? versions.at(-1) ?? null;
}

/**
 * @param {Receipt} receipt
 * @param {Line} line
 * @param {import("./receipt.js").Product} product
 * @param {Holdings} held
 * @param {Basis | null} earlier
 * @param {string} path
 * @param {Told[]} refusals
 */
function lotOf(receipt, line, product, held, earlier, path, refusals) {
  const sample = receipt.samples.find((one) => one.line_id === line.id);
  if (!sample || !product.sampling_scheme) return null;
  const severities = severitiesOf(receipt, line, sample, held.states, earlier);
  try {
    return planLot(held.tables, product.sampling_scheme, sample.lot_size, severities);
  } catch (error) {
    if (!(error instanceof SamplingError)) throw error;
    refusals.push({ path: `${path}/sample/${error.argument}`, ...error.text });
    return null;
  }
}

/**
 * The severity of each class. What the sample says comes first, for it was drawn by that; then
 * what the draft began with; else what the supplier's history calls for.
 * @param {Receipt} receipt
 * @param {Line} line
 * @param {Sample} sample
 * @param {SwitchingState[]} states
 * @param {Basis | null} earlier
 * @returns {Record<string, Severity>}
 */
function severitiesOf(receipt, line, sample, states, earlier) {
  const own = states.filter(
    (state) =>
      state.supplier_id === receipt.supplier_id && state.product_id === line.product_id,
  );
  const stated = sample.inspection_severity ?? {};
  const isSameSupplier = earlier?.supplier.id === receipt.supplier_id;
  const kept = isSameSupplier ? earlier?.lines[line.id] : undefined;
  const began = kept?.product.id === line.product_id ? kept?.sampling?.classes : undefined;
  return Object.fromEntries(
    CLASSES.map((class_) => {
      const state = own.find((one) => one.nonconformity_class === class_);
      const due = state?.severity ?? "normal";
      const said = typeof stated === "string" ? stated : stated[class_];
      if (said) return [class_, { used: said, due }];
      const before = began?.[class_];
      if (!before) return [class_, { used: severityToUse(due), due }];
      return [class_, { used: before.inspection_severity, due: before.due_severity }];
    }),
  );
}
