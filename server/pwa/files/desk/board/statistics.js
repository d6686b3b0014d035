/** How notices went: time to fix, how often returned, how often the same again; by unit and supplier. */

import { number, text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { downloadCsv } from "../parts/download.js";
import { Filters, Select } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { account } from "../session.js";
import { changeQuery, useAnswer, useQuery, withQuery } from "../view.js";
import { addressOf } from "./lanes.js";

const PERIODS = ["30", "90", "365"];
const DAY_MS = 86_400_000;

export default function Statistics() {
  const asked = useQuery();
  const days = PERIODS.includes(asked.days) ? asked.days : "90";
  // To the hour, so that drawing again does not ask again.
  const until = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
  const since = new Date(until - Number(days) * DAY_MS).toISOString();
  const { answer, error, isLoading, again } = useAnswer(withQuery("corrective-actions/statistics", { since, until: new Date(until).toISOString(), site_id: asked.site_id }));
  const rows = answer?.rows ?? [];
  const sites = account()?.sites ?? [];
  const save = () => downloadCsv([COLUMNS().map(({ title }) => title), ...rows.map((row) => COLUMNS().map(({ plain, shown }) => (plain ?? shown)(row)))], "corrective-action-statistics.csv");
  return html`
    <${Page} title=${text("board.statistics")} lead=${text("board.statistics_lead")} back="#/actions" error=${error} again=${again} isLoading=${isLoading}
      actions=${html`<button class="button quiet" type="button" disabled=${rows.length === 0} onClick=${save}>CSV</button>`}>
      <${Filters} label=${text("board.filters")}>
        <${Select} label=${text("board.period")} value=${days} onChoose=${(value) => changeQuery({ days: value })} options=${PERIODS.map((value) => ({ value, label: text("board.last_days", { n: value }) }))} />
        ${sites.length > 1 && html`<${Select} label=${text("board.site")} value=${asked.site_id ?? ""} onChoose=${(id) => changeQuery({ site_id: id })} options=${[{ value: "", label: text("board.all") }, ...sites.map((site) => ({ value: site.site_id, label: site.site_name }))]} />`}
      <//>
      <${Totals} rows=${rows} />
      <${Table} label=${text("board.statistics")} columns=${COLUMNS()} rows=${rows} idOf=${(row) => row.unit_id ?? row.supplier_id} isLoading=${isLoading}
        hrefOf=${(row) => addressOf(null, { lane: "to_do", unit_id: row.unit_id, supplier_id: row.supplier_id, site_id: asked.site_id })} />
    <//>
  `;
}

const share = (part, whole) => (whole > 0 ? part / whole : null);
const percent = (value) => (value === null ? "—" : `${number(Math.round(value * 100))} %`);
const hours = (value) => (value === null ? "—" : text("board.hours", { n: number(value) }));

const COLUMNS = () =>
  [
    { title: text("board.responsible"), isName: true, shown: (row) => row.responsible_name || text("board.unnamed") },
    { title: text("board.stat_issued"), shown: (row) => number(row.issued), plain: (row) => row.issued },
    { title: text("board.stat_verified"), shown: (row) => number(row.verified), plain: (row) => row.verified },
    { title: text("board.stat_in_time"), shown: (row) => html`<${Bar} value=${share(row.verified_in_first_deadline, row.verified)} tone="ok" />`, plain: (row) => percent(share(row.verified_in_first_deadline, row.verified)) },
    { title: text("board.stat_returned"), shown: (row) => html`<${Bar} value=${share(row.times_returned, row.issued)} tone="bad" />`, plain: (row) => percent(share(row.times_returned, row.issued)) },
    { title: text("board.stat_repeats"), shown: (row) => html`<${Bar} value=${share(row.repeats, row.issued)} tone="part" />`, plain: (row) => percent(share(row.repeats, row.issued)) },
    { title: text("board.stat_hours"), shown: (row) => hours(row.median_hours_to_fix), plain: (row) => row.median_hours_to_fix ?? "" },
  ].map((column) => ({ ...column, kind: /** @type {"text" | "number"} */ (column.isName ? "text" : "number") }));

/** A share as a bar with its number. @param {{value: number | null, tone: string}} properties */
function Bar({ value, tone }) {
  return html`
    <span class="share">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="share-ground" width="100" height="8" rx="4" /><rect data-tone=${tone} width=${Math.min(100, (value ?? 0) * 100)} height="8" rx="4" /></svg>
      <span>${percent(value)}</span>
    </span>
  `;
}

function Totals({ rows }) {
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  const figures = [
    [text("board.stat_issued"), number(sum("issued"))],
    [text("board.stat_in_time"), percent(share(sum("verified_in_first_deadline"), sum("verified")))],
    [text("board.stat_returned"), percent(share(sum("times_returned"), sum("issued")))],
    [text("board.stat_repeats"), percent(share(sum("repeats"), sum("issued")))],
  ];
  return html`<dl class="board-figures">${figures.map(([label, value]) => html`<div class="card" key=${label}><dt class="muted small">${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}
