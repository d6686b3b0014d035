/** One item of a draft, with the fields its type has. */

import { text, word } from "../../shared/language.js";
import { Field, Select } from "../parts/fields.js";
import { html } from "../view.js";
import { ConditionForm } from "./condition_form.js";
import { JsonField } from "./json_field.js";

const TYPES = ["check", "choice", "number", "temperature", "count", "text", "date", "time", "document", "photo", "signature", "barcode", "location"];
const CLASSES = ["A", "B", "C"];
const PHOTOS = ["none", "on_failure", "always"];
const RANGED = new Set(["number", "temperature", "count"]);
const LIMITED = new Set(["number", "temperature", "count", "date", "time"]);

/**
 * @param {object} properties
 * @param {any} properties.item
 * @param {any[]} properties.others the other items of the same list
 * @param {any} properties.content the whole draft, for its sections and gates
 * @param {{pointer: string, detail: string}[]} properties.faults with pointers inside the item
 * @param {(changes: any, mark?: string) => void} properties.onChange
 */
export function ItemForm({ item, others, content, faults, onChange }) {
  const write = (name) => (event) => onChange({ [name]: event.target.value }, name);
  const error = (name) => faults.find(({ pointer }) => pointer.endsWith(`/${name}`))?.detail;
  const tick = (name) => html`<label class="tick"><input type="checkbox" checked=${item[name]} onChange=${(event) => onChange({ [name]: event.target.checked })} /> <span>${text(`authoring.${name}`)}</span></label>`;
  const choices = (values, group) => values.map((value) => ({ value, label: word(group, value) }));
  const sections = [{ value: "", label: text("authoring.none") }, ...content.sections.map(({ id, zh }) => ({ value: id, label: zh }))];
  return html`
    <div class="item-form">
      <${Field} label=${text("authoring.zh")} error=${error("zh")}><input value=${item.zh} maxlength="500" onInput=${write("zh")} /><//>
      <${Field} label=${text("authoring.en")} error=${error("en")}><input value=${item.en} maxlength="500" onInput=${write("en")} /><//>
      <div class="form-grid">
        <${Select} label=${text("authoring.type")} value=${item.type} options=${choices(TYPES, "item_type")} onChoose=${(type) => onChange({ type })} />
        <${Select} label=${text("authoring.class")} value=${item.nonconformity_class} options=${choices(CLASSES, "class")} onChoose=${(nonconformity_class) => onChange({ nonconformity_class })} />
        <${Select} label=${text("authoring.photo")} value=${item.photo} options=${PHOTOS.map((value) => ({ value, label: word("photo_rule", value) }))} onChoose=${(photo) => onChange({ photo })} />
        <${Field} label=${text("authoring.weight")} error=${error("weight")}><input inputmode="decimal" value=${item.weight} onInput=${write("weight")} /><//>
        ${content.gates.length > 0 && html`<${Select} label=${text("authoring.gate")} error=${error("gate")} value=${item.gate ?? ""} options=${choices(content.gates, "gate")} onChoose=${(gate) => onChange({ gate })} />`}
        ${content.sections.length > 0 && html`<${Select} label=${text("authoring.section")} error=${error("section")} value=${item.section ?? ""} options=${sections} onChoose=${(section) => onChange({ section: section || null })} />`}
        ${(item.type === "number" || item.type === "count") && html`<${Field} label=${text("authoring.unit")} error=${error("unit")}><input value=${item.unit ?? ""} maxlength="16" onInput=${(event) => onChange({ unit: event.target.value || null }, "unit")} /><//>`}
      </div>
      ${LIMITED.has(item.type) && html`<${Limits} item=${item} error=${error} onChange=${onChange} />`}
      ${item.type === "choice" && html`<${Options} item=${item} onChange=${onChange} />`}
      <div class="ticks">${tick("is_required")} ${tick("may_be_not_applicable")} ${item.type === "document" && tick("is_number_required")}</div>
      <${ConditionForm} label=${text("authoring.when")} condition=${item.when} items=${others} onChange=${(when) => onChange({ when }, "when")} />
      ${!item.is_required && html`<${ConditionForm} label=${text("authoring.required_when")} condition=${item.required_when} items=${others} onChange=${(required_when) => onChange({ required_when }, "required_when")} />`}
      <${Bilingual} name="note" item=${item} onChange=${onChange} />
      <${Bilingual} name="basis" item=${item} onChange=${onChange} />
    </div>
  `;
}

/** Text in both languages, or none at all. */
function Bilingual({ name, item, onChange }) {
  const set = (language) => (event) => {
    const both = { zh: "", en: "", ...item[name], [language]: event.target.value };
    onChange({ [name]: both.zh || both.en ? both : null }, `${name}.${language}`);
  };
  return html`
    <div class="form-grid">
      <${Field} label=${text(`authoring.${name}_zh`)}><input value=${item[name]?.zh ?? ""} onInput=${set("zh")} /><//>
      <${Field} label=${text(`authoring.${name}_en`)}><input value=${item[name]?.en ?? ""} onInput=${set("en")} /><//>
    </div>
  `;
}

function Limits({ item, error, onChange }) {
  const { min, max, min_remaining_ratio: ratio, ...further } = item.limits ?? {};
  const set = (name, value) => {
    const limits = { ...item.limits, [name]: value };
    if (value === "") delete limits[name];
    onChange({ limits: Object.keys(limits).length > 0 ? limits : null }, `limits.${name}`);
  };
  const setFurther = (read) => {
    const limits = { ...(min !== undefined && { min }), ...(max !== undefined && { max }), ...(ratio !== undefined && { min_remaining_ratio: ratio }), ...read };
    onChange({ limits: Object.keys(limits).length > 0 ? limits : null }, "limits");
  };
  const number = (name, value) => html`<${Field} label=${text(`authoring.${name}`)} error=${error(name)}><input inputmode="decimal" value=${value ?? ""} onInput=${(event) => set(name, event.target.value.trim())} /><//>`;
  return html`
    <fieldset class="condition">
      <legend>${text("authoring.limits")}${item.is_confirmed === false && html` <span class="tag">${text("unconfirmed")}</span>`}</legend>
      <div class="form-grid">${RANGED.has(item.type) && html`${number("min", min)} ${number("max", max)}`} ${item.type === "date" && number("min_remaining_ratio", ratio)}</div>
      ${(Object.keys(further).length > 0 || item.type === "time") && html`<${JsonField} label=${text("authoring.further_limits")} hint=${text("authoring.further_limits_hint")} value=${Object.keys(further).length > 0 ? further : null} onChange=${setFurther} />`}
    </fieldset>
  `;
}

function Options({ item, onChange }) {
  const set = (options) => onChange({ options }, "options");
  const change = (at, changes) => set(item.options.map((option, place) => (place === at ? { ...option, ...changes } : option)));
  const field = (at, name, label) => html`<${Field} label=${label}><input value=${item.options[at][name]} onInput=${(event) => change(at, { [name]: event.target.value })} /><//>`;
  return html`
    <fieldset class="condition">
      <legend>${text("authoring.options")}</legend>
      ${item.options.map(
        (option, at) => html`
          <div class="condition-row" key=${at}>
            ${field(at, "value", text("authoring.option_value"))} ${field(at, "zh", text("authoring.zh"))} ${field(at, "en", text("authoring.en"))}
            <label class="tick"><input type="checkbox" checked=${option.is_ok} onChange=${(event) => change(at, { is_ok: event.target.checked })} /> <span>${text("authoring.option_is_ok")}</span></label>
            <button class="button quiet" type="button" onClick=${() => set(item.options.filter((_, place) => place !== at))}>${text("authoring.remove")}</button>
          </div>
        `,
      )}
      <button class="button quiet" type="button" onClick=${() => set([...item.options, { value: `o${item.options.length + 1}`, zh: "新选项", en: "New option", is_ok: true }])}>${text("authoring.option_add")}</button>
    </fieldset>
  `;
}
