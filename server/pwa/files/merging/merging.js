// Local edits on top of a newer version from the server: what merges by itself, what clashes, and
// the document once somebody has chosen. The same outcome as sync/decide.py gives for the push.

import { impose, itemsOf, joinPath, mergeObject } from "./rules.js";
import { Timeline } from "./timeline.js";
import { alike, differingFields, fieldOf, isObject } from "./values.js";

/**
 * @typedef {import("./rules.js").Policy} Policy
 * @typedef {import("./rules.js").Clash} Clash
 * @typedef {{document: Record<string, any>, is_own?: boolean}} Version
 *
 * `nothing`: the server has it already. `clean`: nobody else changed anything. `merged`: both
 * sides stand in `document`. `conflict`: `clashes` must be chosen; `document` has the server's
 * side of them. `sealed`: a signature of one side would stand over changes of the other; nothing
 * can be merged, `sealed` names the fields, and the two documents are laid side by side.
 * @typedef {{status: "nothing" | "clean" | "merged" | "conflict" | "sealed",
 *   document: Record<string, any>, clashes: Clash[], sealed: string[]}} Rebased
 * @typedef {"mine" | "theirs"} Side
 */

/**
 * Put *mine* on top of what happened since its base.
 * @param {Policy} policy of the collection
 * @param {Version[]} versions from the base to the server's newest; only two of them are needed,
 *   base and newest, where this device pushed nothing in between. `is_own`: pushed by this device
 * @param {Record<string, any>} mine
 * @returns {Rebased}
 */
export function rebase(policy, versions, mine) {
  const newest = versions[versions.length - 1].document;
  const plain = impose(policy, mine, newest);
  /** @type {(status: Rebased["status"], document: Record<string, any>, rest?: Partial<Rebased>) => Rebased} */
  const outcome = (status, document, rest) => ({ status, document, clashes: [], sealed: [], ...rest });
  if (!differingFields(plain, newest).length) return outcome("nothing", newest);
  const timeline = timelineOf(versions);
  if (!timeline.lastForeignChange()) return outcome("clean", plain);
  /** @type {Clash[]} */
  const clashes = [];
  const document = mergeObject(policy, "", timeline, plain, clashes);
  if (clashes.length) return outcome("conflict", document, { clashes });
  if (!differingFields(document, newest).length) return outcome("nothing", newest);
  if (!differingFields(document, plain).length) return outcome("clean", document);
  const base = timeline.values[timeline.tipOfOwnRun()];
  const sealed = sealedFields(policy, base, plain, newest);
  return sealed.length ? outcome("sealed", newest, { sealed }) : outcome("merged", document);
}

/** @param {Version[]} versions */
function timelineOf(versions) {
  const own = versions.map((version) => version.is_own ?? false);
  return new Timeline(versions.map((version) => version.document), own);
}

/**
 * The seals that forbid merging: one side sealed (signed), the other changed something else.
 * @param {Policy} policy
 * @param {Record<string, any>} base
 * @param {Record<string, any>} mine
 * @param {Record<string, any>} theirs
 * @returns {string[]}
 */
export function sealedFields(policy, base, mine, theirs) {
  if (!policy.sealed_by) return [];
  const { seals, besides } = policy.sealed_by;
  const changed = (/** @type {Record<string, any>} */ now) =>
    differingFields(base, now).filter((name) => !besides.includes(name));
  const [byMe, byThem] = [changed(mine), changed(theirs)];
  const isSeal = (/** @type {string} */ name) => seals.includes(name);
  /** @param {string[]} one @param {string[]} other */
  const crosses = (one, other) => one.some(isSeal) && other.some((name) => !isSeal(name));
  if (!crosses(byMe, byThem) && !crosses(byThem, byMe)) return [];
  return [...new Set([...byMe, ...byThem])].filter(isSeal).sort();
}

/**
 * The document once every clash was chosen. What makes sense only together is chosen together: the
 * last choice of a group stands.
 * @param {Rebased} rebased
 * @param {Record<string, any>} mine
 * @param {Record<string, Side>} choices by path; what is not named stays the server's
 * @returns {Record<string, any>}
 */
export function resolve(rebased, mine, choices) {
  let document = rebased.document;
  for (const clash of rebased.clashes) {
    if (choices[clash.path] !== "mine") continue;
    for (const path of clash.together) document = withValue(document, path, valueAt(mine, path));
  }
  return document;
}

/** @param {string} path @returns {string[]} */
function stepsOf(path) {
  return path.split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value at a path; an id is the step into a list. @param {any} document @param {string} path */
export function valueAt(document, path) {
  return stepsOf(path).reduce(
    (value, step) => (Array.isArray(value) ? itemsOf(value)?.get(step) : fieldOf(value, step)),
    document,
  );
}

/** @param {any} document @param {string} path @param {any} value */
function withValue(document, path, value) {
  return placed(document, stepsOf(path), value);
}

/** @param {any} whole @param {string[]} steps @param {any} value @returns {any} */
function placed(whole, [step, ...rest], value) {
  if (Array.isArray(whole)) {
    const items = new Map(itemsOf(whole));
    const next = rest.length ? placed(items.get(step) ?? { id: step }, rest, value) : value;
    if (next === undefined) items.delete(step);
    else items.set(step, next);
    return [...items.values()];
  }
  const fields = new Map(Object.entries(whole));
  const inside = fields.get(step) ?? {};
  const next = rest.length ? placed(inside, rest, value) : value;
  if (next === undefined) fields.delete(step);
  else fields.set(step, next);
  return Object.fromEntries(fields);
}

/**
 * What changed between two documents, path by path, for a view of both sides. Lists with ids are
 * looked into; what the server alone writes is left out.
 * @param {Policy} policy
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 * @param {string} [path]
 * @returns {{path: string, before: any, after: any}[]}
 */
export function changesBetween(policy, before, after, path = "") {
  return differingFields(before, after).flatMap((name) => {
    const field = Object.hasOwn(policy.fields, name) ? policy.fields[name] : undefined;
    if (field?.rule === "server") return [];
    const [one, other, place] = [fieldOf(before, name), fieldOf(after, name), joinPath(path, name)];
    const item = field?.rule === "by_id" ? field.item : null;
    const [ones, others] = [itemsOf(one), itemsOf(other)];
    if (!item || !ones || !others) return [{ path: place, before: one, after: other }];
    return [...new Set([...ones.keys(), ...others.keys()])].flatMap((id) => {
      const [was, is, inside] = [ones.get(id), others.get(id), joinPath(place, id)];
      if (isObject(was) && isObject(is)) return changesBetween(item, was, is, inside);
      return alike(was, is) ? [] : [{ path: inside, before: was, after: is }];
    });
  });
}
