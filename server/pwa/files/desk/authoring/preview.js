/**
 * The checklist as a phone shows it, beside the editor: the phone's own items, judged by the phone's
 * own logic. Answers given here are nobody's; they show what conditions and limits do.
 */

import { asksForStorage, Surroundings } from "../../checklists/conditions.js";
import { evaluate } from "../../checklists/evaluation.js";
import { grade } from "../../checklists/grading.js";
import { bounds } from "../../checklists/limits.js";
import { ChecklistItem } from "../../phone/parts/checklist/item.js";
import { parted, withAnswer } from "../../inspecting/inspection.js";
import { either, text, word } from "../../shared/language.js";
import { html, useEffect, useState } from "../view.js";

const STORAGE = ["ambient", "chilled", "frozen"];
const PICTURED = new Set(["photo", "signature", "document"]);
const PHONE_SHEET = "app/phone/parts/checklist/checklist.css";

/** @param {{content: Record<string, any>, selected: string | null}} properties */
export function Preview({ content, selected }) {
  const [answers, setAnswers] = useState(/** @type {any[]} */ ([]));
  const [storage, setStorage] = useState("chilled");
  useEffect(() => {
    if (selected) document.getElementById(`item-${selected}`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const give = (part, id, changed) =>
    setAnswers((before) => withAnswer({ answers: before }, `${part}/${id}`, changed, { id: `${part}/${id}`, now: "" }).answers);
  const asksStorage = asksForStorage(content);
  const facts = asksStorage ? { storage_class: storage } : {};
  const shown = standing(content, answers, facts);
  return html`
    <section class="preview" aria-label=${text("authoring.preview")}>
      <link rel="stylesheet" href=${PHONE_SHEET} />
      <header class="preview-head">
        <strong>${text("authoring.preview")}</strong>
        <button class="button quiet" type="button" onClick=${() => setAnswers([])}>${text("authoring.preview_clear")}</button>
      </header>
      <div class="preview-phone">
        <h3>${either(content)}</h3>
        ${asksStorage && html`<div class="preview-facts" role="group" aria-label=${text("authoring.storage")}>${STORAGE.map((one) => html`<button type="button" aria-pressed=${String(one === storage)} onClick=${() => setStorage(one)}>${word("storage", one)}</button>`)}</div>`}
        ${shown === null ? html`<p class="muted">${text("authoring.preview_unready")}</p>` : shown.parts.map(({ part, groups }) => groups.map((group) => html`<${Group} key=${part + group.id} group=${group} give=${(id, changed) => give(part, id, changed)} />`))}
        ${shown?.grade && html`<p class="preview-grade" role="status">${text("authoring.grade_now")} <strong>${word("grade", shown.grade)}</strong></p>`}
      </div>
    </section>
  `;
}

function Group({ group, give }) {
  return html`
    ${group.title && html`<h4>${either(group.title)}</h4>`}
    ${group.entries.map(({ item, answer, outcome, bounds: limits, lacksPhoto }) => {
      const has = (answer?.attachment_ids.length ?? 0) > 0;
      const isPictured = has || lacksPhoto || item.photo === "always" || PICTURED.has(item.type) || (item.photo !== "none" && outcome.outcome === "not_ok");
      const press = () => give(item.id, { attachment_ids: has ? [] : ["preview"], ...(item.type === "signature" ? { is_ok: has ? null : true } : {}) });
      const photos = isPictured && html`<button class="preview-photo" type="button" aria-pressed=${String(has)} onClick=${press}>${text(item.type === "signature" ? "authoring.preview_signature" : has ? "authoring.preview_photo_taken" : lacksPhoto || item.photo === "always" ? "authoring.preview_photo_wanted" : "authoring.preview_photo")}</button>`;
      return html`<${ChecklistItem} key=${item.id} item=${item} answer=${answer} outcome=${outcome} bounds=${limits} onAnswer=${(changed) => give(item.id, changed)} photos=${photos} />`;
    })}
  `;
}

/**
 * How it would stand, part by part; null while what is written cannot be judged yet.
 *
 * @param {Record<string, any>} content
 * @param {any[]} answers
 * @param {Record<string, any>} facts
 */
function standing(content, answers, facts) {
  try {
    const parts = ["head_items", "items"].map((part) => judged(content, part, answers, facts));
    const isGraded = content.kind === "inspection" && content.grading;
    const result = isGraded ? grade(content, parts[1].evaluation) : null;
    return {
      parts: parts.map(({ part, entries }) => ({ part, groups: parted(entries, content) })),
      grade: result?.grade ?? null,
    };
  } catch {
    // A half-written condition or limit; the faults beside the items say what is lacking.
    return null;
  }
}

function judged(content, part, answers, facts) {
  const items = content[part];
  const known = new Set(items.map(({ id }) => id));
  const own = answers
    .map((answer) => ({ ...answer, item_id: answer.item_id.slice(part.length + 1), of: answer.item_id.slice(0, part.length) }))
    .filter((answer) => answer.of === part && known.has(answer.item_id));
  const evaluation = evaluate(content, own, facts, part === "items" ? "items" : "head");
  const byItem = new Map(own.map((answer) => [answer.item_id, answer]));
  const around = new Surroundings(content, items, new Map(own.map((answer) => [answer.item_id, [answer]])), facts);
  const lacking = new Set(evaluation.missing_photos.map((photo) => photo.item_id));
  const entries = items.map((item, at) => {
    const [smallest, largest] = bounds(item, around);
    const answer = byItem.get(item.id) ?? null;
    const outcome = evaluation.outcomes[at];
    return { item, answer, outcome, bounds: { smallest, largest }, lacksPhoto: lacking.has(item.id), isAsked: outcome.outcome !== "not_applicable" || answer !== null };
  });
  return { part, evaluation, entries };
}
