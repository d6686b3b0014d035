/** The own keypad for temperatures: ± where gloves find it, frozen goods start below zero. */

import { told } from "../../shared/language.js";
import { confirm, negated, openKeypad, press, shown } from "../../receiving/temperatures.js";
import { text } from "../../shared/language.js";
import { html, useState } from "../view.js";
import { Icon } from "../../shared/icons.js";
import { Sheet } from "../../shared/sheet.js";

const ROWS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "±", "0", "."];

/**
 * @param {object} properties
 * @param {string} properties.title
 * @param {{smallest: bigint | null, largest: bigint | null}} properties.bounds in millionths
 * @param {string} properties.limit the limit in words
 * @param {string | null} properties.value entered before
 * @param {(value: string) => void} properties.done
 * @param {() => void} properties.close
 */
export function Keypad({ title, bounds, limit, value, done, close }) {
  const [keypad, setKeypad] = useState(() => openKeypad(bounds, value));
  const [question, setQuestion] = useState(/** @type {any} */ (null));
  const tap = (key) => {
    setQuestion(null);
    setKeypad((before) => press(before, key));
  };
  const take = () => {
    const result = confirm(keypad, bounds);
    setKeypad(result.keypad);
    setQuestion(result.question);
    if (result.value !== null) done(result.value);
  };
  const takeNegated = () => done(/** @type {string} */ (confirm(negated(keypad), bounds).value));
  return html`
    <${Sheet} title=${title} close=${close}>
      <output class="keypad-display">${shown(keypad) || "–"} <span class="muted">℃</span></output>
      <p class="muted small keypad-limit">${limit}</p>
      ${question &&
      html`
        <div class="keypad-question" role="alert">
          <p>${told(question)}</p>
          <button class="button" type="button" onClick=${takeNegated}>${text("keypad.minus")}</button>
        </div>
      `}
      <div class="keypad">
        ${ROWS.map((key) => html`<button type="button" onClick=${() => tap(key)}>${key}</button>`)}
        <button type="button" aria-label=${text("keypad.back")} onClick=${() => tap("⌫")}><${Icon} name="back" /></button>
        <button class="is-main" type="button" disabled=${!keypad.digits} onClick=${take}>${text(question ? "keypad.as_it_is" : "keypad.done")}</button>
      </div>
    <//>
  `;
}
