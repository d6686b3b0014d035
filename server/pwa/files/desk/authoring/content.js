/** Changing what a draft asks: pure, contents in, contents out. */

/** @typedef {Record<string, any>} Content */

const FRESH = {
  section: null,
  gate: null,
  area: null,
  type: "check",
  nonconformity_class: "C",
  photo: "on_failure",
  may_be_not_applicable: false,
  when: null,
  is_required: true,
  required_when: null,
  weight: "1",
  fact: null,
  unit: null,
  is_number_required: false,
  limits: null,
  options: [],
  note: null,
  basis: null,
  is_confirmed: false,
};
const HAS_UNIT = new Set(["number", "count"]);
const HAS_LIMITS = new Set(["number", "temperature", "count", "date", "time"]);

/** The lists of items a draft may have: what is asked once, and what is asked of each. */
export const PARTS = ["head_items", "items"];

/** @param {Content} content @param {string} part @param {number} at after which it stands */
export function withNewItem(content, part, at) {
  const before = content[part][at];
  const item = {
    ...FRESH,
    id: freeId(content),
    zh: "新项目",
    en: "New item",
    section: before?.section ?? null,
    gate: before?.gate ?? content.gates[0] ?? null,
    area: before?.area ?? null,
  };
  const items = [...content[part].slice(0, at + 1), item, ...content[part].slice(at + 1)];
  return { content: { ...content, [part]: items }, id: item.id };
}

/** The first free id of the form N01; conditions refer to it, so it is short. @param {Content} content */
function freeId(content) {
  const taken = new Set(PARTS.flatMap((part) => content[part].map(({ id }) => id)));
  let n = 1;
  while (taken.has(`N${String(n).padStart(2, "0")}`)) n += 1;
  return `N${String(n).padStart(2, "0")}`;
}

/** @param {Content} content @param {string} part @param {string} id @param {Content} changes */
export function withItem(content, part, id, changes) {
  const items = content[part].map((item) => (item.id === id ? tidy({ ...item, ...changes }) : item));
  return { ...content, [part]: items };
}

/** What belongs to the former type of an item does not stay behind with the new one. */
function tidy(item) {
  return {
    ...item,
    unit: item.type === "temperature" ? "℃" : HAS_UNIT.has(item.type) ? item.unit : null,
    limits: HAS_LIMITS.has(item.type) ? item.limits : null,
    options: item.type === "choice" ? item.options : [],
    is_number_required: item.type === "document" && item.is_number_required,
  };
}

/** @param {Content} content @param {string} part @param {string} id */
export function withoutItem(content, part, id) {
  return { ...content, [part]: content[part].filter((item) => item.id !== id) };
}

/** *id* moved to the place *to*; the same content where that is no other place. */
export function withItemAt(content, part, id, to) {
  const from = content[part].findIndex((item) => item.id === id);
  if (from < 0 || to < 0 || to >= content[part].length || from === to) return content;
  const items = content[part].filter((item) => item.id !== id);
  items.splice(to, 0, content[part][from]);
  return { ...content, [part]: items };
}

/**
 * The faults of one item, without the way to it.
 *
 * @param {{pointer: string, detail: string}[]} faults
 * @param {string} part
 * @param {number} at
 */
export function faultsAt(faults, part, at) {
  const place = `/${part}/${at}`;
  return faults.filter(({ pointer }) => pointer === place || pointer.startsWith(`${place}/`));
}

/** Those that belong to no item. @param {{pointer: string, detail: string}[]} faults */
export function otherFaults(faults) {
  return faults.filter(({ pointer }) => !/^\/(head_)?items\/\d/.test(pointer));
}

/** @param {Content} content */
export function withNewSection(content) {
  const taken = new Set(content.sections.map(({ id }) => id));
  let n = 1;
  while (taken.has(`S${n}`)) n += 1;
  return { ...content, sections: [...content.sections, { id: `S${n}`, zh: `第 ${n} 部分`, en: `Section ${n}`, when: null }] };
}

/** @param {Content} content @param {string} id @param {Content} changes */
export function withSection(content, id, changes) {
  return { ...content, sections: content.sections.map((section) => (section.id === id ? { ...section, ...changes } : section)) };
}

/** Without the section; its items stay, in none. @param {Content} content @param {string} id */
export function withoutSection(content, id) {
  const freed = Object.fromEntries(
    PARTS.map((part) => [part, content[part].map((item) => (item.section === id ? { ...item, section: null } : item))]),
  );
  return { ...content, ...freed, sections: content.sections.filter((section) => section.id !== id) };
}

// What one begins with: nobody has confirmed it yet.
const GRADINGS = {
  classes: { method: "classes", pass: { A: 0, B: 0, C: 2 }, basic: { A: 0, B: 2, C: 4 }, is_confirmed: false },
  percent: { method: "percent", pass_percent: "90", basic_percent: "75", is_confirmed: false },
};

/** Graded by *method*; the figures of the other one are dropped. @param {Content} content @param {string} method */
export function withGrading(content, method) {
  if (content.grading?.method === method) return content;
  return { ...content, grading: GRADINGS[method] ?? null };
}
