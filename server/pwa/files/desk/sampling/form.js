/** The question: lot size, AQL, level, severity, type. Answered while one writes. */

import { text, told, word } from "../../shared/language.js";
import { Field, Select } from "../parts/fields.js";
import { changeQuery, html, useEffect, useRef } from "../view.js";
import { INSPECTION_SEVERITIES, PLAN_TYPES, ruleOf } from "./question.js";

/**
 * @param {object} properties
 * @param {import("../../sampling/tables.js").SamplingTables} properties.tables
 * @param {Record<string, string>} properties.query
 * @param {import("../../sampling/errors.js").SamplingError | null} [properties.refused]
 * @param {boolean} [properties.hasLot] whether one lot is asked about
 * @param {boolean} [properties.hasAql]
 * @param {boolean} [properties.hasRule] whether severity and type are asked for
 * @param {any} [properties.children] further fields
 */
export function QuestionForm({ tables, query, refused, hasLot = true, hasAql = true, hasRule = true, children }) {
  const rule = ruleOf(query);
  const wrong = (argument) => (refused && refused.argument === argument ? told(refused.text) : undefined);
  // What has no field here, such as a measure in a hand-written address, is told below them.
  const elsewhere = refused && refused.argument === "quality_measure" ? told(refused.text) : null;
  const choose = (name) => (value) => changeQuery({ [name]: value, cell: null });
  const chooseAql = (value) => {
    const above = tables.aqls.indexOf(value) > tables.aqls.indexOf("10");
    // Above 10 an AQL can only count nonconformities.
    changeQuery({ aql: value, cell: null, ...(above ? { measure: null } : {}) });
  };
  return html`
    <form class="card question" aria-label=${text("question.label")} onSubmit=${(event) => event.preventDefault()}>
      ${hasLot && html`<${LotSize} value=${query.n ?? ""} error=${wrong("lot_size")} />`}
      ${
        hasAql &&
        html`<${Select} label=${text("question.aql")} value=${rule.aql} options=${same(withValue(tables.aqls, rule.aql))} onChoose=${chooseAql} error=${wrong("aql")} />`
      }
      <${Select}
        label=${text("question.level")}
        value=${rule.inspection_level}
        options=${same(withValue(tables.inspectionLevels, rule.inspection_level))}
        onChoose=${choose("level")}
        error=${wrong("inspection_level")}
      />
      ${hasRule && html`<${Choice} name="severity" label=${text("question.severity")} wordOf=${(value) => word("severity_short", value)} values=${INSPECTION_SEVERITIES} value=${rule.inspection_severity} onChoose=${choose("severity")} error=${wrong("inspection_severity")} />`}
      ${hasRule && html`<${Choice} name="type" label=${text("question.type")} wordOf=${(value) => word("plan_type", value)} values=${PLAN_TYPES} value=${rule.plan_type} onChoose=${choose("type")} error=${wrong("plan_type")} />`}
      ${children}
      ${elsewhere && html`<p class="field-error" role="alert">${elsewhere}</p>`}
    </form>
  `;
}

function LotSize({ value, error }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    // Whoever comes to look a plan up writes at once; on a phone the keyboard would hide the rest.
    if (!value && window.matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);
  return html`
    <${Field} label=${text("question.lot_size")} error=${error}>
      <input ref=${field} class="lot-size" inputmode="numeric" autocomplete="off" value=${value} placeholder="2 … 1 000 000 000"
        aria-invalid=${error ? "true" : null} onInput=${(event) => changeQuery({ n: event.target.value.trim(), cell: null })} />
    <//>
  `;
}

/** A few values side by side, one of them chosen. */
export function Choice({ name, label, wordOf, values, value, onChoose, error }) {
  return html`
    <fieldset class="choice">
      <legend class="field-label">${label}</legend>
      <div class="choice-values">
        ${values.map(
          (one) => html`
            <label><input type="radio" name=${name} value=${one} checked=${one === value} onChange=${() => onChoose(one)} /><span>${wordOf(one)}</span></label>
          `,
        )}
      </div>
      ${error && html`<span class="field-error" role="alert">${error}</span>`}
    </fieldset>
  `;
}

// A value of a hand-written address that the standard does not know stays visible, with its error.
const withValue = (values, value) => (values.includes(value) ? values : [value, ...values]);
const same = (values) => values.map((value) => ({ value, label: value }));
