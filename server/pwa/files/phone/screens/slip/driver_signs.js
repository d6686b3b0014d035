/** The driver signs for having seen the rejection, as long as the receipt is not sealed. */

import { text } from "../../../shared/language.js";
import { SignaturePad } from "../../parts/photos/signature_pad.js";
import { newId } from "../../storage/ids.js";
import { html, useState } from "../../view.js";

/**
 * @param {object} properties
 * @param {Record<string, any>} properties.receipt
 * @param {import("../../storage/editing.js").Editing["edit"]} properties.edit
 */
export function DriverSigns({ receipt, edit }) {
  const [name, setName] = useState(receipt.driver_name ?? "");
  const [isOpen, setOpen] = useState(false);
  const isNamed = name.trim() !== "";
  if (!isOpen) {
    return html`
      <section class="card form">
        <label><span>${text("slip.driver_name")}</span><input value=${name} maxlength="100" autocomplete="off" onInput=${(event) => setName(event.target.value)} /></label>
        <button class="button" type="button" disabled=${!isNamed} onClick=${() => setOpen(true)}>${text("slip.driver_signs")}</button>
      </section>
    `;
  }
  const owner = { owner_collection: "goods_receipts", owner_id: receipt.id, site_id: receipt.site_id };
  const signed = (photo) => {
    const { id, captured_at: at } = photo.attachment;
    const signature = { id: newId(), role: "driver", user_id: null, name: name.trim(), attachment_id: id, signed_at: at };
    return edit((document) => ({ ...document, signatures: [...(document.signatures ?? []), signature] }), [photo]);
  };
  return html`<section class="card"><${SignaturePad} name=${name.trim()} owner=${owner} onSigned=${signed} onCancel=${() => setOpen(false)} /></section>`;
}
