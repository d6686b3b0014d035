/** One item of a receipt's checklist, with its photos. */

import { either } from "../../../shared/language.js";
import { ChecklistItem } from "../../parts/checklist/item.js";
import { PhotoField } from "../../parts/photos/photo_field.js";
import { html } from "../../view.js";

const ROLES = { document: "document", temperature: "thermometer" };

/**
 * @param {object} properties
 * @param {any} properties.entry the item as useReceipt() shows it: item, outcome, answer, bounds, lacksPhoto
 * @param {string | null} properties.lineId null for the delivery's head
 * @param {any} properties.shown what useReceipt() gave
 * @param {(changed: Record<string, any>) => void} [properties.onAnswer] instead of writing the answer down as it is
 */
export function ReceiptItem({ entry, lineId, shown, onAnswer }) {
  const { item, outcome, answer, bounds } = entry;
  const answered = onAnswer ?? ((changed) => void shown.answer(item, lineId, changed));
  return html`
    <${ChecklistItem} item=${item} answer=${answer} outcome=${outcome} bounds=${bounds} isClosed=${shown.isClosed} onAnswer=${answered}
      photos=${hasPhotos(entry, shown.isClosed) && html`<${Photos} entry=${entry} lineId=${lineId} shown=${shown} />`} />
  `;
}

// Where no photo is asked for there is still room for one, once something is wrong.
function hasPhotos({ item, outcome, answer }, isClosed) {
  const held = answer?.attachment_ids.length ?? 0;
  if (held > 0) return true;
  return !isClosed && (item.photo === "always" || outcome.outcome === "not_ok" || (item.type === "count" && Number(answer?.value ?? 0) > 0));
}

// Said from the start where a photo always belongs, not only once the rest is answered.
function requiredPhotos(item, answer, lacksPhoto) {
  if (answer?.not_applicable) return 0;
  return lacksPhoto ? (answer?.attachment_ids.length ?? 0) + 1 : Number(item.photo === "always");
}

function Photos({ entry: { item, answer, lacksPhoto }, lineId, shown }) {
  const { receipt, isClosed } = shown;
  const ids = answer?.attachment_ids ?? [];
  const change = (changed, photos) => shown.answer(item, lineId, (before) => ({ attachment_ids: changed(before.attachment_ids) }), photos);
  return html`
    <${PhotoField} title=${either(item)} ids=${ids} required=${requiredPhotos(item, answer, lacksPhoto)} role=${ROLES[item.type] ?? "goods"}
      owner=${{ owner_collection: "goods_receipts", owner_id: receipt.id, site_id: receipt.site_id }}
      onTaken=${isClosed ? null : (photo) => change((before) => [...before, photo.attachment.id], [photo])}
      onRemove=${isClosed ? null : (id) => change((before) => before.filter((one) => one !== id))} />
  `;
}
