// Why this plan, in texts of the catalogues: the way through the tables, what stands behind the
// severity, and how the server's plan differs from the one the phone used.

/**
 * @typedef {import("./errors.js").Message} Message
 * @typedef {import("./plans.js").Plan} Plan
 * @typedef {import("./lot.js").LotSampling} LotSampling
 */

/** @type {Record<string, string>} */
const STEPS = { "↓": "down", "↑": "up", "*": "use_single", "++": "use_double" };

/** The way to the plan, one text for each step. @param {Plan} plan @returns {Message[]} */
export function explainPlan(plan) {
  const { lot_size, inspection_level, code_letter, aql } = plan;
  const first = { key: "plan.letter", params: { lot_size, inspection_level, code_letter } };
  const steps = plan.path.map(({ table, code_letter: letter, cell }) => {
    const params = { table, code_letter: letter, aql };
    const step = STEPS[cell];
    if (step) return { key: `plan.${step}`, params };
    return { key: "plan.numbers", params: { ...params, numbers: numbersOf(plan) } };
  });
  /** @type {Message[]} */
  const rest = [];
  if (plan.full_inspection) rest.push({ key: "plan.full_inspection", params: { lot_size } });
  if (plan.confidence !== "confirmed") rest.push({ key: `plan.${plan.confidence}`, params: {} });
  return [first, ...steps, ...rest];
}

/** @param {Plan} plan */
function numbersOf(plan) {
  return plan.stages
    .map(({ sample_size: n, acceptance_number: ac, rejection_number: re }) => {
      return `n ${n}, Ac ${ac ?? "#"}, Re ${re}`;
    })
    .join("; ");
}

/**
 * Why a class is inspected as it is. The supplier's switching state carries its reason and what is
 * counted towards the next change in both languages; without a state it is the beginning.
 * @param {string} class_
 * @param {import("./lot.js").ClassPlan} rule
 * @returns {Message}
 */
export function explainSeverity(class_, rule) {
  if (rule.zero_acceptance) return { key: "severity.zero_acceptance", params: { class: class_ } };
  const { due_severity: due, inspection_severity: used } = rule;
  if (due === "discontinued") return { key: "severity.discontinued", params: { class: class_ } };
  const key = due === used ? `severity.${used}` : `severity.${used}_instead_of_${due}`;
  return { key, params: { class: class_ } };
}

/**
 * How the plans the server found differ from the phone's; empty when they are the same.
 * @param {LotSampling} ours
 * @param {LotSampling} servers
 * @returns {Message[]}
 */
export function differences(ours, servers) {
  /** @type {Message[]} */
  const found = [];
  if (ours.lot_size !== servers.lot_size) {
    const params = { ours: ours.lot_size, theirs: servers.lot_size };
    found.push({ key: "plan_differs.lot_size", params });
  }
  for (const class_ of new Set([...Object.keys(ours.classes), ...Object.keys(servers.classes)])) {
    found.push(...classDifferences(class_, ours.classes[class_], servers.classes[class_]));
  }
  return found;
}

/**
 * @param {string} class_
 * @param {import("./lot.js").ClassPlan | undefined} ours
 * @param {import("./lot.js").ClassPlan | undefined} theirs
 * @returns {Message[]}
 */
function classDifferences(class_, ours, theirs) {
  if (!ours || !theirs) {
    return [{ key: `plan_differs.${ours ? "not_there" : "not_here"}`, params: { class: class_ } }];
  }
  /** @param {import("./lot.js").ClassPlan} rule */
  const numbers = (rule) =>
    `n ${rule.sample_size}, Ac ${rule.acceptance_number}, Re ${rule.rejection_number}`;
  /** @type {Message[]} */
  const found = [];
  if (ours.inspection_severity !== theirs.inspection_severity) {
    const key = `plan_differs.${ours.inspection_severity}_here_${theirs.inspection_severity}_there`;
    found.push({ key, params: { class: class_ } });
  }
  if (numbers(ours) !== numbers(theirs)) {
    const params = { class: class_, ours: numbers(ours), theirs: numbers(theirs) };
    found.push({ key: "plan_differs.numbers", params });
  }
  return found;
}
