/** Table 1 as the standard prints it: lot sizes down, inspection levels across. */

import { number, text } from "../../shared/language.js";
import { changeQuery, html } from "../view.js";
import { questionOf, ruleOf } from "./question.js";

/** @param {{tables: import("../../sampling/tables.js").SamplingTables, query: Record<string, string>}} properties */
export function LetterTable({ tables, query }) {
  const { rows, inspection_levels: levels = [] } = tables.table("1");
  const size = questionOf(query)?.lot_size ?? null;
  const { inspection_level: level } = ruleOf(query);
  const isIn = (row) => size !== null && size >= row.lot_size_from && size <= (row.lot_size_to ?? Infinity);
  const special = levels.filter((name) => name.startsWith("S"));
  const choose = (row, name) => changeQuery({ n: String(row.lot_size_to ?? row.lot_size_from), level: name, cell: null });
  return html`
    <div class="standard-scroll" tabindex="0" role="group" aria-label=${text("table.letters_label")}>
      <table class="standard letters">
        <thead>
          <tr>
            <th scope="col" rowspan="2">${text("question.lot_size")}</th>
            <th scope="colgroup" colspan=${special.length}>${text("table.special")}</th>
            <th scope="colgroup" colspan=${levels.length - special.length}>${text("table.general")}</th>
          </tr>
          <tr>${levels.map((name) => html`<th scope="col" data-beside=${name === level ? "" : null}>${name}</th>`)}</tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`
              <tr>
                <th scope="row" data-beside=${isIn(row) ? "" : null}>${rangeOf(row)}</th>
                ${levels.map(
                  (name, at) => html`
                    <td data-lit=${isIn(row) && name === level ? "end" : null} data-mark=${row.confidence[at] === "c" ? null : ""} onClick=${() => choose(row, name)}>${row.code_letters[at]}</td>
                  `,
                )}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const rangeOf = ({ lot_size_from: from, lot_size_to: to }) =>
  to === null ? text("table.and_more", { n: number(from) }) : text("table.range", { from: number(from), to: number(to) });

/** @param {import("../../sampling/tables.js").SamplingTables} tables */
export function letterRows(tables) {
  const { rows, inspection_levels: levels = [] } = tables.table("1");
  return [[text("question.lot_size"), ...levels], ...rows.map((row) => [rangeOf(row), ...row.code_letters])];
}
