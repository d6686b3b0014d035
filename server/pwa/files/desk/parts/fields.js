/** Fields of forms and filters: a label, the control, what is wrong with it. */

import { html, useEffect, useRef, useState } from "../../shared/view.js";

const PAUSE_MS = 300;

/**
 * @param {object} properties
 * @param {string} properties.label
 * @param {string} [properties.error] why the server refused it
 * @param {string} [properties.hint]
 * @param {any} [properties.children] the control
 */
export function Field({ label, error, hint, children }) {
  return html`
    <label class=${error ? "field is-wrong" : "field"}>
      <span class="field-label">${label}</span>
      ${children}
      ${hint && html`<span class="muted small">${hint}</span>`}
      ${error && html`<span class="field-error" role="alert">${error}</span>`}
    </label>
  `;
}

/**
 * @param {object} properties
 * @param {string} properties.label
 * @param {string} properties.value
 * @param {{value: string, label: string}[]} properties.options
 * @param {(value: string) => void} properties.onChoose
 * @param {string} [properties.error]
 * @param {string} [properties.hint]
 */
export function Select({ label, value, options, onChoose, error, hint }) {
  return html`
    <${Field} label=${label} error=${error} hint=${hint}>
      <select value=${value} onChange=${(event) => onChoose(event.target.value)}>
        ${options.map((option) => html`<option value=${option.value} selected=${option.value === value}>${option.label}</option>`)}
      </select>
    <//>
  `;
}

/**
 * A field to search in; *onSearch* is called when the writer pauses.
 *
 * @param {object} properties
 * @param {string} properties.label
 * @param {string} properties.value
 * @param {(value: string) => void} properties.onSearch
 * @param {string} [properties.placeholder]
 */
export function Search({ label, value, onSearch, placeholder }) {
  const [written, setWritten] = useState(value);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const write = (event) => {
    const wanted = event.target.value;
    setWritten(wanted);
    window.clearTimeout(timer.current);
    const screen = location.hash.split("?")[0];
    timer.current = window.setTimeout(() => {
      // Who has gone on to another screen meanwhile is not searching any more: what is asked for
      // would be written into that screen's address, which would then never open.
      if (location.hash.split("?")[0] === screen) onSearch(wanted.trim());
    }, PAUSE_MS);
  };
  return html`
    <${Field} label=${label}>
      <input type="search" value=${written} placeholder=${placeholder} onInput=${write} />
    <//>
  `;
}

/** Filters in a row; they wrap. @param {{label: string, children?: any}} properties */
export function Filters({ label, children }) {
  return html`<form class="filters" role="search" aria-label=${label} onSubmit=${(event) => event.preventDefault()}>${children}</form>`;
}
