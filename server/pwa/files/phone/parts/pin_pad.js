/** A pad of ten large keys for a PIN of four to eight digits. Works by keyboard, too. */

import { number, text } from "../../shared/language.js";
import { PIN } from "../session/accounts.js";
import { html, useEffect, useState } from "../view.js";
import { Icon } from "../../shared/icons.js";

const DIGITS_MAX = 8;

/**
 * @param {{label: string, reason?: string, done: (pin: string) => Promise<void> | void}} properties
 */
export function PinPad({ label, reason = "", done }) {
  const [digits, setDigits] = useState("");
  const [isBusy, setBusy] = useState(false);
  const press = (key) => setDigits((before) => (before + key).slice(0, DIGITS_MAX));
  const back = () => setDigits((before) => before.slice(0, -1));
  const submit = async () => {
    if (!PIN.test(digits) || isBusy) return;
    setBusy(true);
    try {
      await done(digits);
    } finally {
      setDigits("");
      setBusy(false);
    }
  };
  useEffect(() => {
    const onKey = (event) => {
      if (/^\d$/.test(event.key)) press(event.key);
      else if (event.key === "Backspace") back();
      else if (event.key === "Enter") void submit();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
  return html`
    <div class="pin">
      <p>${label}</p>
      <p class="pin-dots" role="status" aria-label=${text("pin.digits", { n: number(digits.length) })}>
        ${Array.from({ length: Math.max(4, digits.length) }, (_, place) => html`<span class=${place < digits.length ? "is-set" : ""}></span>`)}
      </p>
      <p class="pin-reason" role="alert">${reason}</p>
      <div class="pin-keys">
        ${["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((key) => html`<button type="button" onClick=${() => press(key)}>${key}</button>`)}
        <button type="button" aria-label=${text("pin.back")} onClick=${back}><${Icon} name="back" /></button>
        <button type="button" onClick=${() => press("0")}>0</button>
        <button class="is-main" type="button" aria-label=${text("pin.done")} disabled=${!PIN.test(digits) || isBusy} onClick=${submit}><${Icon} name="check" /></button>
      </div>
    </div>
  `;
}
