/** One inspection on the screen: the document, its checklist, and how it stands after every change. */

import { earlierFindings } from "../../../inspecting/repeats.js";
import { isFinished, standing, withAnswer } from "../../../inspecting/inspection.js";
import { session } from "../../session/session.js";
import { useEditing } from "../../storage/editing.js";
import { newId, now } from "../../storage/ids.js";
import { documents } from "../../storage/records.js";
import { useCallback, useLive, useMemo } from "../../view.js";

/** @param {string} id */
export function useInspection(id) {
  const { database } = session();
  const editing = useEditing("inspections", id);
  const held = useLive(() => readHoldings(database), [database]);
  const inspection = editing.document;
  const template = held && inspection ? held.checklists.get(inspection.checklist_id) : undefined;
  const stand = useMemo(() => {
    if (!inspection || !template || !held) return null;
    const earlier = earlierFindings(inspection, template.code, held.findings);
    return { earlier, ...standing(inspection, template, new Set(earlier.keys())) };
  }, [inspection, template, held]);
  const answer = useCallback(
    (item, changed, photos = []) => editing.edit((document) => withAnswer(document, item.id, changed, { id: newId(), now: now() }), photos),
    [editing.edit],
  );
  /** @type {any} known once isLoading is false */
  const known = held;
  return { ...editing, inspection, held: known, template, stand, answer, isClosed: Boolean(inspection && isFinished(inspection)), isLoading: inspection === undefined || !held };
}

async function readHoldings(database) {
  const [checklists, units, places, findings] = await Promise.all([
    documents(database, "checklists"),
    documents(database, "units"),
    documents(database, "places"),
    documents(database, "findings"),
  ]);
  return { checklists: new Map(checklists.map((one) => [one.id, one])), names: new Map([...units, ...places].map((one) => [one.id, one.name])), findings };
}
