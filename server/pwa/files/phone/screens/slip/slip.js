/** What a rejection slip says. Pure: from the records to the slip, and to the text of its QR code. */

/**
 * @typedef {Record<string, any>} Document
 *
 * @typedef {object} RejectedLine
 * @property {string} id
 * @property {string} name of the product
 * @property {string} batch
 * @property {string} delivered
 * @property {string} rejected
 * @property {string} unit
 * @property {string} reason
 *
 * @typedef {object} Slip
 * @property {string} id of the goods receipt
 * @property {string} number
 * @property {boolean} isProvisional whether the server has not numbered it yet
 * @property {string} supplier
 * @property {string} site
 * @property {string} deliveredOn
 * @property {string} deliveryNote
 * @property {string} plate
 * @property {string} driver
 * @property {string} reason for the delivery as a whole
 * @property {RejectedLine[]} lines
 * @property {string[]} photoIds
 * @property {Document | null} driverSignature
 * @property {Document | null} acceptorSignature
 */

const MOST_PHOTOS = 4;

/**
 * @param {Document} receipt
 * @param {{supplier: Document | null, products: Map<string, Document>, site: string}} known
 * @returns {Slip}
 */
export function slipOf(receipt, { supplier, products, site }) {
  const refused = (receipt.lines ?? []).filter((line) => Number(line.rejected_quantity) > 0);
  const lines = refused.map((line) => lineOf(line, products.get(line.product_id)));
  const signature = (role) => (receipt.signatures ?? []).find((one) => one.role === role) ?? null;
  return {
    id: receipt.id,
    number: receipt.number ?? receipt.provisional_number,
    isProvisional: !receipt.number,
    supplier: supplier?.name ?? "",
    site,
    deliveredOn: receipt.delivered_on,
    deliveryNote: receipt.delivery_note_number ?? "",
    plate: receipt.vehicle_plate ?? "",
    driver: receipt.driver_name ?? "",
    reason: receipt.decision_reason ?? "",
    lines,
    photoIds: photosOf(receipt, new Set(refused.map((line) => line.id))),
    driverSignature: signature("driver"),
    acceptorSignature: signature("acceptor"),
  };
}

function lineOf(line, product) {
  return {
    id: line.id,
    name: product?.name ?? "",
    batch: line.supplier_batch_number ?? "",
    delivered: line.delivered_quantity,
    rejected: line.rejected_quantity,
    unit: line.unit || (product?.unit ?? ""),
    reason: line.rejection_reason ?? "",
  };
}

// Those of what was found wrong with the refused goods first, then those of the delivery.
function photosOf(receipt, refusedIds) {
  const answers = receipt.answers ?? [];
  const ofLines = answers.filter((answer) => refusedIds.has(answer.line_id));
  const ofDelivery = answers.filter((answer) => !answer.line_id);
  const ids = [...ofLines, ...ofDelivery].flatMap((answer) => answer.attachment_ids ?? []);
  return [...new Set([...ids, ...(receipt.attachment_ids ?? [])])].slice(0, MOST_PHOTOS);
}

// More would need a code too fine for a driver's phone at arm's length.
const CODE_BYTES = 240;

/**
 * The text a driver keeps by photographing the code: readable without us, with the record's id.
 *
 * @param {Slip} slip
 * @param {{title: string, quantity: (line: RejectedLine) => string}} words
 * @returns {string}
 */
export function codeText(slip, { title, quantity }) {
  const head = [title, slip.number, slip.deliveredOn, slip.supplier];
  const last = `ID ${slip.id}`;
  const said = slip.lines.map((line) => [line.name, quantity(line), line.reason].filter(Boolean).join(" "));
  if (slip.reason) said.unshift(slip.reason);
  const kept = [];
  for (const one of said) {
    if (bytesOf([...head, ...kept, one, last]) > CODE_BYTES) {
      kept.push("…");
      break;
    }
    kept.push(one);
  }
  return [...head, ...kept, last].filter(Boolean).join("\n");
}

/** @param {string[]} parts */
const bytesOf = (parts) => new TextEncoder().encode(parts.join("\n")).length;
