/** Where: the site, the unit that answers for it, and the place. */

import { asksForStorage } from "../../../checklists/conditions.js";
import { text, word } from "../../../shared/language.js";
import { Choice } from "../../parts/choice.js";
import { html } from "../../view.js";

/**
 * @param {object} properties
 * @param {{id: string, name: string}[]} properties.sites
 * @param {Record<string, any>[]} properties.units
 * @param {Record<string, any>[]} properties.places
 * @param {{site_id: string, unit_id: string | null, place_id: string | null, place_text: string}} properties.value
 * @param {(value: any) => void} properties.onChange
 * @param {boolean} [properties.isDisabled]
 */
export function WherePicker({ sites, units, places, value, onChange, isDisabled = false }) {
  const unitsHere = units.filter((unit) => unit.site_id === value.site_id);
  const placesHere = places.filter((place) => place.site_id === value.site_id && (!value.unit_id || place.unit_id === value.unit_id));
  const change = (changed) => onChange({ ...value, ...changed });
  const choosePlace = (id) => change({ place_id: id, unit_id: places.find((place) => place.id === id)?.unit_id ?? value.unit_id });
  return html`
    <section class="card where">
      ${sites.length > 1 && html`<${Select} label=${text("where.site")} value=${value.site_id} options=${sites} isDisabled=${isDisabled} onChoose=${(id) => change({ site_id: id, unit_id: null, place_id: null })} />`}
      ${unitsHere.length > 0 && html`<${Select} label=${text("where.unit")} value=${value.unit_id} options=${unitsHere} isDisabled=${isDisabled} isOptional=${true} onChoose=${(id) => change({ unit_id: id, place_id: null })} />`}
      ${placesHere.length > 0 && html`<${Select} label=${text("where.place")} value=${value.place_id} options=${placesHere} isDisabled=${isDisabled} isOptional=${true} onChoose=${choosePlace} />`}
      ${!value.place_id && html`<label class="labelled"><span>${text("where.words")}</span><input class="field" type="text" maxlength="200" disabled=${isDisabled} value=${value.place_text} onInput=${(event) => change({ place_text: event.target.value })} /></label>`}
    </section>
  `;
}

const KEPT = ["ambient", "chilled", "frozen"];

/** How goods are kept at a place, for a record about it: what the place says, if it says. */
export const keptAt = (places, placeId) => places.find((place) => place.id === placeId)?.storage_class ?? null;

/**
 * How goods are kept there, where the checklist's limits or conditions ask.
 * @param {{template: Record<string, any>, value: string | null, isClosed: boolean, onChoose: (kept: string) => void}} properties
 */
export function KeptAs({ template, value, isClosed, onChoose }) {
  if (!asksForStorage(template)) return null;
  const options = KEPT.map((one) => ({ value: one, label: word("storage", one) }));
  return html`<section class="card stack"><strong>${text("where.kept")}</strong><${Choice} label=${text("where.kept")} options=${options} value=${value} isDisabled=${isClosed} onChoose=${onChoose} /></section>`;
}

/**
 * @param {{label: string, value: string | null, options: Record<string, any>[], isDisabled?: boolean, isOptional?: boolean, onChoose: (id: string | null) => void}} properties
 */
export function Select({ label, value, options, isDisabled = false, isOptional = false, onChoose }) {
  return html`
    <label class="labelled"><span>${label}</span>
      <select class="field" disabled=${isDisabled} value=${value ?? ""} onChange=${(event) => onChoose(event.target.value || null)}>
        ${isOptional && html`<option value="">${text("where.none")}</option>`}
        ${options.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === value}>${one.name}</option>`)}
      </select>
    </label>
  `;
}
