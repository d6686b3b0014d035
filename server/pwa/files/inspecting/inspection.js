// An inspection as it is written down, answer by answer, and how it stands. Pure: documents in,
// documents out.

import { Surroundings } from "../checklists/conditions.js";
import { evaluate } from "../checklists/evaluation.js";
import { grade } from "../checklists/grading.js";
import { bounds } from "../checklists/limits.js";

/**
 * @typedef {Record<string, any>} Document
 * @typedef {Record<string, any>} Item
 *
 * @typedef {object} Entry an item as it is shown
 * @property {Item} item
 * @property {Document | null} answer
 * @property {Record<string, any>} outcome
 * @property {{smallest: bigint | null, largest: bigint | null}} bounds
 * @property {boolean} lacksPhoto
 * @property {boolean} isAsked false where a condition says it does not apply
 */

const SERVER_OWNED = ["number", "received_at", "created_by", "checklist", "status", "result", "finding_ids"];

/**
 * @param {{id: string, siteId: string | null, checklistId: string, now: string, taskId?: string | null,
 *   unitId?: string | null, placeId?: string | null, placeText?: string, storageClass?: string | null}} begun
 * @returns {Document}
 */
export function newInspection({ id, siteId, checklistId, now, taskId = null, unitId = null, placeId = null, placeText = "", storageClass = null }) {
  return {
    id,
    site_id: siteId,
    checklist_id: checklistId,
    task_id: taskId,
    unit_id: unitId,
    place_id: placeId,
    place_text: placeText,
    storage_class: storageClass,
    answers: [],
    note: "",
    captured_at: now,
    entered_at: now,
    finished_at: null,
  };
}

/** Whether nothing may be changed any more. @param {Document} inspection */
export const isFinished = (inspection) => inspection.finished_at !== null || inspection.status === "finished";

/**
 * The inspection with one answer changed. What is changed later keeps its id and its time.
 * @param {Document} inspection
 * @param {string} itemId
 * @param {Document | ((before: Document) => Document)} changed
 * @param {{id: string, now: string}} made for an answer that is not there yet
 */
export function withAnswer(inspection, itemId, changed, { id, now }) {
  const before = inspection.answers.find((/** @type {Document} */ answer) => answer.item_id === itemId);
  const answer = before ?? emptyAnswer(itemId, id, now);
  const after = { ...answer, ...(typeof changed === "function" ? changed(answer) : changed) };
  const answers = before
    ? inspection.answers.map((/** @type {Document} */ one) => (one === before ? after : one))
    : [...inspection.answers, after];
  return { ...inspection, answers };
}

/** @param {string} itemId @param {string} id @param {string} now @returns {Document} */
function emptyAnswer(itemId, id, now) {
  return { id, item_id: itemId, value: null, is_ok: null, not_applicable: false, number: "", attachment_ids: [], note: "", captured_at: now };
}

/**
 * How it stands: each item with its outcome, what is missing, and the grade if it ended now.
 * @param {Document} inspection
 * @param {Record<string, any>} template the version of the checklist it is made with
 * @param {Set<string>} repeated items that failed here not long ago
 */
export function standing(inspection, template, repeated = new Set()) {
  const known = new Set(template.items.map((/** @type {Item} */ item) => item.id));
  const answers = inspection.answers.filter((/** @type {Document} */ answer) => known.has(answer.item_id));
  const facts = { storage_class: inspection.storage_class ?? null };
  const evaluation = evaluate(template, answers, facts);
  const entries = entriesOf(template, answers, evaluation, facts);
  const missing = entries.filter(({ outcome, lacksPhoto }) => outcome.outcome === "missing" || lacksPhoto);
  const asked = entries.filter((entry) => entry.isAsked);
  return {
    entries,
    missing,
    failed: entries.filter(({ outcome }) => outcome.outcome === "not_ok"),
    answered: asked.filter((entry) => !["missing", "left_out"].includes(entry.outcome.outcome)).length,
    total: asked.length,
    grade: grade(template, evaluation, repeated),
  };
}

/** @returns {Entry[]} */
function entriesOf(/** @type {Record<string, any>} */ template, /** @type {Document[]} */ answers, /** @type {any} */ evaluation, /** @type {Document} */ facts) {
  const byItem = new Map(answers.map((answer) => [answer.item_id, answer]));
  const grouped = new Map(answers.map((answer) => [answer.item_id, /** @type {any} */ ([answer])]));
  const around = new Surroundings(template, template.items, grouped, facts);
  const lacking = new Set(evaluation.missing_photos.map((/** @type {any} */ photo) => photo.item_id));
  return template.items.map((/** @type {Item} */ item, /** @type {number} */ at) => {
    const [smallest, largest] = bounds(item, around);
    const answer = byItem.get(item.id) ?? null;
    const outcome = evaluation.outcomes[at];
    const isAsked = outcome.outcome !== "not_applicable" || answer !== null;
    return { item, answer, outcome, bounds: { smallest, largest }, lacksPhoto: lacking.has(item.id), isAsked };
  });
}

/**
 * The items under their headings: sections where the checklist has them, else areas.
 * @param {Entry[]} entries
 * @param {Record<string, any>} template
 * @returns {{id: string, title: {zh: string, en: string} | null, entries: Entry[]}[]}
 */
export function parted(entries, template) {
  const sections = new Map((template.sections ?? []).map((/** @type {Document} */ section) => [section.id, section]));
  /** @type {{id: string, title: {zh: string, en: string} | null, entries: Entry[]}[]} */
  const parts = [];
  for (const entry of entries) {
    if (!entry.isAsked) continue;
    const title = sections.get(entry.item.section) ?? entry.item.area ?? null;
    const last = parts.at(-1);
    if (last && last.title?.zh === title?.zh) last.entries.push(entry);
    else parts.push({ id: entry.item.id, title, entries: [entry] });
  }
  return parts;
}

/** What the person wrote, without what the server adds. @param {Document} inspection */
export function clientPart(inspection) {
  return Object.fromEntries(Object.entries(inspection).filter(([name]) => !SERVER_OWNED.includes(name)));
}
