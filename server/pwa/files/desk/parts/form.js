/** A form over one record: its fields as data, and each refusal at the field it names. */

import { text } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { html, useState } from "../../shared/view.js";
import { Refused } from "../api.js";
import { Field } from "./fields.js";
import { ErrorNotice } from "./problem.js";

/**
 * @typedef {object} FormField
 * @property {string} name of the value in the record
 * @property {string} label
 * @property {"text" | "long" | "choice" | "choices" | "flag" | "number" | "date" | "password"} [kind]
 * @property {{value: string, label: string}[]} [options] of a choice
 * @property {boolean} [isRequired]
 * @property {string} [hint]
 * @property {number} [longest]
 */

/**
 * @param {object} properties
 * @param {FormField[]} properties.fields
 * @param {Record<string, any>} properties.value what stands there at first
 * @param {(value: Record<string, any>) => Promise<any>} properties.save
 * @param {(answer: any) => void} [properties.done]
 * @param {string} [properties.submit] what the button says
 * @param {any} [properties.children] further parts above the button
 */
export function RecordForm({ fields, value, save, done, submit = text("form.save"), children }) {
  const [record, setRecord] = useState(value);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isSaving, setSaving] = useState(false);
  const change = (name, written) => setRecord((before) => ({ ...before, [name]: written }));
  const submitted = async (event) => {
    event.preventDefault();
    setSaving(true);
    setError(null);
    try {
      const answer = await save(record);
      say(text("form.saved"));
      done?.(answer);
    } catch (trouble) {
      setError(trouble);
    } finally {
      setSaving(false);
    }
  };
  return html`
    <form class="card form-card" onSubmit=${submitted}>
      <div class="form-grid">
        ${fields.map((field) => html`<${Control} key=${field.name} field=${field} value=${record[field.name]} error=${errorAt(error, field.name)} onChange=${(written) => change(field.name, written)} />`)}
      </div>
      ${children?.(record, change, (name) => errorAt(error, name))}
      <${ErrorNotice} error=${error} />
      <div class="form-foot"><button class="button" disabled=${isSaving}>${submit}</button></div>
    </form>
  `;
}

/** What the server said against /name, or below it. @param {unknown} error @param {string} name */
function errorAt(error, name) {
  if (!(error instanceof Refused)) return undefined;
  const found = (error.problem.errors ?? []).find(({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
  return found?.detail;
}

function Control({ field, value, error, onChange }) {
  const { label, hint, kind = "text" } = field;
  if (kind === "flag") {
    return html`
      <label class="flag">
        <input type="checkbox" checked=${value ?? false} onChange=${(event) => onChange(event.target.checked)} />
        <span>${label}</span>
      </label>
    `;
  }
  if (kind === "choices") return html`<${Choices} field=${field} value=${value ?? []} onChange=${onChange} />`;
  return html`<${Field} label=${label} hint=${hint} error=${error}><${Input} field=${field} value=${value} onChange=${onChange} /><//>`;
}

function Input({ field, value, onChange }) {
  const { kind = "text", options = [], isRequired = false, longest = 200 } = field;
  const write = (event) => onChange(event.target.value);
  if (kind === "long") return html`<textarea required=${isRequired} maxlength=${longest} value=${value ?? ""} onInput=${write}></textarea>`;
  if (kind === "choice") {
    return html`
      <select required=${isRequired} value=${value ?? ""} onChange=${(event) => onChange(event.target.value || null)}>
        ${(!isRequired || !value) && html`<option value="">—</option>`}
        ${options.map((option) => html`<option value=${option.value} selected=${option.value === value}>${option.label}</option>`)}
      </select>
    `;
  }
  if (kind === "number") return html`<input type="number" step="1" required=${isRequired} value=${value ?? ""} onInput=${(event) => onChange(event.target.value === "" ? null : Number(event.target.value))} />`;
  if (kind === "date") return html`<input type="date" required=${isRequired} value=${value ?? ""} onInput=${(event) => onChange(event.target.value || null)} />`;
  const type = kind === "password" ? "password" : "text";
  return html`<input type=${type} autocomplete=${kind === "password" ? "new-password" : "off"} required=${isRequired} maxlength=${longest} value=${value ?? ""} onInput=${write} />`;
}

function Choices({ field: { label, options = [] }, value, onChange }) {
  const toggle = (one) => onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one]);
  return html`
    <fieldset class="choices">
      <legend class="field-label">${label}</legend>
      ${options.map(
        (option) => html`
          <label class="flag">
            <input type="checkbox" checked=${value.includes(option.value)} onChange=${() => toggle(option.value)} />
            <span>${option.label}</span>
          </label>
        `,
      )}
    </fieldset>
  `;
}
