/** What concerns a whole draft: the sections its items lie in, and how an inspection is graded. */

import { text, word } from "../../shared/language.js";
import { Field, Select } from "../parts/fields.js";
import { html } from "../view.js";
import { withGrading, withNewSection, withoutSection, withSection } from "./content.js";

const CLASSES = ["A", "B", "C"];
const GRADES = ["pass", "basic"];
const METHODS = ["classes", "percent"];

/** @param {{work: any}} properties */
export function Sections({ work: { content, change } }) {
  const field = (section, name) => html`
    <${Field} label=${text(`authoring.${name}`)}>
      <input value=${section[name]} maxlength="500" onInput=${(event) => change((before) => withSection(before, section.id, { [name]: event.target.value }), `section.${section.id}.${name}`)} />
    <//>
  `;
  return html`
    <fieldset class="card condition sections-form">
      <legend>${text("authoring.sections")}</legend>
      ${content.sections.map(
        (section) => html`
          <div class="condition-row" key=${section.id}>
            ${field(section, "zh")} ${field(section, "en")}
            <button class="button quiet" type="button" aria-label=${`${text("authoring.remove")} ${section.zh}`} onClick=${() => change((before) => withoutSection(before, section.id))}>${text("authoring.remove")}</button>
          </div>
        `,
      )}
      <button class="button quiet" type="button" onClick=${() => change(withNewSection)}>${text("authoring.section_add")}</button>
    </fieldset>
  `;
}

/** @param {{work: any}} properties */
export function Grading({ work: { content, change, faults } }) {
  const { grading } = content;
  const methods = METHODS.map((value) => ({ value, label: word("grading_method", value) }));
  const options = grading ? methods : [{ value: "", label: text("authoring.none") }, ...methods];
  const errorAt = (place) => faults.find(({ pointer }) => pointer === `/grading/${place}`)?.detail;
  const set = (changes, mark) => change((before) => ({ ...before, grading: { ...before.grading, ...changes, is_confirmed: false } }), `grading.${mark}`);
  const most = (name, one) => html`
    <${Field} label=${`${word("grade", name)} · ${word("class", one)}`} error=${errorAt(`${name}/${one}`)}>
      <input type="number" min="0" max="1000" disabled=${one === "A"} value=${grading[name][one]} onInput=${(event) => set({ [name]: { ...grading[name], [one]: Number(event.target.value) } }, name + one)} />
    <//>
  `;
  const percent = (name) => html`
    <${Field} label=${`${word("grade", name)} ≥ %`} error=${errorAt(`${name}_percent`)}>
      <input inputmode="decimal" value=${grading[`${name}_percent`]} onInput=${(event) => set({ [`${name}_percent`]: event.target.value }, name)} />
    <//>
  `;
  return html`
    <fieldset class="card condition grading-form">
      <legend>${text("authoring.grading")}</legend>
      <${Select} label=${text("authoring.grading_method")} value=${grading?.method ?? ""} options=${options} onChoose=${(method) => change((before) => withGrading(before, method))} />
      <p class="muted small">${text(grading?.method === "percent" ? "authoring.grading_percent_hint" : "authoring.grading_classes_hint")}</p>
      ${grading?.method === "classes" && GRADES.map((name) => html`<div class="form-grid" key=${name}>${CLASSES.map((one) => most(name, one))}</div>`)}
      ${grading?.method === "percent" && html`<div class="form-grid">${GRADES.map(percent)}</div>`}
    </fieldset>
  `;
}
