/** What the assistant has been told so far. Nothing of it is kept: there are passwords in it. */

import { newPassword } from "./passwords.js";

export const STEPS = ["begin", "sites", "people", "checklists"];

/** A random id without crypto.randomUUID, which pages without HTTPS do not have. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

/** @param {string} code from the address, as the terminal printed it */
export function begun(code) {
  return {
    code,
    id: newId(),
    organisation: "",
    administrator: { username: "admin", display_name: "", password: "" },
    sites: [{ code: "C1", name: "", address: "" }],
    people: [person("inspector1", "inspector")],
    checklist_codes: /** @type {string[] | null} */ (null),
  };
}

/** @typedef {ReturnType<typeof begun>} Wanted */

/** @param {string} username @param {string} role */
function person(username, role) {
  return { username, display_name: "", password: newPassword(), role, site_code: /** @type {string | null} */ ("C1") };
}

/** @param {Wanted} wanted @returns {Wanted} */
export function withSite(wanted) {
  const code = `C${wanted.sites.length + 1}`;
  return { ...wanted, sites: [...wanted.sites, { code, name: "", address: "" }] };
}

/** @param {Wanted} wanted @returns {Wanted} */
export function withPerson(wanted) {
  const taken = new Set(wanted.people.map(({ username }) => username));
  let n = 1;
  while (taken.has(`inspector${n}`)) n += 1;
  const added = { ...person(`inspector${n}`, "inspector"), site_code: wanted.sites[0]?.code ?? null };
  return { ...wanted, people: [...wanted.people, added] };
}

/** *wanted* with the site or person at *at* changed, or without it. @param {Wanted} wanted @returns {Wanted} */
export function withEntry(wanted, list, at, changes) {
  const entries = wanted[list].flatMap((entry, place) => {
    if (place !== at) return [entry];
    return changes === null ? [] : [{ ...entry, ...changes }];
  });
  const changed = { ...wanted, [list]: entries };
  if (list !== "sites") return changed;
  // Who worked at a site that is called otherwise now, or is gone, follows.
  const before = wanted.sites[at].code;
  const after = changes === null ? (changed.sites[0]?.code ?? null) : changed.sites[at].code;
  const people = changed.people.map((one) => (one.site_code === before ? { ...one, site_code: after } : one));
  return { ...changed, people };
}
