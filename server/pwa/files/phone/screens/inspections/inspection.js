/** An inspection: every item under its heading, then what is missing, then the end of it. */

import { clientPart, parted, withAnswer } from "../../../inspecting/inspection.js";
import { counted, either, moment, number, text, word } from "../../../shared/language.js";
import { say } from "../../../shared/messages.js";
import { ProblemNotice } from "../../parts/problem.js";
import { Screen } from "../../parts/screen.js";
import { goInstead } from "../../../shared/router.js";
import { session } from "../../session/session.js";
import { newId, now } from "../../storage/ids.js";
import { erase } from "../../storage/outbox.js";
import { html, useState } from "../../view.js";
import { Ending } from "./ending.js";
import { InspectionItem } from "./inspection_item.js";
import { KeptAs } from "./where.js";
import { useInspection } from "./use_inspection.js";

export default function Inspection({ id }) {
  const shown = useInspection(id);
  const { inspection, template, stand, record, held, isClosed, isLoading } = shown;
  const [isEnding, setEnding] = useState(false);
  const back = "#/inspections";
  if (isLoading) return html`<${Screen} title=${text("inspections.one")} back=${back} />`;
  if (!inspection) return html`<${Screen} title=${text("inspections.one")} back=${back}><p class="muted empty-text">${text("inspections.not_here")}</p><//>`;
  if (!template || !stand) return html`<${Screen} title=${text("inspections.one")} back=${back}><p class="muted empty-text">${text("inspections.no_template")}</p><//>`;
  const where = [held.names.get(inspection.unit_id), held.names.get(inspection.place_id) ?? inspection.place_text].filter(Boolean).join(" · ");
  return html`
    <${Screen} title=${either(template)} subtitle=${where || moment(inspection.captured_at)} back=${back} footer=${html`<${Foot} shown=${shown} end=${() => setEnding(true)} />`}>
      ${record?.problem && html`<${ProblemNotice} problem=${record.problem} />`}
      <${Progress} stand=${stand} isClosed=${isClosed} inspection=${inspection} />
      <${KeptAs} template=${template} value=${inspection.storage_class ?? null} isClosed=${isClosed} onChoose=${(kept) => void shown.edit((document) => ({ ...document, storage_class: kept }))} />
      ${!isClosed && html`<${MarkRest} shown=${shown} />`}
      ${parted(stand.entries, template).map(
        (part) => html`
          <section class="stack" key=${part.id}>
            ${part.title && html`<h2 class="part-title">${either(part.title)}</h2>`}
            ${part.entries.map((entry) => html`<${InspectionItem} key=${entry.item.id} entry=${entry} shown=${shown} />`)}
          </section>
        `,
      )}
      <label class="labelled"><span>${text("inspections.note")}</span>
        <textarea class="field" rows="3" maxlength="2000" disabled=${isClosed} value=${inspection.note} onInput=${(event) => void shown.edit((document) => ({ ...document, note: event.target.value }))}></textarea></label>
      <${ThrowAway} inspection=${inspection} isClosed=${isClosed} />
    <//>
    ${isEnding && html`<${Ending} shown=${shown} close=${() => setEnding(false)} end=${() => finish(shown, () => setEnding(false))} />`}
  `;
}

function Progress({ stand, isClosed, inspection }) {
  const grade = isClosed ? (inspection.result?.grade ?? stand.grade) : stand.grade;
  return html`
    <section class="card inspection-state">
      <div class="inspection-figures">
        <span>${text("inspections.progress", { n: number(stand.answered), total: number(stand.total) })}</span>
        ${grade.grade && html`<span class="tag" data-grade=${grade.grade}>${word("grade", grade.grade)}</span>`}
      </div>
      <progress max=${Math.max(1, stand.total)} value=${stand.answered} aria-label=${text("inspections.progress", { n: number(stand.answered), total: number(stand.total) })}></progress>
      ${stand.failed.length > 0 && html`<p class="small is-bad">${counted("inspections.failed", stand.failed.length)}：${["A", "B", "C"].filter((name) => grade.failures[name] > 0).map((name) => `${name} ${number(grade.failures[name])}`).join(" · ")}</p>`}
      ${isClosed && html`<p class="small muted">${[inspection.number, text("inspections.finished_at", { time: moment(inspection.finished_at) })].filter(Boolean).join(" · ")}</p>`}
    </section>
  `;
}

/** Everything that is in order, with one tap; what was looked at and is wrong stays. */
function MarkRest({ shown }) {
  const open = shown.stand.entries.filter(({ item, answer, isAsked }) => isAsked && item.type === "check" && (!answer || (answer.is_ok === null && !answer.not_applicable)));
  if (open.length < 2) return null;
  const mark = async () => {
    const before = shown.inspection.answers;
    await shown.edit((document) => open.reduce((changed, { item }) => withAnswer(changed, item.id, { is_ok: true }, { id: newId(), now: now() }), document));
    say(counted("inspections.marked", open.length), { label: text("inspections.undo"), run: () => void shown.edit((document) => ({ ...document, answers: before })) });
  };
  return html`<button class="button quiet" type="button" onClick=${mark}>${counted("inspections.mark_rest", open.length)}</button>`;
}

function Foot({ shown, end }) {
  const { inspection, stand, record, isClosed } = shown;
  const reopen = () => shown.edit((document) => ({ ...document, finished_at: null }));
  // The server did not take it as finished: it is still this person's to put right.
  if (isClosed && record?.state === "rejected") return html`<button class="button" type="button" onClick=${reopen}>${text("inspections.go_on")}</button>`;
  if (!isClosed) return html`<button class="button" type="button" onClick=${end}>${stand.missing.length > 0 ? counted("inspections.left", stand.missing.length) : text("inspections.finish")}</button>`;
  if (stand.failed.length > 0) return html`<a class="button" href=${`#/notices/new/${inspection.id}`}>${text("actions.new")}</a>`;
  return html`<a class="button quiet" href="#/inspections">${text("inspections.done")}</a>`;
}

async function finish(shown, close) {
  // What the server added before is judged anew by it.
  await shown.edit((document) => ({ ...clientPart(document), finished_at: now() }));
  close();
  say(text("inspections.finished"));
  window.scrollTo(0, 0);
}

function ThrowAway({ inspection, isClosed }) {
  const [isAsked, setAsked] = useState(false);
  if (isClosed) return null;
  const throwAway = async () => {
    await erase(session().database, "inspections", inspection.id);
    goInstead("#/inspections");
    say(text("inspections.thrown_away"));
  };
  if (!isAsked) return html`<button class="link is-bad" type="button" onClick=${() => setAsked(true)}>${text("inspections.throw_away")}</button>`;
  return html`<div class="card notice" role="alert"><strong>${text("inspections.throw_away_sure")}</strong><div class="pair"><button class="button quiet" type="button" onClick=${() => setAsked(false)}>${text("inspections.keep")}</button><button class="button is-bad" type="button" onClick=${throwAway}>${text("inspections.throw_away")}</button></div></div>`;
}
