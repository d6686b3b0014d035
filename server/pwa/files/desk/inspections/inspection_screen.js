/** One inspection: how it came out, what was found, its report and its evidence pack. */

import { either, moment, number, text, word } from "../../shared/language.js";
import { Findings, Thumbnails } from "../board/findings.js";
import { FileButtons } from "../parts/files.js";
import { History } from "../parts/history.js";
import { Page } from "../parts/page.js";
import { may, siteName } from "../session.js";
import { html, useAnswer, usePages } from "../view.js";
import { Graded } from "./list_screen.js";
import { useUnits } from "./units.js";

const CLASSES = ["A", "B", "C"];

/** @param {{id: string}} properties */
export default function Inspection({ id }) {
  const { answer, error, isLoading, again } = useAnswer(`inspections/${encodeURIComponent(id)}`);
  const inspection = answer?.document;
  return html`
    <${Page} title=${inspection ? either(inspection.checklist) : text("supervision.one")} lead=${inspection?.number} back="#/inspections" error=${error} again=${again} isLoading=${isLoading}>
      ${inspection && html`<${Whole} inspection=${inspection} />`}
    <//>
  `;
}

function Whole({ inspection }) {
  const found = usePages(`findings?source_id=${inspection.id}&limit=200`, "findings");
  const photos = [...new Set(inspection.answers.flatMap((answer) => answer.attachment_ids))];
  return html`
    <${Facts} inspection=${inspection} />
    <${Documents} inspection=${inspection} />
    ${found.entries.length > 0 && html`<${Findings} findings=${found.entries} />`}
    ${inspection.status === "finished" && !found.isLoading && found.entries.length === 0 && html`<p class="card">${text("supervision.nothing_found")}</p>`}
    ${photos.length > 0 &&
    html`
      <section class="card import-step">
        <h3>${text("supervision.photos")}</h3>
        <${Thumbnails} ids=${photos} label=${text("supervision.photo")} />
      </section>
    `}
    ${inspection.note && html`<p class="card">${inspection.note}</p>`}
    <${History} collection="inspections" id=${inspection.id} people=${[inspection.created_by]} />
    ${found.entries.map((finding) => html`<${History} key=${finding.id} collection="findings" id=${finding.id} of=${finding.title} people=${[finding.created_by]} />`)}
  `;
}

function Facts({ inspection }) {
  const units = useUnits();
  const { grade } = inspection.result;
  const facts = [
    [text("supervision.grade"), html`<${Graded} inspection=${inspection} />`],
    [text("supervision.site"), siteName(inspection.site_id)],
    [text("supervision.unit"), units.get(inspection.unit_id) ?? "—"],
    [text("supervision.place"), inspection.place_text || "—"],
    [text("supervision.who"), inspection.created_by.name],
    [text("supervision.at"), moment(inspection.captured_at)],
    [text("supervision.finished"), inspection.finished_at ? moment(inspection.finished_at) : "—"],
    grade && [text("supervision.failed"), CLASSES.map((name) => `${name} ${number(grade.failures[name])}`).join(" · ")],
    grade && [text("supervision.judged"), number(grade.judged_count)],
    grade?.percent && [text("supervision.percent"), grade.percent],
  ].filter(Boolean);
  return html`<dl class="card facts-grid">${facts.map(([term, told]) => html`<div key=${term}><dt class="muted small">${term}</dt><dd>${told}</dd></div>`)}</dl>`;
}

function Documents({ inspection }) {
  const name = inspection.number ?? `${inspection.checklist.code}-${inspection.id.slice(-8)}`;
  const path = `inspections/${inspection.id}`;
  const files = [{ label: text("supervision.report"), path: `${path}/report.pdf`, name: `${name}.pdf` }];
  if (may("export_evidence")) files.push({ label: text("supervision.pack"), path: `${path}/evidence-pack.zip`, name: `${name}-evidence.zip` });
  return html`<${FileButtons} label=${text("supervision.papers")} files=${files} />`;
}
