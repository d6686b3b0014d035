// What registers (台账) ask for beyond their checklists: the same rules as server/registers, to which
// a test holds them. Pure: documents in, documents out.

import { uuid5 } from "../inspecting/finding_ids.js";

/**
 * @typedef {Record<string, any>} Document
 *
 * @typedef {object} Register
 * @property {string} kind
 * @property {Record<string, string>} items what the rules look at, by the checklist's item ids
 * @property {boolean} isPerMeal
 * @property {boolean} needsPlace
 * @property {boolean} needsStaffMember
 * @property {boolean} failureNeedsMeasure
 */

const NAMESPACE = "7a4c0b52-9a53-5d53-8b3c-0f4a0f1f6c21";
const HOUR = 3_600_000;
const CLOCKS_DIFFER = HOUR / 6;
export const LEAST_HOURS_KEPT = 48;

/** @type {(kind: string, items?: Record<string, string>, rest?: Partial<Register>) => Register} */
const register = (kind, items = {}, rest = {}) => ({ kind, items, isPerMeal: false, needsPlace: false, needsStaffMember: false, failureNeedsMeasure: true, ...rest });

/** @type {Record<string, Register>} */
export const REGISTERS = Object.freeze({
  "REC-SAMPLE": register("sample_retention", { dish: "S01", retained_at: "S02", weight: "S03", temperature: "S04", keep_until: "S05" }, { needsPlace: true }),
  "DIS-TABLEWARE": register("disinfection", { method: "T01", temperature: "T03", minutes: "T04", concentration: "T05", who: "T09" }, { isPerMeal: true }),
  "REC-MORNING": register("morning_check", { temperature: "C01", symptoms: "C02", valid_until: "C03", hygiene: "C04", outcome: "C05" }, { needsStaffMember: true, failureNeedsMeasure: false }),
  "REC-TEMPERATURE": register("temperature_log", { storage: "M01", temperature: "M02" }, { needsPlace: true }),
  "REC-WASTE": register("waste", { kind: "W01", quantity: "W02", collector: "W03" }),
  "REC-PEST": register("pest_control", { work: "P01", product: "P04", signs: "P06" }, { needsPlace: true }),
});
const OTHER = register("other");

/** @param {string} code of the checklist @returns {Register} */
export const registerOf = (code) => REGISTERS[code] ?? OTHER;

/** The meals of a site that has set none. */
export const DEFAULT_MEALS = Object.freeze([
  { code: "breakfast", starts_at: "06:30" },
  { code: "lunch", starts_at: "11:30" },
  { code: "dinner", starts_at: "17:00" },
]);

/**
 * @param {{id: string, siteId: string, checklistId: string, now: string, meal?: string | null, staffMemberId?: string | null,
 *   task?: Document | null, place?: Document | null}} begun
 * @returns {Document}
 */
export function newEntry({ id, siteId, checklistId, now, meal = null, staffMemberId = null, task = null, place = null }) {
  return {
    id, site_id: siteId, checklist_id: checklistId, task_id: task?.id ?? null, unit_id: task?.unit_id ?? null,
    place_id: place?.id ?? null, place_text: "", storage_class: place?.storage_class ?? null, meal,
    staff_member_id: staffMemberId, answers: [], measure: "", note: "", captured_at: now, entered_at: now,
  };
}

/** @param {Document[]} answers @param {string} itemId @returns {string | null} */
export const said = (answers, itemId) => answers.filter((answer) => answer.item_id === itemId && answer.value).at(-1)?.value.trim() ?? null;

/** @param {Document[]} answers @param {string} itemId */
function timeSaid(answers, itemId) {
  const at = Date.parse(said(answers, itemId) ?? "");
  return Number.isNaN(at) ? null : at;
}

/**
 * How somebody's health certificates stood on a day: the one that lasts longest is shown.
 * @param {Document[]} certificates
 * @param {string} on
 * @returns {{certificate: Document | null, state: "valid" | "missing" | "expired" | "not_yet_valid"}}
 */
export function certificateState(certificates, on) {
  if (certificates.length === 0) return { certificate: null, state: "missing" };
  const begun = certificates.filter((one) => (one.issued_on ?? on) <= on);
  if (begun.length === 0) return { certificate: certificates.reduce((first, one) => (one.issued_on < first.issued_on ? one : first)), state: "not_yet_valid" };
  const newest = begun.reduce((last, one) => (one.valid_until > last.valid_until ? one : last));
  return { certificate: newest, state: newest.valid_until >= on ? "valid" : "expired" };
}

/**
 * The answers with those that follow from what is known; what somebody answered is never replaced.
 * @param {Register} register
 * @param {Document} template
 * @param {string} entryId
 * @param {Document[]} answers
 * @param {{certificate: Document | null} | null} certificate
 * @returns {Document[]}
 */
export function completed(register, template, entryId, answers, certificate) {
  const { kind, items } = register;
  /** @type {(itemId: string, value: string | null) => Document[]} */
  const filled = (itemId, value) =>
    answers.some((answer) => answer.item_id === itemId)
      ? answers
      : [...answers, { id: uuid5(NAMESPACE, `${entryId}/${itemId}`), item_id: itemId, value, is_ok: value === null ? false : null, not_applicable: false, number: "", attachment_ids: [], note: "", captured_at: null }];
  if (kind === "sample_retention") {
    const retainedAt = timeSaid(answers, items.retained_at);
    return retainedAt === null ? answers : filled(items.keep_until, new Date(retainedAt + hoursKept(register, template) * HOUR).toISOString());
  }
  if (kind === "morning_check" && certificate) return filled(items.valid_until, certificate.certificate?.valid_until ?? null);
  return answers;
}

/** @param {Register} register @param {Document} template */
function hoursKept(register, template) {
  const item = template.items.find((/** @type {Document} */ one) => one.id === register.items.keep_until);
  return Math.max(LEAST_HOURS_KEPT, Number(item?.limits?.min_hours ?? 0));
}

/**
 * A retained sample, or null while its times are not known.
 * @param {Register} register
 * @param {Document} template
 * @param {Document[]} answers complete ones
 * @returns {{dish: string, retained_at: string, discard_from: string} | null}
 */
export function sampleOf(register, template, answers) {
  if (register.kind !== "sample_retention") return null;
  const retainedAt = timeSaid(answers, register.items.retained_at);
  const keepUntil = timeSaid(answers, register.items.keep_until);
  if (retainedAt === null || keepUntil === null) return null;
  const earliest = Math.max(keepUntil, retainedAt + hoursKept(register, template) * HOUR);
  return { dish: said(answers, register.items.dish) ?? "", retained_at: new Date(retainedAt).toISOString(), discard_from: new Date(earliest).toISOString() };
}

/**
 * What an entry must say beyond its items and does not: place, meal, staff, measure, retained_at.
 * @param {Register} register
 * @param {Document} entry
 * @param {Document[]} answers
 * @param {boolean} hasFailed
 * @returns {string[]}
 */
export function faultsOf(register, entry, answers, hasFailed) {
  const retainedAt = register.kind === "sample_retention" ? timeSaid(answers, register.items.retained_at) : null;
  /** @type {[string, boolean][]} */
  const faults = [
    ["place", register.needsPlace && !entry.place_id && !entry.place_text.trim()],
    ["staff", register.needsStaffMember && entry.staff_member_id === null],
    ["meal", register.isPerMeal && entry.meal === null],
    ["measure", register.failureNeedsMeasure && hasFailed && !entry.measure.trim()],
    ["retained_at", retainedAt !== null && retainedAt > Date.parse(entry.captured_at) + CLOCKS_DIFFER],
  ];
  return faults.filter(([, isFault]) => isFault).map(([name]) => name);
}

/**
 * Whether somebody may work today: fever, a symptom, or no valid certificate keep them off duty.
 * @param {Register} register
 * @param {{outcome: string, item_id: string}[]} outcomes
 * @param {{state: string} | null} certificate
 */
export function isCleared(register, outcomes, certificate) {
  const looked = [register.items.temperature, register.items.symptoms];
  return certificate?.state === "valid" && !outcomes.some((one) => looked.includes(one.item_id) && one.outcome === "not_ok");
}

const sameDish = (/** @type {string} */ name) => name.replaceAll(/\s+/gu, "").toLowerCase();

/**
 * What the registers of a day still lack at a site.
 * @param {Register} register
 * @param {Document[]} entries of this register, day and site, without those struck
 * @param {{menus: Document[], meals: string[], staff: Document[]}} day meals that have begun; who works here
 */
export function missingOf(register, entries, { menus, meals, staff }) {
  const dishOf = (/** @type {Document} */ entry) => said(entry.now?.answers ?? entry.answers, register.items.dish ?? "") ?? "";
  const dishes =
    register.kind !== "sample_retention"
      ? []
      : menus.flatMap((menu) => {
          const sampled = new Set(entries.filter((entry) => entry.meal === null || entry.meal === menu.meal).map((entry) => sameDish(dishOf(entry))));
          return menu.dishes.filter((/** @type {Document} */ dish) => !sampled.has(sameDish(dish.name))).map((/** @type {Document} */ dish) => ({ ...dish, meal: menu.meal }));
        });
  const done = new Set(entries.map((entry) => entry.meal));
  const checked = new Set(entries.map((entry) => entry.staff_member_id));
  return {
    dishes,
    meals: register.isPerMeal ? meals.filter((meal) => !done.has(meal)) : [],
    staff: register.needsStaffMember ? staff.filter((member) => !checked.has(member.id)) : [],
  };
}

/**
 * How an entry stands after its events: those the server has told of and those made here since.
 * @param {Document} entry
 * @param {Document[]} events of this entry, as the phone holds them
 */
export function standingOf(entry, events) {
  const known = new Set((entry.events ?? []).map((/** @type {Document} */ event) => event.id));
  const all = [...(entry.events ?? []), ...events.filter((event) => !known.has(event.id))].sort((one, other) => one.captured_at.localeCompare(other.captured_at) || one.id.localeCompare(other.id));
  const last = (/** @type {string[]} */ ...kinds) => all.filter((event) => kinds.includes(event.kind)).at(-1) ?? null;
  const held = last("hold", "release");
  return { events: all, voided: last("void"), discarded: last("discard"), isHeld: held?.kind === "hold" };
}
