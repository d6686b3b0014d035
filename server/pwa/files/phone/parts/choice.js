/** A few choices side by side, each as large as a gloved thumb. */

import { html } from "../view.js";

/**
 * @param {object} properties
 * @param {string} properties.label read out, and shown if `isLabelShown`
 * @param {{value: string, label: string, tone?: "ok" | "bad" | "part" | "plain"}[]} properties.options
 * @param {string | null} properties.value
 * @param {(value: string) => void} properties.onChoose
 * @param {boolean} [properties.isDisabled]
 */
export function Choice({ label, options, value, onChoose, isDisabled = false }) {
  return html`
    <div class="choice" role="group" aria-label=${label}>
      ${options.map(
        (option) => html`
          <button type="button" data-tone=${option.tone ?? "plain"} aria-pressed=${String(option.value === value)} disabled=${isDisabled} onClick=${() => onChoose(option.value)}>${option.label}</button>
        `,
      )}
    </div>
  `;
}
