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

/** How many photos an item still lacks. @param {any} entry as useReceipt() shows it */
export const photosLacking = ({ item, answer, lacksPhoto }) => Math.max(0, requiredPhotos(item, answer, lacksPhoto) - (answer?.attachment_ids.length ?? 0));

/** What a photo of an item shows, for its record. @param {any} item */
export const roleOf = (item) => ROLES[item.type] ?? "goods";

/** Whose the receipt's photos are. @param {any} receipt */
export const ownerOf = (receipt) => ({ owner_collection: "goods_receipts", owner_id: receipt.id, site_id: receipt.site_id });

/** Write a photo down with the answer it belongs to. */
export const addPhoto = (shown, item, lineId, photo) =>
  shown.answer(item, lineId, (before) => ({ attachment_ids: [...before.attachment_ids, photo.attachment.id] }), [photo]);

// Said from the start where a photo always belongs, not only once the rest is answered.
function requiredPhotos(item, answer, lacksPhoto) {
  if (answer?.not_applicable) return 0;
  return lacksPhoto ? (answer?.attachment_ids.length ?? 0) + 1 : Number(item.photo === "always");
}

function Photos({ entry: { item, answer, lacksPhoto }, lineId, shown }) {
  const { receipt, isClosed } = shown;
  const ids = answer?.attachment_ids ?? [];
  const remove = (id) => shown.answer(item, lineId, (before) => ({ attachment_ids: before.attachment_ids.filter((one) => one !== id) }));
  return html`
    <${PhotoField} title=${either(item)} ids=${ids} required=${requiredPhotos(item, answer, lacksPhoto)} role=${roleOf(item)}
      owner=${ownerOf(receipt)}
      onTaken=${isClosed ? null : (photo) => addPhoto(shown, item, lineId, photo)}
      onRemove=${isClosed ? null : remove} />
  `;
}
