import { answer, load } from "./answering.mjs";

const lifecycle = await load("rectifying/lifecycle.js");
const deadlines = await load("rectifying/deadlines.js");
const inspection = await load("inspecting/inspection.js");
const { earlierFindings, recurrenceKey } = await load("inspecting/repeats.js");
const { asksForStorage } = await load("checklists/conditions.js");
const { findingId } = await load("inspecting/finding_ids.js");

answer({
  next: ({ kind, status }) => lifecycle.nextStatus(kind, status),
  words: () => ({ needs_text: lifecycle.NEEDS_TEXT, verifies: Object.keys(lifecycle.TRANSITIONS).filter((kind) => lifecycle.TRANSITIONS[kind].needs_verifier), deadlines: deadlines.DEFAULT_DEADLINES }),
  standing: ({ action, waiting }) => lifecycle.standing(action, waiting),
  steps: ({ action, person }) => lifecycle.stepsFor(action, person),
  missing: ({ action, submission }) => lifecycle.missingOf(action, submission),
  left: ({ due_at: dueAt, now }) => deadlines.timeLeft(dueAt, now),
  finding_id: ({ inspection_id: id, item_id: itemId }) => findingId(id, itemId),
  recurrence_key: ({ finding }) => recurrenceKey(finding),
  earlier: ({ document, code, findings }) => [...earlierFindings(document, code, findings)].map(([item, finding]) => [item, finding.id]),
  asks_storage: ({ template }) => asksForStorage(template),
  inspect: ({ document, template, repeated }) => {
    const stand = inspection.standing(document, template, new Set(repeated));
    return { missing: stand.missing.map((entry) => entry.item.id), failed: stand.failed.map((entry) => entry.item.id), grade: stand.grade.grade, answered: stand.answered, total: stand.total };
  },
});
