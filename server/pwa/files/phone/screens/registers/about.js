/** What an entry is about, where its register asks: the place, the meal, the person. */

import { text } from "../../../shared/language.js";
import { Choice } from "../../parts/choice.js";
import { html } from "../../view.js";
import { keptAt, Select } from "../inspections/where.js";
import { mealsOf } from "./read.js";
import { mealName } from "./words.js";

/** @param {{register: any, draft: any, change: (changed: any) => Promise<void>, held: any, site: string}} properties */
export function About({ register, draft, change, held, site }) {
  const places = held.places.filter((place) => place.site_id === site);
  const staff = held.staff.filter((member) => member.site_id === site);
  const meals = mealsOf(held, site).map(({ code }) => ({ value: code, label: mealName(code) }));
  const hasMeal = register.isPerMeal || register.kind === "sample_retention";
  if (!register.needsPlace && !register.needsStaffMember && !hasMeal) return null;
  return html`
    <section class="card where">
      ${register.needsStaffMember && html`<div id="item-staff"><${Select} label=${text("registers.who")} value=${draft.staff_member_id} options=${staff} isOptional=${true} onChoose=${(id) => void change({ staff_member_id: id })} /></div>`}
      ${register.needsPlace && html`
        <div id="item-place" class="stack">
          ${places.length > 0 && html`<${Select} label=${text("where.place")} value=${draft.place_id} options=${places} isOptional=${true} onChoose=${(id) => void change({ place_id: id, storage_class: keptAt(places, id) })} />`}
          ${!draft.place_id && html`<label class="labelled"><span>${text("where.words")}</span><input class="field" type="text" maxlength="200" value=${draft.place_text} onInput=${(event) => void change({ place_text: event.target.value })} /></label>`}
        </div>
      `}
      ${hasMeal && html`<div id="item-meal"><${Choice} label=${text("registers.meal")} options=${meals} value=${draft.meal} onChoose=${(meal) => void change({ meal: meal === draft.meal ? null : meal })} /></div>`}
    </section>
  `;
}
