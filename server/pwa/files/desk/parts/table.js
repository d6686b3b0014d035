/** A list as a table; where the screen is narrow each row becomes a card with its own headings. */

import { text } from "../../shared/language.js";
import { html } from "../../shared/view.js";

/**
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: any) => any} shown text or markup
 * @property {"text" | "number"} [kind] numbers stand at the right
 * @property {boolean} [isName] what the row is called: the heading of its card, and its link
 */

/**
 * @param {object} properties
 * @param {string} properties.label what the list holds, read out
 * @param {Column[]} properties.columns
 * @param {any[]} properties.rows
 * @param {(row: any) => string} [properties.idOf]
 * @param {(row: any) => string} [properties.hrefOf] where the row leads
 * @param {string} [properties.empty] said when there are no rows
 * @param {(() => void) | null} [properties.more] brings the next page
 * @param {boolean} [properties.isLoading]
 */
export function Table({ label, columns, rows, idOf = (row) => row.id, hrefOf, empty, more, isLoading = false }) {
  if (rows.length === 0) return isLoading ? null : html`<p class="card empty muted">${empty ?? text("table.none")}</p>`;
  return html`
    <div class="table-card">
      <table class="table" aria-label=${label}>
        <thead>
          <tr>${columns.map(({ title, kind }) => html`<th scope="col" data-kind=${kind}>${title}</th>`)}</tr>
        </thead>
        <tbody>
          ${rows.map((row) => html`<tr key=${idOf(row)}>${columns.map((column) => html`<${Cell} column=${column} row=${row} hrefOf=${hrefOf} />`)}</tr>`)}
        </tbody>
      </table>
    </div>
    ${more && html`<button class="button wide" type="button" disabled=${isLoading} onClick=${more}>${text("table.more")}</button>`}
  `;
}

function Cell({ column: { title, shown, kind, isName }, row, hrefOf }) {
  const content = shown(row);
  if (isName) {
    return html`<th scope="row" data-kind=${kind}>${hrefOf ? html`<a href=${hrefOf(row)}>${content}</a>` : content}</th>`;
  }
  return html`<td data-title=${title} data-kind=${kind}>${content ?? "—"}</td>`;
}
