// What failed in a line of a register, as a finding that a notice can name. Pure.

import { standing } from "../inspecting/inspection.js";

/** @typedef {Record<string, any>} Document */

const TITLE_LONGEST = 200;
const DESCRIPTION_LONGEST = 2000;

/**
 * The fields of a finding, to be looked at and changed before it is recorded. It stands for the
 * first item that failed, so that the same at the same place again counts as a repeat.
 *
 * @param {Document} entry
 * @param {Document} template the version of the checklist that it was made with
 * @param {Document[]} answers as they stand
 * @returns {Document}
 */
export function findingOfEntry(entry, template, answers) {
  const { failed } = standing({ ...entry, answers }, template);
  const classes = failed.map(({ item }) => item.nonconformity_class).sort();
  const photos = failed.flatMap(({ answer }) => answer?.attachment_ids ?? []);
  const values = failed.map(({ item, answer }) => [item.zh, answer?.value, answer?.note].filter(Boolean).join(" "));
  const measure = entry.now?.measure ?? entry.measure;
  return {
    site_id: entry.site_id,
    title: `${template.zh}：${failed.map(({ item }) => item.zh).join("、")}`.slice(0, TITLE_LONGEST),
    description: [...values, measure].filter(Boolean).join("\n").slice(0, DESCRIPTION_LONGEST),
    nonconformity_class: classes[0] ?? null,
    clause: failed.find(({ item }) => item.basis)?.item.basis.zh ?? "",
    source_collection: "register_entries",
    source_id: entry.id,
    checklist_code: template.code,
    checklist_version: template.version,
    item_id: failed[0]?.item.id ?? null,
    unit_id: entry.unit_id,
    place_id: entry.place_id,
    place_text: entry.place_text,
    attachment_ids: [...new Set(photos)],
    captured_at: entry.captured_at,
  };
}
