/** Roles at sites: as texts, and as a small table to change them. */

import { text, word } from "../../shared/language.js";
import { Icon } from "../../shared/icons.js";
import { account } from "../session.js";
import { html } from "../view.js";

const ROLES = ["inspector", "quality", "manager", "admin", "observer", "supplier_contact"];

/** @param {{role: string, site_id: string | null}[]} roles */
export const roleTexts = (roles) => roles.map(({ role, site_id: site }) => text("people.role_at", { role: word("role", role), site: placeName(site) }));

/** @param {string | null} site */
const placeName = (site) =>
  site === null ? text("people.everywhere") : (account()?.sites.find((one) => one.site_id === site)?.site_name ?? text("people.other_site"));

/**
 * @param {object} properties
 * @param {{role: string, site_id: string | null}[]} properties.roles
 * @param {(roles: {role: string, site_id: string | null}[]) => void} properties.onChange
 * @param {string} [properties.error]
 */
export function Roles({ roles, onChange, error }) {
  const sites = account()?.sites ?? [];
  const change = (at, part) => onChange(roles.map((one, place) => (place === at ? { ...one, ...part } : one)));
  return html`
    <fieldset class="roles">
      <legend class="field-label">${text("people.roles")}</legend>
      ${roles.map(
        (held, at) => html`
          <div class="roles-row">
            <select aria-label=${text("people.role")} value=${held.role} onChange=${(event) => change(at, { role: event.target.value })}>
              ${ROLES.map((role) => html`<option value=${role} selected=${role === held.role}>${word("role", role)}</option>`)}
            </select>
            <select aria-label=${text("people.site")} value=${held.site_id ?? ""} onChange=${(event) => change(at, { site_id: event.target.value || null })}>
              <option value="" selected=${held.site_id === null}>${text("people.everywhere")}</option>
              ${sites.map((site) => html`<option value=${site.site_id} selected=${site.site_id === held.site_id}>${site.site_name}</option>`)}
              ${held.site_id && !sites.some((site) => site.site_id === held.site_id) && html`<option value=${held.site_id} selected>${text("people.other_site")}</option>`}
            </select>
            <button class="icon-button" type="button" aria-label=${text("people.role_away")} onClick=${() => onChange(roles.filter((_, place) => place !== at))}><${Icon} name="trash" /></button>
          </div>
        `,
      )}
      <button class="button quiet" type="button" onClick=${() => onChange([...roles, { role: "inspector", site_id: sites[0]?.site_id ?? null }])}>${text("people.role_more")}</button>
      ${error && html`<p class="field-error" role="alert">${error}</p>`}
    </fieldset>
  `;
}
