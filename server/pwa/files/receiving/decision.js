// The decision on a receipt: complete, true to the quantities, and never against what was found.
// The same rules as server/receiving/decision.py and signatures.py.

import { decimal, plainText } from "../checklists/measurement.js";
import { PARTS, sum } from "./quantities.js";

/**
 * @typedef {import("./receipt.js").Receipt} Receipt
 * @typedef {import("./receipt.js").Line} Line
 * @typedef {import("./receipt.js").Signature} Signature
 * @typedef {import("./receipt.js").Told} Told
 * @typedef {import("./verdict.js").Verdict} Verdict
 * @typedef {import("../wording/messages.js").Message} Message
 *
 * Whoever finishes the receipt here, and whether their role may concede at this site.
 * @typedef {{user_id: string, name: string, may_concede: boolean}} Actor
 */

export const DECISIONS = [
  "accepted",
  "accepted_in_part",
  "rejected",
  "pending",
  "accepted_by_concession",
];

/**
 * The decisions that say what the quantities say, the plainest first.
 * @param {Pick<Line, "accepted_quantity" | "rejected_quantity" | "pending_quantity">[]} lines
 * @returns {string[]}
 */
export function fittingDecisions(lines) {
  const [accepted, rejected, pending] = PARTS.map((part) => sum(lines.map((line) => line[part])));
  /** @type {Record<string, boolean>} */
  const fits = {
    accepted: rejected === 0n && pending === 0n && accepted > 0n,
    rejected: accepted === 0n && pending === 0n,
    accepted_in_part: accepted > 0n && rejected + pending > 0n,
    accepted_by_concession: accepted > 0n,
    pending: accepted === 0n && pending > 0n,
  };
  return DECISIONS.filter((decision) => fits[decision]);
}

/**
 * What is wrong if *decision* does not say what the quantities say.
 * @param {string | null} decision
 * @param {Line[]} lines
 * @returns {Told[]}
 */
export function decisionErrors(decision, lines) {
  if (decision !== null && fittingDecisions(lines).includes(decision)) return [];
  const [accepted, rejected, pending] = PARTS.map((part) =>
    plainText(sum(lines.map((line) => line[part]))),
  );
  const params = { decision: decision ?? "", accepted, rejected, pending };
  return [{ path: "/decision", key: "refused.decision", params }];
}

/**
 * What is missing before the receipt can be finished, each thing with its place. An empty list
 * means it can be. *verdict* is `judge(…, {asSigned: true})`.
 * @param {Receipt} receipt
 * @param {Verdict} verdict
 * @returns {Told[]}
 */
export function missingToFinish(receipt, verdict) {
  const missing = [...verdict.missing];
  if (receipt.decision === null) {
    missing.push({ path: "/decision", key: "missing.decision", params: {} });
  }
  const roles = receipt.signatures.map((signature) => signature.role);
  for (const role of ["acceptor", "witness"]) {
    if (roles.includes(role)) continue;
    missing.push({ path: `/signatures/${role}`, key: `missing.${role}`, params: {} });
  }
  return missing;
}

/**
 * Why the server would refuse the finished receipt; an empty list means it takes it, as far as the
 * phone can know. Answered apart from what is missing: this asks for another decision.
 * @param {Receipt} receipt
 * @param {Verdict} verdict
 * @param {Actor} actor
 * @param {string[]} [stored] ids of signatures the server has already
 * @returns {Told[]}
 */
export function whyRefused(receipt, verdict, actor, stored = []) {
  const isConcession = receipt.decision === "accepted_by_concession";
  const errors = [
    ...verdict.refusals,
    ...signatureErrors(receipt, actor, stored),
    ...decisionErrors(receipt.decision, receipt.lines),
  ];
  if (isConcession) errors.push(...concessionErrors(receipt, actor));
  for (const [position, line] of receipt.lines.entries()) {
    const found = verdict.lines[line.id];
    if (decimal(line.accepted_quantity) <= 0n || found.is_acceptable) continue;
    const path = `/lines/${position}/accepted_quantity`;
    if (found.has_class_a_failure && isConcession) {
      errors.push({ path, key: "refused.class_a", params: {} });
    } else if (!isConcession) {
      errors.push({ path, key: "refused.line", params: { reason: allOf(found.reasons) } });
    }
  }
  return errors;
}

/** @param {Message[]} reasons @returns {Message} */
function allOf([one, ...rest]) {
  if (!one) return { key: "refused.lot_not_passed", params: {} };
  return rest.length ? { key: "list.reasons", params: { one, other: allOf(rest) } } : one;
}

/** @param {Receipt} receipt @param {Actor} actor @returns {Told[]} */
function concessionErrors(receipt, actor) {
  const acceptor = receipt.signatures.find((signature) => signature.role === "acceptor");
  /** @type {Told[]} */
  const errors = [];
  if (!actor.may_concede) errors.push({ path: "/decision", key: "refused.may_not_concede", params: {} });
  if (!receipt.decision_reason.trim()) {
    errors.push({ path: "/decision_reason", key: "refused.concession_reason", params: {} });
  }
  if (acceptor && acceptor.user_id === actor.user_id) {
    errors.push({ path: "/decision", key: "refused.own_concession", params: {} });
  }
  return errors;
}

/**
 * What is wrong with the signatures: one of each role, two people, two pictures; and the acceptor
 * signs on their own account.
 * @param {Pick<Receipt, "signatures">} receipt
 * @param {Pick<Actor, "user_id" | "name">} actor
 * @param {string[]} [stored] ids of signatures the server has already
 * @returns {Told[]}
 */
export function signatureErrors({ signatures }, actor, stored = []) {
  /** @type {Told[]} */
  const errors = [];
  /** @type {Map<string, Signature>} */
  const byRole = new Map();
  const pictures = new Set();
  for (const [position, signature] of signatures.entries()) {
    const path = `/signatures/${position}`;
    if (pictures.has(signature.attachment_id)) {
      errors.push({ path: `${path}/attachment_id`, key: "refused.same_picture", params: {} });
    }
    pictures.add(signature.attachment_id);
    if (byRole.has(signature.role)) {
      errors.push({ path: `${path}/role`, key: "refused.role_twice", params: {} });
    }
    byRole.set(signature.role, signature);
  }
  for (const [position, { id, role, user_id: userId }] of signatures.entries()) {
    if (role !== "acceptor" || stored.includes(id) || userId === actor.user_id) continue;
    errors.push({ path: `/signatures/${position}/user_id`, key: "refused.acceptor_self", params: {} });
  }
  const [acceptor, witness] = [byRole.get("acceptor"), byRole.get("witness")];
  if (acceptor && witness && isSamePerson(acceptor, witness, actor)) {
    errors.push({ path: "/signatures", key: "refused.same_person", params: {} });
  }
  return errors;
}

/**
 * By their accounts, or, where one has none, by name: the typed ones and the actor's own.
 * @param {Signature} one
 * @param {Signature} other
 * @param {Pick<Actor, "user_id" | "name">} actor
 */
function isSamePerson(one, other, actor) {
  if (one.user_id !== null && other.user_id !== null) return one.user_id === other.user_id;
  const [names, others] = [one, other].map((signature) => {
    const known = [plainName(signature.name)];
    if (signature.user_id === actor.user_id) known.push(plainName(actor.name));
    return known;
  });
  return names.some((name) => others.includes(name));
}

/** Upper case first: so that "ß" and "SS" are one, as they are on the server. @param {string} name */
const plainName = (name) => name.trim().toUpperCase().toLowerCase();
