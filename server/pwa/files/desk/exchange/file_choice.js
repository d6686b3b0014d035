/** A file to be read: dropped, or chosen. What was tried is what is taken, whatever becomes of the
 * file on the disk meanwhile. */

import { text } from "../../shared/language.js";
import { html, useState } from "../view.js";

/**
 * @param {object} properties
 * @param {string | null} properties.name of the file chosen
 * @param {boolean} properties.isBusy
 * @param {(file: {name: string, content: Blob} | null) => void} properties.choose
 * @param {(error: unknown) => void} properties.fail
 */
export function FileChoice({ name, isBusy, choose, fail }) {
  const [isOver, setOver] = useState(false);
  const read = async (file) => {
    if (!file) return;
    try {
      choose({ name: file.name, content: new Blob([await file.arrayBuffer()]) });
    } catch (error) {
      choose(null);
      fail(error);
    }
  };
  const chosen = async (event) => {
    const input = event.target;
    await read(input.files[0]);
    // So that the same file, put right meanwhile, can be chosen again.
    input.value = "";
  };
  const dropped = (event) => {
    event.preventDefault();
    setOver(false);
    if (!isBusy) void read(event.dataTransfer.files[0]);
  };
  const over = (event) => {
    event.preventDefault();
    setOver(true);
  };
  return html`
    <label class="drop" data-over=${String(isOver)} onDragOver=${over} onDragLeave=${() => setOver(false)} onDrop=${dropped}>
      <strong>${name ?? text("exchange.drop")}</strong>
      <span class="button quiet" aria-hidden="true">${text("exchange.choose")}</span>
      <span class="muted small">${text(name ? "exchange.drop_other" : "exchange.drop_hint")}</span>
      <input type="file" accept=".xlsx,.csv,.txt,text/csv" class="drop-input" aria-label=${text("exchange.choose")} disabled=${isBusy} onChange=${chosen} />
    </label>
  `;
}
