/** The lanes of the board, with how many notices stand in each, and the filters beside them. */

import { number, text, word } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { Filters, Select } from "../parts/fields.js";
import { account, may } from "../session.js";
import { changeQuery, withQuery } from "../view.js";

export const LANES = ["submitted", "due_today", "overdue", "to_do", "returned", "extension", "repeats", "verified", "closed"];
const LATEST_FIRST = new Set(["verified", "closed"]);
const GRAVE = new Set(["overdue", "returned"]);

/** What one comes for: judges for what waits for them, others for what is to be done. */
export const firstLane = () => (may("verify_corrective_action") ? "submitted" : "to_do");

/** Whose notices the address asks for. @param {Record<string, string>} asked */
export const whoseOf = ({ site_id, unit_id, supplier_id, assignee_user_id }) => ({ site_id, unit_id, supplier_id, assignee_user_id });

/** @param {string} lane @param {Record<string, string>} asked */
export const listPath = (lane, asked) => withQuery("corrective-actions", { ...filtersOf(lane, asked), limit: 30 });

/** What the lane shows, and its file. @param {string} lane @param {Record<string, string>} asked */
export const filtersOf = (lane, asked) => ({ ...whoseOf(asked), lane, order: LATEST_FIRST.has(lane) ? "last_due" : null });

/** @param {string | null} id @param {Record<string, string | null>} asked */
export const addressOf = (id, asked) => withQuery(id ? `#/actions/${id}` : "#/actions", asked);

/** @param {{lane: string, asked: Record<string, string>, numbers: Record<string, number> | undefined}} properties */
export function Lanes({ lane, asked, numbers }) {
  return html`
    <nav class="lanes" aria-label=${text("board.lanes")}>
      ${LANES.map(
        (name) => html`
          <a key=${name} href=${addressOf(null, { ...asked, lane: name })} aria-current=${name === lane ? "true" : null} data-grave=${String(GRAVE.has(name) && Boolean(numbers?.[name]))}>
            <strong>${numbers ? number(numbers[name]) : "–"}</strong><span>${word("lane", name)}</span>
          </a>
        `,
      )}
    </nav>
  `;
}

/**
 * @param {{asked: Record<string, string>, responsible: Record<string, any>[]}} properties
 *   *responsible* names who has live notices: nobody else is worth choosing
 */
export function BoardFilters({ asked, responsible }) {
  const sites = account()?.sites ?? [];
  const units = named(responsible, (row) => row.unit_id ?? row.supplier_id, (row) => row.responsible_name);
  const people = named(responsible, (row) => row.assignee_user_id, (row) => row.assignee_name);
  const suppliers = new Set(responsible.map((row) => row.supplier_id));
  const chooseUnit = (id) => changeQuery(suppliers.has(id) ? { supplier_id: id, unit_id: null } : { unit_id: id, supplier_id: null });
  const anybody = { value: "", label: text("board.all") };
  return html`
    <${Filters} label=${text("board.filters")}>
      ${sites.length > 1 && html`<${Select} label=${text("board.site")} value=${asked.site_id ?? ""} onChoose=${(id) => changeQuery({ site_id: id })} options=${[anybody, ...sites.map((site) => ({ value: site.site_id, label: site.site_name }))]} />`}
      <${Select} label=${text("board.unit")} value=${asked.unit_id ?? asked.supplier_id ?? ""} onChoose=${chooseUnit} options=${[anybody, ...withChosen(units, asked.unit_id ?? asked.supplier_id)]} />
      <${Select} label=${text("board.person")} value=${asked.assignee_user_id ?? ""} onChoose=${(id) => changeQuery({ assignee_user_id: id })} options=${[anybody, ...withChosen(people, asked.assignee_user_id)]} />
    <//>
  `;
}

function named(rows, idOf, nameOf) {
  const names = new Map(rows.filter((row) => idOf(row)).map((row) => [idOf(row), nameOf(row)]));
  return [...names].map(([value, label]) => ({ value, label: label || text("board.unnamed") })).sort((one, other) => one.label.localeCompare(other.label));
}

/** A link may name somebody who has nothing live any more. */
function withChosen(options, chosen) {
  return !chosen || options.some(({ value }) => value === chosen) ? options : [...options, { value: chosen, label: text("board.unnamed") }];
}
