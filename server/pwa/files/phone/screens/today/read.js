/** What Today and the lists behind it show, read from the phone's database in one go. */

import { may, session } from "../../session/session.js";
import { now } from "../../storage/ids.js";
import { draftsOf } from "../../storage/drafts.js";
import { safety } from "../../storage/safety.js";
import { allSeen, documents, seenWith } from "../../storage/records.js";
import { draftsAmong, meOf, noticesFor, tasksFor } from "./agenda.js";

/** @param {import("../../storage/database.js").Database} database */
export async function readAgenda(database) {
  const { user } = session();
  const [units, tasks, shifts, actions, steps, inspections, receipts, notifications, suppliers, checklists, counts, fixes, found] = await Promise.all([
    documents(database, "units"),
    documents(database, "inspection_tasks"),
    documents(database, "shifts"),
    allSeen(database, "corrective_actions"),
    allSeen(database, "corrective_action_steps"),
    allSeen(database, "inspections"),
    seenWith(database, "goods_receipts", "draft"),
    documents(database, "notifications"),
    documents(database, "suppliers"),
    documents(database, "checklists"),
    safety(database),
    draftsOf(database, "fix/"),
    draftsOf(database, "finding/"),
  ]);
  const me = meOf(user, units);
  const inWork = new Set(inspections.filter(({ document }) => document.finished_at === null).map(({ document }) => document.task_id));
  return {
    counts,
    me,
    checklists: new Map(checklists.map((one) => [one.id, one])),
    names: new Map([...units, ...suppliers].map((one) => [one.id, one.name])),
    // A task that was begun is found among the drafts.
    tasks: may("capture_records") ? tasksFor(tasks, shifts, me).filter((task) => !inWork.has(task.id)) : [],
    notices: noticesFor(actions, steps, me, now()),
    drafts: draftsAmong(receipts, inspections),
    // What is being written and was not handed over yet.
    fixes: actions.filter(({ id }) => fixes.includes(id)).map(({ document }) => document),
    isFindingBegun: found.length > 0,
    unread: notifications.filter((one) => one.read_at === null).sort(byNewest),
  };
}

const byNewest = (one, other) => other.created_at.localeCompare(one.created_at);
