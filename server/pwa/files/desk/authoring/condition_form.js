/** A condition as rows of tests joined by “all” or “any”; one that is deeper is written as JSON. */

import { either, text, word } from "../../shared/language.js";
import { html } from "../view.js";
import { Field, Select } from "../parts/fields.js";
import { JsonField } from "./json_field.js";

const RANGES = ["at_least", "at_most", "above", "below"];
const STORAGE_FACT = "storage_class";
const STORAGE = ["ambient", "chilled", "frozen"];

/**
 * @param {object} properties
 * @param {string} properties.label
 * @param {any} properties.condition
 * @param {any[]} properties.items those that may be asked about
 * @param {(condition: any) => void} properties.onChange
 */
export function ConditionForm({ label, condition, items, onChange }) {
  const rows = rowsOf(condition);
  if (rows === null) return html`<${JsonField} label=${label} hint=${text("authoring.condition_json")} value=${condition} onChange=${onChange} />`;
  const join = condition?.any ? "any" : "all";
  const set = (tests, how = join) => onChange(tests.length === 0 ? null : tests.length === 1 ? tests[0] : { [how]: tests });
  return html`
    <fieldset class="condition">
      <legend>${label}</legend>
      ${rows.length === 0 && html`<p class="muted small">${text("authoring.condition_none")}</p>`}
      ${rows.length > 1 && html`<${Select} label=${text("authoring.condition_join")} value=${join} options=${["all", "any"].map((value) => ({ value, label: text(`authoring.join_${value}`) }))} onChoose=${(how) => set(rows, how)} />`}
      ${rows.map((test, at) => html`<${Test} key=${at} test=${test} items=${items} onChange=${(changed) => set(rows.flatMap((one, place) => (place === at ? (changed ? [changed] : []) : [one])))} />`)}
      ${items.length > 0 && html`<button class="button quiet" type="button" onClick=${() => set([...rows, firstTest(items[0])])}>${text("authoring.condition_add")}</button>`}
    </fieldset>
  `;
}

/** The tests of a condition one level deep; null for a deeper one. */
function rowsOf(condition) {
  if (!condition) return [];
  const tests = condition.all ?? condition.any ?? [condition];
  return tests.every((test) => ("item" in test || "fact" in test) && Object.keys(test).length === 2) ? tests : null;
}

function firstTest(item) {
  const values = valuesOf(item);
  if (values.length > 0) return { item: item.id, in: [values[0].value] };
  return { item: item.id, is_answered: true };
}

function valuesOf(item) {
  if (item.type === "choice") return item.options.map((option) => ({ value: option.value, label: either(option) }));
  if (item.type === "check" || item.type === "signature") return ["ok", "not_ok"].map((value) => ({ value, label: text(`item.${value}`) }));
  return [];
}

function Test({ test, items, onChange }) {
  const item = items.find(({ id }) => id === test.item);
  const subjects = [
    ...items.map(({ id, ...names }) => ({ value: id, label: `${id} ${either(names)}` })),
    { value: STORAGE_FACT, label: text("authoring.storage") },
  ];
  if (test.item && !item) subjects.push({ value: test.item, label: test.item });
  const choose = (value) => {
    if (value === STORAGE_FACT) return onChange({ fact: STORAGE_FACT, in: [STORAGE[0]] });
    onChange(firstTest(items.find(({ id }) => id === value)));
  };
  return html`
    <div class="condition-row">
      <${Select} label=${text("authoring.condition_item")} value=${test.item ?? test.fact} options=${subjects} onChoose=${choose} />
      <${Comparison} test=${test} item=${item} onChange=${onChange} />
      <button class="button quiet" type="button" onClick=${() => onChange(null)}>${text("authoring.remove")}</button>
    </div>
  `;
}

function Comparison({ test, item, onChange }) {
  const subject = test.fact ? { fact: test.fact } : { item: test.item };
  const values = test.fact === STORAGE_FACT ? STORAGE.map((value) => ({ value, label: word("storage", value) })) : item ? valuesOf(item) : [];
  if (values.length > 0 || test.in) return html`<${Values} values=${values} chosen=${test.in ?? []} onChange=${(chosen) => onChange({ ...subject, in: chosen })} />`;
  const how = RANGES.find((name) => name in test) ?? "is_answered";
  const isNumber = item && ["number", "temperature", "count"].includes(item.type);
  const options = [...(isNumber ? RANGES : []), "is_answered"].map((value) => ({ value, label: text(`authoring.test_${value}`) }));
  return html`
    <${Select} label=${text("authoring.condition_test")} value=${how} options=${options} onChoose=${(name) => onChange({ ...subject, [name]: name === "is_answered" ? true : "0" })} />
    ${how !== "is_answered" && html`<${Field} label=${text("authoring.condition_value")}><input inputmode="decimal" value=${test[how]} onInput=${(event) => onChange({ ...subject, [how]: event.target.value })} /><//>`}
  `;
}

function Values({ values, chosen, onChange }) {
  const toggled = (value) => (chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return html`
    <div class="condition-values" role="group" aria-label=${text("authoring.condition_value")}>
      ${values.map(({ value, label }) => html`<label class="tick"><input type="checkbox" checked=${chosen.includes(value)} onChange=${() => toggled(value).length > 0 && onChange(toggled(value))} /> <span>${label}</span></label>`)}
    </div>
  `;
}
