// The merge rules one by one, and their application to an object field by field: the same as
// sync/merge.py, to which random documents hold it. "Mine" is this phone's, "theirs" the server's.

import { Timeline } from "./timeline.js";
import {
  Together, alike, byCodePoint, canonical, fieldOf, isObject,
} from "./values.js";

/**
 * @typedef {{rule: string, item?: Policy | null}} FieldPolicy
 *
 * How the fields of one kind of object merge, as the server describes it
 * (GET /api/v1/sync/policies). What it does not name is a register.
 * @typedef {{fields: Record<string, FieldPolicy>, groups: string[][],
 *   sealed_by?: {seals: string[], besides: string[]} | null}} Policy
 *
 * A real conflict: the same thing changed on both sides. `together` are the paths that make sense
 * only with it and are chosen alike.
 * @typedef {{path: string, base: any, mine: any, theirs: any, together: string[]}} Clash
 * @typedef {(field: FieldPolicy | undefined, path: string, timeline: Timeline, mine: any,
 *   clashes: Clash[]) => any} Merge
 */

/** Append a step to a path, escaped as in a JSON pointer. @param {string} path @param {string} name */
export function joinPath(path, name) {
  const step = name.replaceAll("~", "~0").replaceAll("/", "~1");
  return path ? `${path}/${step}` : step;
}

/** *mine* with the server's own fields of *theirs*. */
/** @param {Policy} policy @param {Record<string, any>} mine @param {any} theirs @returns {Record<string, any>} */
export function impose(policy, mine, theirs) {
  const result = new Map(Object.entries(mine));
  for (const [name, field] of Object.entries(policy.fields)) {
    const current = fieldOf(theirs, name);
    if (field.rule === "server") put(result, name, current);
    else if (field.rule === "fixed" && current !== undefined) result.set(name, current);
    else if (field.rule === "by_id" && result.has(name)) {
      result.set(name, imposeItems(field, result.get(name), current));
    }
  }
  return Object.fromEntries(result);
}

/** @param {FieldPolicy} field @param {any} mine @param {any} theirs */
function imposeItems(field, mine, theirs) {
  const item = field.item;
  const mineById = itemsOf(mine);
  if (!Array.isArray(mine) || mineById === null || !item) return mine;
  const stored = itemsOf(theirs) ?? new Map();
  return [...mineById].map(([id, one]) => impose(item, one, stored.get(id)));
}

/**
 * Merge one object field by field; real conflicts are added to *clashes*.
 * @param {Policy} policy
 * @param {string} path
 * @param {Timeline} timeline
 * @param {Record<string, any>} mine
 * @param {Clash[]} clashes
 * @returns {Record<string, any>}
 */
export function mergeObject(policy, path, timeline, mine, clashes) {
  if (!timeline.lastForeignChange()) return impose(policy, mine, timeline.current);
  const theirs = isObject(timeline.current) ? timeline.current : {};
  /** @type {Map<string, any>} */
  const result = new Map();
  const grouped = new Set(policy.groups.flat());
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    if (grouped.has(name)) continue;
    const field = Object.hasOwn(policy.fields, name) ? policy.fields[name] : undefined;
    const [part, own] = [timeline.field(name), fieldOf(mine, name)];
    put(result, name, mergeField(field, joinPath(path, name), part, own, clashes));
  }
  for (const group of policy.groups) mergeGroup(group, path, timeline, mine, result, clashes);
  return Object.fromEntries(result);
}

/** @type {Merge} */
function mergeField(field, path, timeline, mine, clashes) {
  if (timeline.lastForeignChange() && timeline.isUntouchedByDevice(mine)) return timeline.current;
  return (MERGES[field?.rule ?? "register"] ?? register)(field, path, timeline, mine, clashes);
}

/** @param {Map<string, any>} result @param {string} name @param {any} value */
function put(result, name, value) {
  if (value === undefined) result.delete(name);
  else result.set(name, value);
}

/**
 * The register rule: the value that stands, and whether the two sides clash. A device never
 * conflicts with itself.
 * @param {Timeline} timeline
 * @param {any} mine
 * @returns {[any, boolean]}
 */
function settle(timeline, mine) {
  const theirs = timeline.current;
  if (alike(mine, theirs)) return [theirs, false];
  if (!timeline.lastForeignChange()) return [mine, false];
  return [theirs, !alike(mine, timeline.seenByDevice())];
}

/** @type {Merge} */
function register(_field, path, timeline, mine, clashes) {
  const [value, isClash] = settle(timeline, mine);
  if (isClash) {
    clashes.push({ path, base: timeline.base, mine, theirs: timeline.current, together: [path] });
  }
  return value;
}

/**
 * Fields that make sense only together are settled as one value.
 * @param {string[]} group
 * @param {string} path
 * @param {Timeline} timeline
 * @param {Record<string, any>} mine
 * @param {Map<string, any>} result
 * @param {Clash[]} clashes
 */
function mergeGroup(group, path, timeline, mine, result, clashes) {
  const together = (/** @type {any} */ value) =>
    new Together(group.map((name) => fieldOf(value, name)));
  const part = timeline.of(together);
  const [settled, isClash] = settle(part, together(mine));
  const paths = group.map((name) => joinPath(path, name));
  for (const [at, name] of group.entries()) {
    const [value, own] = [settled.values[at], fieldOf(mine, name)];
    put(result, name, value);
    if (!isClash || alike(own, value)) continue;
    const base = part.base.values[at];
    clashes.push({ path: paths[at], base, mine: own, theirs: value, together: paths });
  }
}

/** @type {Merge} */
const keepServers = (_field, _path, timeline) => timeline.current;

/** @type {Merge} */
const keepFirst = (_field, _path, timeline, mine) =>
  timeline.current === undefined ? mine : timeline.current;

/** @type {Merge} */
function counter(field, path, timeline, mine, clashes) {
  const numbers = timeline.values.map((value) => (value === undefined ? 0 : value));
  // Who took the counter away did not count: that is settled as for any other value.
  const isRemoved = timeline.current === undefined || mine === undefined;
  if (isRemoved || ![...numbers, mine].every((value) => typeof value === "number")) {
    return register(field, path, timeline, mine, clashes);
  }
  const steps = new Timeline(numbers, timeline.own).ownSteps();
  const known = steps.reduce((sum, [before, after]) => sum + after - before, numbers[0]);
  return numbers[numbers.length - 1] + mine - known;
}

/** @type {Merge} */
function mapMax(field, path, timeline, mine, clashes) {
  if (!timeline.lastForeignChange()) return mine;
  const [theirs, ours] = [mapOf(timeline.current), mapOf(mine)];
  const isNumber = (/** @type {any} */ value) => typeof value === "number";
  if (!theirs || !ours || ![...theirs.values(), ...ours.values()].every(isNumber)) {
    return register(field, path, timeline, mine, clashes);
  }
  const result = new Map(theirs);
  for (const [key, value] of ours) result.set(key, Math.max(value, result.get(key) ?? value));
  return Object.fromEntries(result);
}

/** @type {Merge} */
function keyByKey(field, path, timeline, mine, clashes) {
  const maps = [...timeline.values, mine].map(mapOf);
  if (!timeline.lastForeignChange() || maps.includes(null)) {
    return register(field, path, timeline, mine, clashes);
  }
  /** @type {Map<string, any>} */
  const result = new Map();
  for (const key of new Set(maps.slice(-2).flatMap((map) => [...(map ?? new Map()).keys()]))) {
    const part = timeline.of((value) => entryOf(value, key));
    const [entry, isClash] = settle(part, entryOf(mine, key));
    if (isClash) {
      const step = joinPath(path, key);
      const [base, theirs] = [part.base?.values[0], part.current?.values[0]];
      clashes.push({ path: step, base, mine: fieldOf(mine, key), theirs, together: [step] });
    }
    if (entry !== undefined) result.set(key, entry.values[0]);
  }
  return Object.fromEntries(result);
}

/** A map's entry, wrapped: unlike a field, an empty entry is not as good as none. */
/** @param {any} value @param {string} key @returns {Together | undefined} */
function entryOf(value, key) {
  const entry = fieldOf(value, key);
  return entry === undefined ? undefined : new Together([entry]);
}

/** @type {Merge} */
function mergeSet(field, path, timeline, mine, clashes) {
  const sets = [...timeline.values, mine].map(elementsOf);
  if (!timeline.lastForeignChange() || sets.includes(null)) {
    return register(field, path, timeline, mine, clashes);
  }
  const all = sets.map((set) => set ?? new Map());
  const [base, theirs, ours] = [all[0], all[all.length - 2], all[all.length - 1]];
  const known = new Set(base.keys());
  for (const [before, after] of new Timeline(all.slice(0, -1), timeline.own).ownSteps()) {
    for (const text of after.keys()) if (!before.has(text)) known.add(text);
    for (const text of before.keys()) if (!after.has(text)) known.delete(text);
  }
  const kept = [...new Set([...theirs.keys(), ...ours.keys()])].filter((text) =>
    ours.has(text) ? theirs.has(text) || !known.has(text) : !known.has(text),
  );
  // Sorted, so that the result does not depend on who arrived first.
  return kept.sort(byCodePoint).map((text) => (ours.has(text) ? ours.get(text) : theirs.get(text)));
}

/** @type {Merge} */
function byId(field, path, timeline, mine, clashes) {
  const lists = [...timeline.values, mine].map(itemsOf);
  const item = field?.item;
  if (!item || lists.includes(null)) return register(field, path, timeline, mine, clashes);
  if (!timeline.lastForeignChange()) return imposeItems(field, mine, timeline.current);
  const all = lists.map((list) => list ?? new Map());
  const [base, theirs, ours] = [all[0], all[all.length - 2], all[all.length - 1]];
  /** @type {Map<string, any>} */
  const merged = new Map();
  for (const id of new Set([...theirs.keys(), ...ours.keys()])) {
    const part = new Timeline(all.slice(0, -1).map((list) => list.get(id)), timeline.own);
    put(merged, id, mergeItem(item, joinPath(path, id), part, ours.get(id), clashes));
  }
  return order([...base.keys()], [...theirs.keys()], [...ours.keys()], merged);
}

/** @param {Policy} policy @param {string} path @param {Timeline} timeline @param {any} mine @param {Clash[]} clashes */
function mergeItem(policy, path, timeline, mine, clashes) {
  if (mine !== undefined && timeline.current !== undefined) {
    return mergeObject(policy, path, timeline, mine, clashes);
  }
  const value = register(undefined, path, timeline, mine, clashes);
  return value !== undefined && value === mine ? impose(policy, value, timeline.current) : value;
}

/**
 * The order of a merged list: as it was, as whoever rearranged it wants it, additions last in the
 * order of their ids.
 * @param {string[]} base
 * @param {string[]} theirs
 * @param {string[]} ours
 * @param {Map<string, any>} merged
 */
function order(base, theirs, ours, merged) {
  const known = new Set(base);
  const [inOurs, inTheirs] = [new Set(ours), new Set(theirs)];
  const keptByBoth = theirs.filter((id) => known.has(id) && inOurs.has(id));
  const rearranged = ours.filter((id) => known.has(id) && inTheirs.has(id));
  const both = new Set(keptByBoth);
  const isUntouched = same(keptByBoth, base.filter((id) => both.has(id)));
  const first = isUntouched ? rearranged : keptByBoth;
  const placed = new Set([...first, ...[...theirs, ...ours].filter((id) => known.has(id))]);
  const old = [...placed].filter((id) => merged.has(id));
  const added = [...merged.keys()].filter((id) => !placed.has(id)).sort(byCodePoint);
  return [...old, ...added].map((id) => merged.get(id));
}

/** @param {string[]} one @param {string[]} other */
const same = (one, other) => one.every((id, at) => id === other[at]);

/** @param {any} value @returns {Map<string, any> | null} */
function mapOf(value) {
  if (value === undefined || value === null) return new Map();
  return isObject(value) ? new Map(Object.entries(value)) : null;
}

/** A list of objects by id, or null if it is no such list. @param {any} value @returns {Map<string, any> | null} */
export function itemsOf(value) {
  if (value === undefined || value === null) return new Map();
  if (!Array.isArray(value)) return null;
  const items = new Map();
  for (const item of value) {
    const id = isObject(item) ? item.id : undefined;
    if (typeof id !== "string" || items.has(id)) return null;
    items.set(id, item);
  }
  return items;
}

/** A list by the canonical text of its elements, or null. @param {any} value @returns {Map<string, any> | null} */
function elementsOf(value) {
  if (value === undefined || value === null) return new Map();
  return Array.isArray(value) ? new Map(value.map((item) => [canonical(item), item])) : null;
}

/** @type {Record<string, Merge>} */
const MERGES = {
  register,
  server: keepServers,
  fixed: keepFirst,
  by_id: byId,
  key_by_key: keyByKey,
  map_max: mapMax,
  set: mergeSet,
  counter,
};
