/** One item of an inspection: its answer, its photos or signature, and what was found here before. */

import { day, either, text } from "../../../shared/language.js";
import { ChecklistItem } from "../../parts/checklist/item.js";
import { Icon } from "../../../shared/icons.js";
import { PhotoField } from "../../parts/photos/photo_field.js";
import { Thumbnail } from "../../parts/photos/pictures.js";
import { SignaturePad } from "../../parts/photos/signature_pad.js";
import { session } from "../../session/session.js";
import { html } from "../../view.js";

const ROLES = { document: "document", temperature: "thermometer" };
const MOST_BEFORE = 4;

/** @param {{entry: import("../../../inspecting/inspection.js").Entry, shown: any}} properties */
export function InspectionItem({ entry, shown }) {
  const { item, answer, outcome, bounds } = entry;
  const earlier = shown.stand.earlier.get(item.id);
  const extras = html`
    ${earlier && html`<${Before} finding=${earlier} />`}
    ${item.type === "signature" ? html`<${Signature} entry=${entry} shown=${shown} />` : hasPhotos(entry, shown.isClosed) && html`<${Photos} entry=${entry} shown=${shown} />`}
  `;
  return html`<${ChecklistItem} item=${item} answer=${answer} outcome=${outcome} bounds=${bounds} isClosed=${shown.isClosed} onAnswer=${(changed) => void shown.answer(item, changed)} photos=${extras} />`;
}

// Where no photo is asked for there is still room for one, once something is wrong.
function hasPhotos({ item, outcome, answer }, isClosed) {
  if ((answer?.attachment_ids.length ?? 0) > 0) return true;
  return !isClosed && (item.photo === "always" || item.type === "photo" || outcome.outcome === "not_ok");
}

function ownerOf({ inspection, owner }) {
  return owner ?? { owner_collection: "inspections", owner_id: inspection.id, site_id: inspection.site_id };
}

/** How many photos it asks for. One that always asks says so before it is answered. */
function photosWanted({ item, answer, lacksPhoto }) {
  const isAsked = lacksPhoto || ((item.photo === "always" || item.type === "photo") && !answer?.not_applicable);
  return isAsked ? 1 : 0;
}

function Photos({ entry, shown }) {
  const { item, answer } = entry;
  const { isClosed } = shown;
  const ids = answer?.attachment_ids ?? [];
  const change = (changed, photos) => shown.answer(item, (before) => ({ attachment_ids: changed(before.attachment_ids) }), photos);
  return html`
    <${PhotoField} title=${either(item)} ids=${ids} required=${photosWanted(entry)} role=${ROLES[item.type] ?? "finding"} owner=${ownerOf(shown)}
      onTaken=${isClosed ? null : (photo) => change((before) => [...before, photo.attachment.id], [photo])}
      onRemove=${isClosed ? null : (id) => change((before) => before.filter((one) => one !== id))} />
  `;
}

function Signature({ entry: { item, answer }, shown }) {
  const [signature] = answer?.attachment_ids ?? [];
  const { user } = session();
  if (signature) {
    return html`
      <div class="signed"><${Thumbnail} id=${signature} alt=${text("inspections.signed_by", { name: answer.value ?? user.display_name })} /><span>${answer.value ?? ""}</span>
        ${!shown.isClosed && html`<button class="button quiet" type="button" onClick=${() => void shown.answer(item, { attachment_ids: [], is_ok: null, value: null })}>${text("inspections.sign_again")}</button>`}
      </div>
    `;
  }
  if (shown.isClosed) return null;
  const signed = (photo) => shown.answer(item, { attachment_ids: [photo.attachment.id], is_ok: true, value: user.display_name }, [photo]);
  return html`<${SignaturePad} name=${user.display_name} owner=${ownerOf(shown)} onSigned=${signed} />`;
}

/** The same item failed here not long ago: what it looked like then. */
function Before({ finding }) {
  return html`
    <div class="before">
      <p class="small"><${Icon} name="warning" /> ${text("inspections.found_before", { day: day(finding.captured_at.slice(0, 10)) })}</p>
      <div class="before-photos">${finding.attachment_ids.slice(0, MOST_BEFORE).map((id) => html`<${Thumbnail} key=${id} id=${id} alt=${text("inspections.photo_before")} />`)}</div>
    </div>
  `;
}
