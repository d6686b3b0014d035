/** Who or what was taken and refused, as bars beside their names. */

import { counted, number, text } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { acceptedShare, percent, Stack, totalOf } from "./weeks.js";

/** @param {{title: string, rows: any[], most?: number}} properties */
export function Shares({ title, rows, most = Infinity }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? rows : rows.slice(0, most);
  return html`
    <section class="card shares">
      <h3>${title}</h3>
      ${rows.length === 0 && html`<p class="muted">${text("overview.nothing")}</p>`}
      <ul>
        ${shown.map(
          (row) => html`
            <li key=${row.id}>
              <a href=${row.href}>
                <span class="share-name">${row.label || "—"}</span>
                <span class="share-rate"><strong>${percent(acceptedShare(row))}</strong> <span class="muted small">${counted("overview.lines", totalOf(row))}</span></span>
                <span class="share-bar"><${Stack} row=${row} of=${totalOf(row) || 1} /></span>
              </a>
            </li>
          `,
        )}
      </ul>
      ${rows.length > shown.length && html`<button class="button quiet" type="button" onClick=${() => setWhole(true)}>${text("overview.all_of_them", { n: number(rows.length) })}</button>`}
    </section>
  `;
}
