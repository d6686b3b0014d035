/** The tables of the standard to browse: 1, 2-A to 2-C, 3-A to 3-C, 4-A to 4-C. */

import { explainPlan } from "../../sampling/explanation.js";
import { planOfCell } from "../../sampling/plans.js";
import { text, told } from "../../shared/language.js";
import { downloadCsv } from "../parts/download.js";
import { html } from "../view.js";
import { Confidence } from "./answer.js";
import { SamplingPage } from "./frame.js";
import { QuestionForm } from "./form.js";
import { useTables } from "./holdings.js";
import { LetterTable, letterRows } from "./letter_table.js";
import { Legend, litOf, masterRows, MasterTable, titleOf } from "./master_table.js";
import { addressOf, answerTo, questionOf } from "./question.js";

const TABLES = ["1", "2-A", "2-B", "2-C", "3-A", "3-B", "3-C", "4-A", "4-B", "4-C"];

/** @param {{table?: string}} properties */
export default function TablesScreen({ table = "1" }) {
  const { tables } = useTables();
  const name = TABLES.includes(table) ? table : "1";
  const csv = () => {
    const known = /** @type {any} */ (tables);
    downloadCsv(name === "1" ? letterRows(known) : masterRows(known, name), `GBT-2828.1-2012-table-${name}.csv`);
  };
  return html`
    <${SamplingPage} view="tables" title=${text("table.number", { table: name })} csv=${csv}>
      ${(known, query) => html`<${Browse} tables=${known} query=${query} name=${name} />`}
    <//>
  `;
}

function Browse({ tables, query, name }) {
  const { plan_type: type, inspection_severity: severity } = tables.table(name);
  const asked = type ? { ...query, type, severity } : query;
  const { refused } = answerTo(tables, questionOf(asked));
  return html`
    <nav class="table-names" aria-label=${text("table.names")}>
      ${TABLES.map((one) => html`<a href=${addressOf(`sampling/tables/${one}`, tableQuery(tables, one, query))} aria-current=${one === name ? "page" : null}>${one}</a>`)}
    </nav>
    <${TableQuestion} tables=${tables} query=${asked} refused=${refused} name=${name} />
    <section class="card standard-table" aria-label=${titleOf(tables.table(name))}>
      <h3>${titleOf(tables.table(name))}</h3>
      ${
        name === "1"
          ? html`<${LetterTable} tables=${tables} query=${query} />`
          : html`
              <${CellPath} tables=${tables} name=${name} query=${asked} />
              <${MasterTable} tables=${tables} name=${name} lit=${litOf(tables, name, asked)} />
              <${Legend} table=${tables.table(name)} />
            `
      }
    </section>
  `;
}

/** The lot and its AQL stand above every table; type and severity are the table's own. */
function TableQuestion({ tables, query, refused, name }) {
  return html`<${QuestionForm} tables=${tables} query=${query} refused=${refused} hasRule=${false} hasAql=${name !== "1"} />`;
}

/** A link to a table asks what that table answers. */
function tableQuery(tables, name, query) {
  const { plan_type: type, inspection_severity: severity } = tables.table(name);
  return type ? { ...query, type, severity } : query;
}

/** The way from the lit cell, in words. */
function CellPath({ tables, name, query }) {
  const lit = litOf(tables, name, query);
  if (!lit) return html`<p class="muted" aria-live="polite">${text("table.choose")}</p>`;
  const { plan_type: type, inspection_severity: severity } = tables.table(name);
  const found = planOfCell(tables, type, severity, lit.letter, lit.aql);
  const { plan } = answerTo(tables, questionOf(query));
  const own = plan && !query.cell ? plan : null;
  const steps = own ? explainPlan(own) : explainPlan(/** @type {any} */ ({ ...found, aql: lit.aql })).slice(1);
  return html`
    <div class="cell-path" aria-live="polite">
      <ol>${steps.map((step) => html`<li>${told(step)}</li>`)}</ol>
      <${Confidence} mark=${found.confidence} />
      ${own && html`<a class="button quiet" href=${addressOf("sampling", query)}>${text("table.to_plan")}</a>`}
    </div>
  `;
}

