/** How registers are spoken of: a meal, a certificate, an entry in a list. */

import { day, either, moment, text, word } from "../../../shared/language.js";
import { said } from "../../../registers/registers.js";
import { Entry, Unsent } from "../../parts/entry.js";
import { html } from "../../view.js";

const MEALS = ["breakfast", "lunch", "dinner"];

/** A meal by its name; a site's own codes stand as they are. @param {string | null} code */
export const mealName = (code) => (code && MEALS.includes(code) ? word("meal", code) : (code ?? ""));

/** @param {{certificate: Record<string, any> | null, state: string}} state */
export function certificateText({ certificate, state }) {
  const dates = { until: certificate ? day(certificate.valid_until) : "", from: certificate?.issued_on ? day(certificate.issued_on) : "" };
  return text(`registers.certificate_${state}`, dates);
}

/** What an entry is about: the dish, the person, the place, the meal. */
export function aboutText(document, register, names) {
  const answers = document.now?.answers ?? document.answers;
  const dish = register.items.dish ? said(answers, register.items.dish) : null;
  const reading = register.kind === "temperature_log" ? said(answers, register.items.temperature) : null;
  const where = names.get(document.place_id) ?? document.place_text;
  return [dish, names.get(document.staff_member_id), where, reading && text("item.degrees", { value: reading.replace("-", "−") }), mealName(document.meal)].filter(Boolean).join(" · ");
}

/** @param {{seen: any, checklist: any, register: any, names: Map<string, string>}} properties */
export function RegisterEntry({ seen, checklist, register, names }) {
  const { document, state, standing, id } = seen;
  const badges = html`
    ${document.is_ok === false && html`<span class="tag is-bad">${text("registers.not_ok")}</span>`}
    ${standing.discarded && html`<span class="tag">${text("registers.discarded")}</span>`}
    ${standing.isHeld && html`<span class="tag is-bad">${text("registers.held")}</span>`}
    <${Unsent} state=${state} />
  `;
  return html`<${Entry} href=${`#/registers/entries/${id}`} icon="pen" title=${aboutText(document, register, names) || either(checklist)} detail=${moment(document.captured_at)} badges=${badges} />`;
}
