/** What the registers' screens show, read from the phone's database in one go. */

import { checklistInForce } from "../../../receiving/basis.js";
import { certificateState, completed, DEFAULT_MEALS, missingOf, registerOf, standingOf } from "../../../registers/registers.js";
import { session } from "../../session/session.js";
import { draftsOf } from "../../storage/drafts.js";
import { today } from "../../storage/ids.js";
import { allSeen, documents } from "../../storage/records.js";

/** @param {import("../../storage/database.js").Database} database */
export async function readRegisters(database) {
  const names = ["checklists", "places", "staff_members", "menus", "meal_times"];
  const [checklists, places, staff, menus, mealTimes] = await Promise.all(names.map((name) => documents(database, name)));
  const [entries, events, tasks, findings, drafts] = await Promise.all([
    allSeen(database, "register_entries"),
    documents(database, "register_entry_events"),
    documents(database, "inspection_tasks"),
    documents(database, "findings"),
    draftsOf(database, "register/"),
  ]);
  /** @type {any[]} */
  const records = checklists.filter((one) => one.kind === "record");
  return {
    checklists: new Map(checklists.map((one) => [one.id, one])),
    registers: [...new Set(records.map((one) => one.code))].map((code) => checklistInForce(records, code, today())).filter((one) => one !== null),
    sites: session().user.sites.map((site) => ({ id: site.site_id, name: site.site_name })),
    places: places.filter((one) => one.is_active),
    staff: staff.filter((one) => one.is_active).sort((one, other) => one.name.localeCompare(other.name)),
    menus,
    mealTimes,
    tasks,
    findings,
    entries: entries.map((seen) => ({ ...seen, standing: standingOf(seen.document, events.filter((event) => event.register_entry_id === seen.id)) })),
    names: new Map([...places, ...staff].map((one) => [one.id, one.name])),
    drafts,
  };
}

/**
 * The answers of an entry as they stand: the server's, or until it has the entry what follows here.
 *
 * @param {Record<string, any>} entry
 * @param {Record<string, any>} template
 * @param {Record<string, any>[]} staff
 */
export function answersOf(entry, template, staff) {
  if (entry.now) return entry.now.answers;
  const member = staff.find((one) => one.id === entry.staff_member_id);
  const certificate = member ? certificateState(member.health_certificates, today(new Date(entry.captured_at))) : null;
  return completed(registerOf(template.code), template, entry.id, entry.answers, certificate);
}

/**
 * The meals of a site, in their order.
 *
 * @param {{mealTimes: Record<string, any>[]}} held
 * @param {string} siteId
 */
export function mealsOf({ mealTimes }, siteId) {
  const meals = mealTimes.find((one) => one.id === siteId)?.meals ?? DEFAULT_MEALS;
  return [...meals].sort((one, other) => one.starts_at.localeCompare(other.starts_at));
}

/**
 * Each register in force with its entries of today and what it still lacks.
 *
 * @param {Awaited<ReturnType<typeof readRegisters>>} held
 * @param {string} siteId
 * @param {Date} [at]
 */
export function dayOf(held, siteId, at = new Date()) {
  const on = today(at);
  const clock = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const day = {
    menus: held.menus.filter((menu) => menu.site_id === siteId && menu.served_on === on),
    meals: mealsOf(held, siteId).filter((meal) => meal.starts_at <= clock).map((meal) => meal.code),
    staff: held.staff.filter((member) => member.site_id === siteId),
  };
  const here = held.entries.filter(({ document, standing }) => document.site_id === siteId && today(new Date(document.captured_at)) === on && !standing.voided);
  return held.registers.map((checklist) => {
    const register = registerOf(checklist.code);
    const entries = here.filter(({ document }) => held.checklists.get(document.checklist_id)?.code === checklist.code);
    const missing = missingOf(register, entries.map(({ document }) => document), day);
    return { checklist, register, entries, missing, lacks: missing.dishes.length + missing.meals.length + missing.staff.length };
  });
}
