/** A button that opens the system's camera or its pictures. */

import { html, useRef } from "../../view.js";
import { Icon } from "../../../shared/icons.js";

/**
 * @param {object} properties
 * @param {"camera" | "gallery"} properties.source
 * @param {string} properties.label
 * @param {string} properties.name for screen readers
 * @param {string} properties.look its class
 * @param {(files: File[]) => void} properties.done
 */
export function Pick({ source, label, name, look, done }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const picked = () => {
    const field = /** @type {HTMLInputElement} */ (input.current);
    const files = [...(field.files ?? [])];
    // The same file again is a choice, too.
    field.value = "";
    done(files);
  };
  return html`
    <label class=${look}>
      <input ref=${input} class="visually-hidden" type="file" accept="image/*" capture=${source === "camera" ? "environment" : null}
        multiple=${source === "gallery"} aria-label=${name} onChange=${picked} />
      <${Icon} name=${source} />
      <span aria-hidden="true">${label}</span>
    </label>
  `;
}
