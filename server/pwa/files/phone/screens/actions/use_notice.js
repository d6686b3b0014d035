/** One notice on the screen, as it stands with the steps that wait on this phone. */

import { standing, stepsFor } from "../../../rectifying/lifecycle.js";
import { may, session } from "../../session/session.js";
import { allSeen, documents, seen } from "../../storage/records.js";
import { useLive } from "../../view.js";

/** @param {string} id */
export function useNotice(id) {
  const { database, user } = session();
  return useLive(() => read(database, user, id), [database, user.id, id]);
}

async function read(database, user, id) {
  const [record, steps, findings, units, places, suppliers] = await Promise.all([
    seen(database, "corrective_actions", id),
    allSeen(database, "corrective_action_steps"),
    documents(database, "findings"),
    documents(database, "units"),
    documents(database, "places"),
    documents(database, "suppliers"),
  ]);
  if (!record) return { record: null };
  const own = steps.filter(({ document }) => document.corrective_action_id === id).sort(inOrder);
  const waiting = own.filter(({ state }) => state === "waiting").map(({ document }) => ({ created_by: { user_id: user.id, name: user.display_name }, ...document }));
  const action = standing(record.document, waiting);
  const found = record.document.finding_ids.map((findingId) => findings.find((one) => one.id === findingId)).filter(Boolean);
  return {
    record,
    action,
    steps: own,
    refused: own.filter(({ state }) => state === "rejected"),
    findings: found,
    before: [...new Set(found.flatMap((finding) => finding.attachment_ids))],
    names: new Map([...units, ...places, ...suppliers].map((one) => [one.id, one.name])),
    // Nothing more can be said of a notice that the server has refused.
    allowed: record.state === "rejected" || !may("capture_records") ? [] : stepsFor(action, { id: user.id, verifies: may("verify_corrective_action") }),
  };
}

/** As they were taken; those the server has, before those that still wait here. */
function inOrder({ document: one }, { document: other }) {
  const ordinal = (step) => Number(step.number?.split("-").at(-1) ?? Infinity);
  const [first, second] = [ordinal(one), ordinal(other)];
  return first === second ? one.captured_at.localeCompare(other.captured_at) : first - second;
}
