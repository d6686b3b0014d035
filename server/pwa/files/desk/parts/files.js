/** Files to be taken along: a button for each, and while one comes, how much of it has come. */

import { number, text } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { withQuery } from "../view.js";
import { download } from "./download.js";
import { ErrorNotice } from "./problem.js";

const MEGABYTE = 1_000_000;

/**
 * @typedef {object} FileOffered
 * @property {string} label what the button says
 * @property {string} [told] what is read out, where the label alone does not say it
 * @property {string} path below /api/v1/
 * @property {string} name it is saved under
 */

/** @param {{label: string, files: FileOffered[]}} properties *label* names the group, read out */
export function FileButtons({ label, files }) {
  const [coming, setComing] = useState(/** @type {{path: string, bytes: number} | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const take = async ({ path, name }) => {
    setError(null);
    setComing({ path, bytes: 0 });
    try {
      await download(path, name, (bytes) => setComing({ path, bytes }));
    } catch (why) {
      setError(why);
    }
    setComing(null);
  };
  return html`
    <div class="files" role="group" aria-label=${label}>
      <div class="document-buttons">
        ${files.map((file) => html`<button class="button quiet" key=${file.path} type="button" aria-label=${file.told} disabled=${coming !== null} onClick=${() => void take(file)}>${file.label}</button>`)}
      </div>
      ${coming && html`<p class="muted small" role="status">${arrived(coming.bytes)}</p>`}
      <${ErrorNotice} error=${error} />
    </div>
  `;
}

/** A service that makes a file says nothing until it has begun to send it. @param {number} bytes */
const arrived = (bytes) => (bytes === 0 ? text("files.being_made") : text("files.arrived", { size: number(Math.ceil((bytes / MEGABYTE) * 10) / 10) }));

/**
 * One list whole, as the filters leave it: from the server, not from what the page has loaded.
 *
 * @param {{list: string, filters?: Record<string, any>, label: string}} properties
 */
export function ListFiles({ list, filters = {}, label }) {
  const files = ["csv", "xlsx"].map((kind) => ({
    label: kind === "csv" ? "CSV" : "Excel",
    told: text("files.list_as", { list: label, kind: kind === "csv" ? "CSV" : "Excel" }),
    path: withQuery(`reports/${list}.${kind}`, filters),
    name: `${list}.${kind}`,
  }));
  return html`<${FileButtons} label=${label} files=${files} />`;
}
