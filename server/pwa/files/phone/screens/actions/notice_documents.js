/** Notices and steps as they are written down. Pure. */

export { newStep } from "../../../rectifying/steps.js";

/** @typedef {Record<string, any>} Document */

/**
 * @param {{id: string, siteId: string, kind: string, number: string, findings: Document[], title: string,
 *   requirement: string, deadline: string | null, assigneeId: string | null, now: string}} given
 * @returns {Document}
 */
export function newNotice({ id, siteId, kind, number, findings, title, requirement, deadline, assigneeId, now }) {
  const supplier = findings.find((finding) => finding.supplier_id)?.supplier_id ?? null;
  return {
    id,
    site_id: siteId,
    kind,
    provisional_number: number,
    finding_ids: findings.map((finding) => finding.id),
    unit_id: supplier ? null : (findings.find((finding) => finding.unit_id)?.unit_id ?? null),
    supplier_id: supplier,
    assignee_user_id: assigneeId,
    supplier_contact: null,
    title,
    requirement,
    deadline,
    due_at: null,
    attachment_ids: [],
    captured_at: now,
    entered_at: now,
    latitude: null,
    longitude: null,
  };
}

/**
 * Findings that no notice names yet, by who answers for them: one notice goes to one unit.
 *
 * @param {Document[]} findings
 * @returns {{key: string, unit_id: string | null, supplier_id: string | null, findings: Document[]}[]}
 */
export function openByUnit(findings) {
  const groups = new Map();
  for (const finding of findings) {
    if (finding.kind !== "nonconformity" || finding.corrective_action_id) continue;
    const key = finding.supplier_id ?? finding.unit_id ?? "";
    const group = groups.get(key) ?? { key, unit_id: finding.unit_id, supplier_id: finding.supplier_id, findings: [] };
    group.findings.push(finding);
    groups.set(key, group);
  }
  return [...groups.values()];
}
