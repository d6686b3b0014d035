/**
 * A master table as the standard prints it: code letters down, AQLs across, Ac and Re in one cell,
 * arrows that run to the plan they lead to. The cell that is asked for is lit, with the way from it.
 */

import { either, text } from "../../shared/language.js";
import { answerTo, questionOf, ruleOf } from "./question.js";
import { html, changeQuery, useEffect, useRef } from "../view.js";
import { planOfCell } from "../../sampling/plans.js";

/**
 * @typedef {import("../../sampling/tables.js").SamplingTables} SamplingTables
 * @typedef {{letter: string, aql: string, steps: import("../../sampling/plans.js").TableStep[]}} Lit
 */

/** The words of an arrow or a reference, for who cannot see it. */
const SIGNS = {
  "↓": () => text("sign.down"),
  "↑": () => text("sign.up"),
  "*": () => text("sign.single"),
  "++": () => text("sign.double"),
  "": () => text("sign.none"),
};

/**
 * What is lit: the cell that was chosen in the table, else that of the lot.
 *
 * @param {SamplingTables} tables @param {string} name @param {Record<string, string>} query
 * @returns {Lit | null}
 */
export function litOf(tables, name, query) {
  const { plan_type: type = "", inspection_severity: severity = "" } = tables.table(name);
  const { aql } = ruleOf(query);
  if (!tables.aqls.includes(aql)) return null;
  const rows = tables.table(name).rows;
  const question = questionOf(query);
  const { plan } = answerTo(tables, question && { ...question, plan_type: type, inspection_severity: severity });
  const letter = query.cell ?? plan?.code_letter;
  const row = rows.find((one) => one.code_letter === letter);
  if (!row || row.cells[tables.aqls.indexOf(aql)] === "") return null;
  return { letter, aql, steps: planOfCell(tables, type, severity, letter, aql).path };
}

/** @param {{tables: SamplingTables, name: string, query: Record<string, string>}} properties */
export function TableCard({ tables, name, query }) {
  const table = tables.table(name);
  return html`
    <section class="card standard-table" aria-label=${titleOf(table)}>
      <h3>${titleOf(table)}</h3>
      <${MasterTable} tables=${tables} name=${name} lit=${litOf(tables, name, query)} />
      <${Legend} table=${table} />
    </section>
  `;
}

/** @param {any} table */
export const titleOf = (table) =>
  text("table.title", { standard: table.standard, table: table.table, title: either({ zh: table.title["zh-CN"], en: table.title.en }) });

/** @param {{tables: SamplingTables, name: string, lit: Lit | null}} properties */
export function MasterTable({ tables, name, lit }) {
  const table = tables.table(name);
  const stages = Math.max(...table.rows.map((row) => row.sample_sizes.length));
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const cell = /** @type {HTMLElement | null} */ (scroller.current?.querySelector("[data-lit]") ?? null);
    if (cell && scroller.current) scroller.current.scrollLeft = cell.offsetLeft - scroller.current.clientWidth / 2;
  }, [name, lit?.letter, lit?.aql]);
  return html`
    <div class="standard-scroll" ref=${scroller} tabindex="0" role="group" aria-label=${text("table.keys")}
      onClick=${chooseCell} onKeyDown=${(event) => moveCell(event, tables, name, lit)}>
      <table class="standard" data-stages=${stages}>
        <${Head} tables=${tables} stages=${stages} lit=${lit} />
        ${table.rows.map((row, at) => html`<${Letter} key=${row.code_letter} rows=${table.rows} at=${at} aqls=${tables.aqls} stages=${stages} name=${name} lit=${lit} />`)}
      </table>
    </div>
  `;
}

function Head({ tables, stages, lit }) {
  return html`
    <thead>
      <tr>
        <th scope="col" rowspan="2" class="letter-head">${text("table.letter")}</th>
        ${stages > 1 && html`<th scope="col" rowspan="2">${text("table.sample")}</th>`}
        <th scope="col" rowspan="2">${text("table.n")}</th>
        ${stages > 1 && html`<th scope="col" rowspan="2">${text("table.sum_n")}</th>`}
        <th scope="colgroup" colspan=${tables.aqls.length}>${text("table.aql")}</th>
      </tr>
      <tr>${tables.aqls.map((aql) => html`<th scope="col" class="aql-head" data-beside=${aql === lit?.aql ? "" : null}>${aql}<span class="ac-re" aria-hidden="true">Ac Re</span></th>`)}</tr>
    </thead>
  `;
}

/** One code letter: a row, or one for each sample of a double or multiple plan. */
function Letter({ rows, at, aqls, stages, name, lit }) {
  const row = rows[at];
  const count = stages > 1 ? Math.max(row.sample_sizes.length, 1) : 1;
  const isBeside = row.code_letter === lit?.letter ? "" : null;
  let drawn = 0;
  return html`
    <tbody>
      ${Array.from({ length: count }, (_, stage) => {
        drawn += row.sample_sizes[stage] ?? 0;
        return html`
          <tr>
            ${stage === 0 && html`<th scope="rowgroup" rowspan=${count} class="letter-head" data-beside=${isBeside}>${row.code_letter}</th>`}
            ${stages > 1 && html`<td class="size">${row.sample_sizes.length ? stage + 1 : ""}</td>`}
            <td class="size">${row.sample_sizes[stage] ?? ""}</td>
            ${stages > 1 && html`<td class="size">${row.sample_sizes.length ? drawn : ""}</td>`}
            ${aqls.map((aql, column) => html`<${Cell} rows=${rows} at=${at} column=${column} aql=${aql} stage=${stage} count=${count} name=${name} lit=${lit} />`)}
          </tr>
        `;
      })}
    </tbody>
  `;
}

function Cell({ rows, at, column, aql, stage, count, name, lit }) {
  const { code_letter: letter, cells, confidence } = rows[at];
  const cell = cells[column];
  const sign = SIGNS[cell];
  if (sign && stage > 0) return null;
  const step = lit?.aql === aql ? lit.steps.findIndex((one) => one.table === name && one.code_letter === letter) : -1;
  const place = step < 0 ? null : step === lit.steps.length - 1 ? "end" : step === 0 ? "start" : "way";
  const arrow = arrowOf(cell);
  const part = arrow && partOf(rows, at, column);
  const common = { "data-letter": letter, "data-aql": aql, "data-lit": place, "data-mark": confidence[column] === "c" ? null : "" };
  if (sign) {
    return html`<td ...${common} rowspan=${count} class="sign" data-arrow=${arrow} data-part=${part}>
      <span aria-hidden="true">${part === "shaft" ? "" : cell}</span><span class="unseen">${sign()}</span>
    </td>`;
  }
  const [acceptance, rejection] = cell.split(" ")[stage].split("/");
  return html`<td ...${common}><span class="pair"><span>${acceptance}</span> <span>${rejection}</span></span></td>`;
}

const arrowOf = (cell) => ({ "↓": "down", "↑": "up" })[cell] ?? null;

/** An arrow runs over many cells and has its head where the plan is. */
function partOf(rows, at, column) {
  const cell = rows[at].cells[column];
  const ahead = rows[cell === "↓" ? at + 1 : at - 1];
  return ahead?.cells[column] === cell ? "shaft" : "head";
}

/** @param {MouseEvent} event */
function chooseCell(event) {
  const cell = /** @type {HTMLElement} */ (event.target).closest("td[data-aql]");
  if (!(cell instanceof HTMLElement)) return;
  changeQuery({ cell: cell.dataset.letter ?? null, aql: cell.dataset.aql ?? null });
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {KeyboardEvent} event @param {SamplingTables} tables @param {string} name @param {Lit | null} lit */
function moveCell(event, tables, name, lit) {
  const move = MOVES[event.key];
  if (!move) return;
  event.preventDefault();
  const letters = tables.table(name).rows.map((row) => row.code_letter);
  const within = (place, list) => list[Math.min(Math.max(place, 0), list.length - 1)];
  changeQuery({
    cell: within(lit ? letters.indexOf(lit.letter) + move[0] : 0, letters),
    aql: within(lit ? tables.aqls.indexOf(lit.aql) + move[1] : 0, tables.aqls),
  });
}

/** @param {{table: any}} properties */
export function Legend({ table }) {
  const isMany = table.plan_type !== "single";
  return html`
    <ul class="legend muted small">
      <li><b aria-hidden="true">↓</b> ${text("sign.down")}</li>
      <li><b aria-hidden="true">↑</b> ${text("sign.up")}</li>
      ${isMany && html`<li><b aria-hidden="true">*</b> ${text("sign.single")}</li>`}
      ${table.plan_type === "multiple" && html`<li><b aria-hidden="true">++</b> ${text("sign.double")}</li><li><b>#</b> ${text("sign.not_permitted")}</li>`}
      <li><b>Ac</b> ${text("sign.ac")}</li>
      <li><b>Re</b> ${text("sign.re")}</li>
      <li><b class="marked">0 1</b> ${text("sign.unconfirmed")}</li>
    </ul>
  `;
}

/** The table as rows of a file. @param {SamplingTables} tables @param {string} name */
export function masterRows(tables, name) {
  const rows = tables.table(name).rows;
  return [
    [text("table.letter"), text("table.n"), ...tables.aqls],
    ...rows.map((row) => [row.code_letter, row.sample_sizes.join(" + "), ...row.cells.map((cell) => cell.replaceAll("/", " "))]),
  ];
}
