/** What an import did, where it can be seen, and the passwords that are told this once. */

import { number, text } from "../../shared/language.js";
import { downloadCsv } from "../parts/download.js";
import { Table } from "../parts/table.js";
import { html } from "../view.js";

const PLACES = { suppliers: "suppliers", products: "products", users: "people" };

/** @param {{taken: any, again: () => void}} properties */
export function ImportResult({ taken: { kind, counts, passwords }, again }) {
  return html`
    <section class="card import-step" role="status">
      <h3>${text("exchange.done")}</h3>
      <p>${text("exchange.done_counts", { created: number(counts.created), changed: number(counts.changed), unchanged: number(counts.unchanged) })}</p>
      <div class="document-buttons">
        <a class="button" href=${`#/administration/${PLACES[kind]}`}>${text("exchange.see")}</a>
        <button class="button quiet" type="button" onClick=${again}>${text("exchange.another")}</button>
      </div>
    </section>
    ${passwords.length > 0 && html`<${Passwords} passwords=${passwords} />`}
  `;
}

function Passwords({ passwords }) {
  const save = () => downloadCsv([[text("people.username"), text("people.password")], ...passwords.map((one) => [one.username, one.password])], "passwords.csv");
  return html`
    <section class="import-step" aria-label=${text("exchange.passwords")}>
      <div class="card once import-step">
        <h3>${text("exchange.passwords")}</h3>
        <p>${text("exchange.passwords_once")}</p>
        <div class="document-buttons"><button class="button" type="button" onClick=${save}>${text("exchange.passwords_save")}</button></div>
      </div>
      <${Table} label=${text("exchange.passwords")} rows=${passwords} idOf=${(one) => one.username} columns=${[
        { title: text("people.username"), isName: true, shown: (one) => one.username },
        { title: text("people.password"), shown: (one) => html`<code>${one.password}</code>` },
      ]} />
    </section>
  `;
}
