// Whether a supplier's papers were in order on the day of the delivery: the same rules as
// server/master_data/licences.py, to which a test holds them.

/**
 * @typedef {import("../wording/messages.js").Message} Message
 * @typedef {{id: string, kind: string, number?: string, valid_from?: string | null,
 *   valid_until?: string | null}} Licence
 * @typedef {{categories?: string[] | null, is_suspended?: boolean,
 *   suspension_reason?: string | null, licences?: Licence[] | null, [name: string]: any}} Supplier
 * @typedef {{kinds: string[], is_binding: boolean, is_confirmed: boolean}} Requirement
 *
 * One thing that is not in order; without `is_required` it is a notice.
 * @typedef {{state: string, kinds: string[], licence_id: string | null, is_required: boolean,
 *   is_confirmed: boolean, text: Message}} Finding
 * @typedef {{on: string, is_valid: boolean, is_confirmed: boolean, findings: Finding[]}} Check
 */

/** @type {(kinds: string[], rest?: Partial<Requirement>) => Requirement} */
const need = (kinds, rest) => ({ kinds, is_binding: true, is_confirmed: true, ...rest });
const PERMIT = need(["food_production_licence", "food_operation_licence"]);
const BUSINESS = need(["business_licence"], { is_confirmed: false });
const GROWER = need(["business_licence", "farm_registration", "identity_document"], {
  is_confirmed: false,
});
const CONTRACT = need(["contract"], { is_binding: false });

/** @type {Record<string, Requirement[]>} */
export const REQUIREMENTS = {
  meat: [BUSINESS, PERMIT, CONTRACT],
  chilled_frozen: [BUSINESS, PERMIT, CONTRACT],
  vegetables: [GROWER, CONTRACT],
  dry_goods: [BUSINESS, PERMIT, CONTRACT],
};

/**
 * @param {Supplier} supplier its document
 * @param {string} on the day of the delivery, never today
 * @param {Iterable<string>} productCategories of what is delivered
 * @returns {Check}
 */
export function licenceState(supplier, on, productCategories) {
  const wanted = new Set(productCategories);
  const categories = Object.keys(REQUIREMENTS).filter((name) => wanted.has(name));
  const approved = supplier.categories ?? [];
  /** @type {Finding[]} */
  const findings = [];
  if (supplier.is_suspended) {
    findings.push(finding("suspended", { reason: supplier.suspension_reason || "—" }));
  }
  for (const name of categories) {
    if (!approved.length || approved.includes(name)) continue;
    const category = { key: `category.${name}`, params: {} };
    findings.push(finding("category_not_approved", { category }));
  }
  const needed = new Set(categories.flatMap((name) => REQUIREMENTS[name]));
  for (const requirement of needed) {
    const found = judged(requirement, supplier.licences ?? [], on);
    if (found) findings.push(found);
  }
  const required = findings.filter((one) => one.is_required);
  return {
    on,
    is_valid: !required.length,
    is_confirmed: required.every((one) => one.is_confirmed),
    findings,
  };
}

/**
 * @param {string} state
 * @param {Message["params"]} params
 * @param {Partial<Finding>} [rest]
 * @returns {Finding}
 */
function finding(state, params, rest) {
  const text = { key: `licence_state.${state}`, params };
  const plain = { kinds: [], licence_id: null, is_required: true, is_confirmed: true };
  return { state, ...plain, ...rest, text };
}

/** What is wrong with the one paper needed; null if any of them covers the day. */
/** @param {Requirement} requirement @param {Licence[]} licences @param {string} on */
function judged(requirement, licences, on) {
  const held = licences.filter((licence) => requirement.kinds.includes(licence.kind));
  if (held.some((licence) => hasBegun(licence, on) && !isOver(licence, on))) return null;
  const expired = held.filter((licence) => isOver(licence, on));
  const coming = held.filter((licence) => !isOver(licence, on));
  let state = "missing";
  /** @type {Licence | null} */
  let shown = null;
  if (expired.length) [state, shown] = ["expired", best(expired, "valid_until", (a, b) => a > b)];
  else if (coming.length) {
    [state, shown] = ["not_yet_valid", best(coming, "valid_from", (a, b) => a < b)];
  }
  const params = {
    kinds: eitherOf(shown ? [shown.kind] : requirement.kinds),
    number: shown?.number || "—",
    valid_from: shown?.valid_from || "—",
    valid_until: shown?.valid_until || "—",
  };
  return finding(state, params, {
    kinds: requirement.kinds,
    licence_id: shown?.id ?? null,
    is_required: requirement.is_binding,
    is_confirmed: requirement.is_confirmed,
  });
}

/** @param {string[]} kinds @returns {Message} */
function eitherOf([first, ...rest]) {
  const one = { key: `licence_kind.${first}`, params: {} };
  return rest.length ? { key: "list.or", params: { one, other: eitherOf(rest) } } : one;
}

/**
 * The first of the licences that no other one beats.
 * @param {Licence[]} licences
 * @param {"valid_from" | "valid_until"} day
 * @param {(one: string, other: string) => boolean} beats
 */
function best(licences, day, beats) {
  return licences.reduce((kept, one) => (beats(one[day] ?? "", kept[day] ?? "") ? one : kept));
}

/** @param {Licence} licence @param {string} on */
const hasBegun = (licence, on) => !licence.valid_from || licence.valid_from <= on;

/** The last day of validity still counts. @param {Licence} licence @param {string} on */
const isOver = (licence, on) => licence.valid_until != null && licence.valid_until < on;
