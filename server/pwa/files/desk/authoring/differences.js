/** What changed between two versions, before and after side by side. */

import { either, text, word } from "../../shared/language.js";
import { html } from "../view.js";
import { limitWords } from "./limit_words.js";

/** @param {{differences: any[], document: any}} properties */
export function Differences({ differences, document }) {
  if (differences.length === 0) return html`<p class="muted">${text("authoring.no_differences")}</p>`;
  const names = new Map([...document.head_items, ...document.items].map((item) => [item.id, either(item)]));
  return html`
    <ul class="differences">
      ${differences.map(
        (one) => html`
          <li key=${one.change + one.pointer} data-change=${one.change}>
            <strong>${word("change", one.change)}</strong>
            <span>${titleOf(one, names)}</span>
            ${one.change === "changed" && html`<span class="muted">${word("item_field", one.pointer.split("/").at(-1))}</span><p class="difference"><del>${valueOf(one, one.before)}</del> <ins>${valueOf(one, one.after)}</ins></p>`}
          </li>
        `,
      )}
    </ul>
  `;
}

const valueOf = ({ pointer }, value) => (value && pointer.endsWith("/limits") ? limitWords(value) || shown(value) : shown(value));

function titleOf({ item_id: id, before, after }, names) {
  if (id === null) return "";
  const given = names.get(id) ?? (before?.zh ? either(before) : after?.zh ? either(after) : "");
  return `${id} ${given}`;
}

/** A value as it reads best: text in the reader's language, anything deeper as it is kept. */
export function shown(value) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "boolean") return text(value ? "authoring.yes" : "authoring.no");
  if (typeof value !== "object") return String(value);
  if ("zh" in value && "en" in value && Object.keys(value).length === 2) return either(value);
  return JSON.stringify(value).replaceAll(/[{}"]/g, "").replaceAll(",", ", ").replaceAll(":", ": ");
}
