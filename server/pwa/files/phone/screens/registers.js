/** Registers of today: what each still lacks, what was entered, and the way to enter more. */

import { counted, day, either, number, text } from "../../shared/language.js";
import { Entry, Part } from "../parts/entry.js";
import { Screen } from "../parts/screen.js";
import { may, session } from "../session/session.js";
import { today } from "../storage/ids.js";
import { html, useLive, useState } from "../view.js";
import { Select } from "./inspections/where.js";
import { dayOf, readRegisters } from "./registers/read.js";
import { mealName, RegisterEntry } from "./registers/words.js";

export default function Registers() {
  const { database, user } = session();
  const held = useLive(() => readRegisters(database), [database, user.id]);
  const [chosen, choose] = useState(/** @type {string | null} */ (null));
  const site = chosen ?? user.sites[0]?.site_id;
  return html`
    <${Screen} title=${text("registers.title")} subtitle=${day(today())} back="#/inspections">
      <a class="button quiet" href="#/staff">${text("staff.title")}</a>
      ${held && held.sites.length > 1 && html`<${Select} label=${text("where.site")} value=${site} options=${held.sites} onChoose=${choose} />`}
      ${held && dayOf(held, site).map((one) => html`<${RegisterOfDay} key=${one.checklist.code} one=${one} held=${held} site=${site} />`)}
      ${held && held.registers.length === 0 && html`<p class="muted empty-text">${text("inspections.no_checklists")}</p>`}
    <//>
  `;
}

function RegisterOfDay({ one, held, site }) {
  const { checklist, register, entries, missing, lacks } = one;
  const begin = (about) => `#/registers/${checklist.code}/new/${site}/${about}`;
  const begun = held.drafts.filter((name) => name.startsWith(`${checklist.code}/${site}/`));
  const wanted = may("capture_records")
    ? [
        ...missing.dishes.map((dish) => ({ about: dish.id, title: dish.name, detail: mealName(dish.meal) })),
        ...missing.meals.map((meal) => ({ about: meal, title: mealName(meal), detail: "" })),
        ...missing.staff.map((member) => ({ about: member.id, title: member.name, detail: member.position })),
      ]
    : [];
  return html`
    <${Part} title=${either(checklist)} n=${entries.length > 0 ? number(entries.length) : undefined}>
      ${lacks > 0 && html`<p class="small is-bad">${counted("registers.lacks", lacks)}</p>`}
      <div class="entries">
        ${begun.map((name) => html`<${Entry} key=${name} href=${`#/registers/${checklist.code}/new/${name.split("/").slice(1).join("/")}`} icon="pen" title=${text("registers.begun")} />`)}
        ${wanted.map(({ about, title, detail }) => html`<${Entry} key=${about} href=${begin(about)} icon="plus" title=${title} detail=${detail} badges=${html`<span class="tag">${text("registers.wanted")}</span>`} />`)}
        ${entries.map((seen) => html`<${RegisterEntry} key=${seen.id} seen=${seen} checklist=${checklist} register=${register} names=${held.names} />`)}
      </div>
      ${may("capture_records") && html`<a class="button quiet" href=${begin("-")}>${text("registers.enter", { name: either(checklist) })}</a>`}
    <//>
  `;
}
