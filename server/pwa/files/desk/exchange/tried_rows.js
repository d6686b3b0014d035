/** What an import would do, row by row, and the button that does it. */

import { counted, either, number, text, word } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { Table } from "../parts/table.js";
import { html, useState } from "../view.js";

export const EFFECTS = ["refused", "created", "changed", "unchanged"];
const TONES = { refused: "bad", created: "ok", changed: "part", unchanged: "plain" };

/** @param {{tried: any, isBusy: boolean, take: () => void}} properties */
export function TriedRows({ tried: { counts, rows, columns, left_out: leftOut }, isBusy, take }) {
  const [shown, setShown] = useState(counts.refused > 0 ? "refused" : "");
  const changes = counts.created + counts.changed;
  const named = (name) => {
    const column = columns.find((one) => one.name === name);
    return column ? either(column) : name;
  };
  const listed = rows.filter((row) => !shown || row.effect === shown);
  return html`
    <section class="import-step" aria-label=${text("exchange.tried")}>
      <h3>${text("exchange.tried")}</h3>
      <div class="counts" role="group" aria-label=${text("exchange.show")}>
        ${EFFECTS.map((effect) => html`<${Count} key=${effect} effect=${effect} n=${counts[effect]} isShown=${shown === effect} choose=${() => setShown(shown === effect ? "" : effect)} />`)}
      </div>
      ${leftOut.length > 0 && html`<p class="card">${text("exchange.left_out", { columns: leftOut.join(text("app.separator")) })}</p>`}
      ${counts.refused > 0 && html`<p class="card notice">${counted("exchange.refused", counts.refused)}</p>`}
      ${counts.refused === 0 && changes === 0 && html`<p class="card">${text("exchange.nothing")}</p>`}
      ${counts.refused === 0 && changes > 0 && html`<button class="button wide" type="button" disabled=${isBusy} onClick=${take}>${counted("exchange.take", changes)}</button>`}
      <${Table} label=${text("exchange.rows")} rows=${listed} idOf=${(row) => String(row.row)} columns=${[
        { title: text("exchange.row"), kind: /** @type {const} */ ("number"), shown: (row) => number(row.row) },
        { title: text("exchange.key"), isName: true, shown: (row) => row.key || "—" },
        { title: text("exchange.effect"), shown: ({ effect }) => html`<${Badge} tone=${TONES[effect]}>${word("effect", effect)}<//>` },
        { title: text("exchange.details"), shown: (row) => html`<${Details} row=${row} named=${named} />` },
      ]} />
    </section>
  `;
}

function Count({ effect, n, isShown, choose }) {
  return html`
    <button class="count" type="button" data-tone=${n > 0 ? TONES[effect] : "plain"} aria-pressed=${String(isShown)} disabled=${n === 0} onClick=${choose}>
      <strong>${number(n)}</strong><span>${word("effect", effect)}</span>
    </button>
  `;
}

/** @param {{row: any, named: (name: string) => string}} properties */
function Details({ row, named }) {
  if (row.errors.length > 0) {
    return html`
      <ul class="row-errors">
        ${row.errors.map(
          (error) => html`<li>${error.column && html`<strong>${named(error.column)}</strong>`} ${error.value && html`<q>${error.value}</q>`} <span>${either(error)}</span></li>`,
        )}
      </ul>
    `;
  }
  // A new row says all of itself; of a changed one it matters what.
  return row.effect === "changed" ? html`<span>${row.fields.map(named).join(text("app.separator"))}</span>` : "—";
}
