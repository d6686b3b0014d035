/** Reading a form from a file: what would come of it, row by row, and then a draft. */

import { either, language, text, word } from "../../shared/language.js";
import { go } from "../../shared/router.js";
import { sendFile } from "../api.js";
import { Field } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { html, useState } from "../view.js";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export default function ImportScreen() {
  const [file, setFile] = useState(/** @type {any} */ (null));
  const [reading, setReading] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isBusy, setBusy] = useState(false);
  const ask = async (given, keep) => {
    setBusy(true);
    setError(null);
    const format = given.name.endsWith(".json") ? "json" : "xlsform";
    const more = keep ? `&dry_run=false&draft_id=${crypto.randomUUID()}` : "";
    try {
      const answer = await sendFile(`checklist-imports?format=${format}${more}`, given, XLSX);
      if (answer.draft_id) go(`#/administration/checklist-drafts/${answer.draft_id}`);
      setReading(answer);
    } catch (refused) {
      setReading(null);
      setError(refused);
    }
    setBusy(false);
  };
  const choose = (event) => {
    const [given] = event.target.files;
    setFile(given ?? null);
    if (given) void ask(given, false);
  };
  return html`
    <${Page} title=${text("authoring.import")} lead=${text("authoring.import_lead")} back="#/administration/checklists" error=${error} isLoading=${isBusy}>
      <section class="card form-grid"><${Field} label=${text("authoring.file")} hint=${text("authoring.file_hint")}><input type="file" accept=".xlsx,.json" onChange=${choose} /><//></section>
      ${reading && html`<${Reading} reading=${reading} keep=${() => void ask(file, true)} isBusy=${isBusy} />`}
    <//>
  `;
}

function Reading({ reading: { content, report, faults }, keep, isBusy }) {
  const rows = report.map((entry, at) => ({ ...entry, id: `${at}` }));
  return html`
    <section class="card">
      <h3>${either(content)} <span class="muted">${content.code}</span></h3>
      <p>${text("authoring.import_found", { items: content.items.length, notes: report.length, faults: faults.length })}</p>
      <button class="button" type="button" disabled=${isBusy} onClick=${keep}>${text("authoring.import_keep")}</button>
    </section>
    <h3>${text("authoring.report")}</h3>
    <${Table} label=${text("authoring.report")} rows=${rows} empty=${text("authoring.report_empty")} columns=${[
      { title: text("authoring.sheet"), isName: true, shown: (entry) => [entry.sheet, entry.row, entry.column].filter((part) => part !== null).join(" · ") },
      { title: text("authoring.effect"), shown: (entry) => word("import_effect", entry.effect) },
      { title: text("authoring.cell"), shown: (entry) => entry.what },
      { title: text("authoring.why"), shown: (entry) => (language() === "en" ? entry.en : entry.zh) },
    ]} />
    ${faults.length > 0 && html`<h3>${text("authoring.has_faults")}</h3><ul class="card figure-list">${faults.map((fault) => html`<li><code>${fault.pointer}</code> ${fault.detail}</li>`)}</ul>`}
  `;
}
