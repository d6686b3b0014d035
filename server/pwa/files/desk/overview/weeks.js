/** Lines by week and outcome: bars that lead to the week's receipts, and the same as a table. */

import { day, number, text, word } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { downloadCsv } from "../parts/download.js";
import { Table } from "../parts/table.js";
import { withQuery } from "../view.js";

export const OUTCOMES = ["accepted", "in_part", "rejected", "pending"];
const DAY_MS = 86_400_000;

export const totalOf = (row) => OUTCOMES.reduce((total, outcome) => total + row[outcome], 0);

/** The share that was taken whole, of what has been decided; null where nothing has. */
export function acceptedShare(row) {
  const decided = totalOf(row) - row.pending;
  return decided > 0 ? row.accepted / decided : null;
}

/** @param {number | null} value */
export const percent = (value) => (value === null ? "—" : `${number(Math.round(value * 1000) / 10)} %`);

/** @param {{weeks: any[], until: string, narrowed: Record<string, string | undefined>}} properties */
export function Weeks({ weeks, until, narrowed }) {
  const [pointed, setPointed] = useState(/** @type {any} */ (null));
  const highest = Math.max(1, ...weeks.map(totalOf));
  const shown = pointed ?? weeks[weeks.length - 1];
  const lastDay = (week) => {
    const sunday = new Date(Date.parse(`${week.first_on}T00:00:00Z`) + 6 * DAY_MS).toISOString().slice(0, 10);
    return sunday < until ? sunday : until;
  };
  const hrefOf = (week) => withQuery("#/receipts", { ...narrowed, delivered_from: week.first_on, delivered_to: lastDay(week) });
  return html`
    <p class="weeks-readout" aria-live="polite"><strong>${percent(acceptedShare(shown))}</strong> <span class="muted">${text("overview.readout", { first: day(shown.first_on), last: day(lastDay(shown)), n: number(totalOf(shown)) })}</span></p>
    <ol class="weeks" data-many=${String(weeks.length > 12)} onMouseLeave=${() => setPointed(null)}>
      ${weeks.map(
        (week) => html`
          <li key=${week.first_on}>
            <a href=${hrefOf(week)} aria-label=${labelOf(week, lastDay(week))} onMouseEnter=${() => setPointed(week)} onFocus=${() => setPointed(week)}>
              <span class="week-bar"><${Stack} row=${week} of=${highest} isUpright=${true} /></span>
              <span class="week-name small muted">${shortDay(week.first_on)}</span>
            </a>
          </li>
        `,
      )}
    </ol>
    <${Legend} />
    <details class="behind">
      <summary>${text("overview.as_table")}</summary>
      <${Table} label=${text("overview.trend")} columns=${COLUMNS()} rows=${weeks} idOf=${(week) => week.first_on} hrefOf=${hrefOf} />
      <button class="button quiet" type="button" onClick=${() => save(weeks)}>CSV</button>
    </details>
  `;
}

/** The outcomes of a row, as parts of a bar. @param {{row: any, of: number, isUpright?: boolean}} properties */
export function Stack({ row, of, isUpright = false }) {
  const size = (outcome) => `${(100 * row[outcome]) / of}%`;
  return OUTCOMES.filter((outcome) => row[outcome] > 0).map((outcome) => html`<span class="stack-part" key=${outcome} data-outcome=${outcome} style=${isUpright ? { height: size(outcome) } : { width: size(outcome) }}></span>`);
}

/** What the colours mean; bars and tables say it in words. */
function Legend() {
  return html`<ul class="legend small" aria-hidden="true">${OUTCOMES.map((outcome) => html`<li key=${outcome}><span class="stack-part" data-outcome=${outcome}></span>${word("outcome", outcome)}</li>`)}</ul>`;
}

const shortDay = (on) => `${Number(on.slice(5, 7))}/${Number(on.slice(8))}`;

const labelOf = (week, last) =>
  `${shortDay(week.first_on)}: ${day(week.first_on)} – ${day(last)}: ${OUTCOMES.filter((outcome) => week[outcome] > 0).map((outcome) => `${word("outcome", outcome)} ${number(week[outcome])}`).join(text("app.separator")) || text("overview.nothing")}`;

const COLUMNS = () => [
  { title: text("overview.week"), isName: true, shown: (week) => day(week.first_on) },
  ...OUTCOMES.map((outcome) => ({ title: word("outcome", outcome), kind: /** @type {"number"} */ ("number"), shown: (week) => number(week[outcome]) })),
  { title: text("overview.accepted_share"), kind: /** @type {"number"} */ ("number"), shown: (week) => percent(acceptedShare(week)) },
];

function save(weeks) {
  const head = [text("overview.week"), ...OUTCOMES.map((outcome) => word("outcome", outcome))];
  downloadCsv([head, ...weeks.map((week) => [week.first_on, ...OUTCOMES.map((outcome) => week[outcome])])], "acceptance-by-week.csv");
}
