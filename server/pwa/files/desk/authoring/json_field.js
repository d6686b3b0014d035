/** What the form has no fields for, as JSON: kept only while it can be read. */

import { text } from "../../shared/language.js";
import { Field } from "../parts/fields.js";
import { html, useEffect, useState } from "../view.js";

/** @param {{label: string, hint?: string, value: any, onChange: (value: any) => void}} properties */
export function JsonField({ label, hint, value, onChange }) {
  const [written, setWritten] = useState(() => shown(value));
  const [isWrong, setWrong] = useState(false);
  useEffect(() => {
    if (!isWrong) setWritten(shown(value));
  }, [shown(value)]);
  const write = (event) => {
    setWritten(event.target.value);
    try {
      const read = event.target.value.trim() ? JSON.parse(event.target.value) : null;
      setWrong(false);
      onChange(read);
    } catch {
      setWrong(true);
    }
  };
  return html`
    <${Field} label=${label} hint=${hint} error=${isWrong ? text("authoring.not_json") : undefined}>
      <textarea class="code" rows="4" spellcheck=${false} value=${written} onInput=${write}></textarea>
    <//>
  `;
}

const shown = (value) => (value === null || value === undefined ? "" : JSON.stringify(value, null, 1));
