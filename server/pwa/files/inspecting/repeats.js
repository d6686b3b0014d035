// What was found before at the same item and place: the same key and days as
// server/findings/recurrence.py.

/** @typedef {Record<string, any>} Document */

export const REPEAT_WITHIN_DAYS = 90;
const DAY = 86_400_000;

/**
 * Item and place, or null for what cannot recur.
 * @param {Document} finding
 * @returns {string | null}
 */
export function recurrenceKey(finding) {
  if (finding.kind !== "nonconformity" || !finding.item_id) return null;
  const where = finding.place_id ?? finding.unit_id ?? finding.supplier_id;
  return where ? `${finding.checklist_code}/${finding.item_id}/${where}` : null;
}

/**
 * The newest earlier finding of each item that makes a failure of this inspection a repeat.
 * @param {Document} inspection
 * @param {string} checklistCode
 * @param {Document[]} findings all that are known here
 * @returns {Map<string, Document>} by item
 */
export function earlierFindings(inspection, checklistCode, findings) {
  const where = inspection.place_id ?? inspection.unit_id;
  /** @type {Map<string, Document>} */
  const found = new Map();
  if (!where) return found;
  const at = Date.parse(inspection.captured_at);
  for (const finding of findings) {
    const key = recurrenceKey(finding);
    const age = at - Date.parse(finding.captured_at);
    if (key !== `${checklistCode}/${finding.item_id}/${where}` || finding.source_id === inspection.id) continue;
    if (age <= 0 || age > REPEAT_WITHIN_DAYS * DAY) continue;
    const known = found.get(finding.item_id);
    if (!known || known.captured_at < finding.captured_at) found.set(finding.item_id, finding);
  }
  return found;
}
