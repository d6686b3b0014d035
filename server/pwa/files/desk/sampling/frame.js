/** What every screen of the sampling desk has: its views, the question, and what concerns all of it. */

import { say } from "../../shared/messages.js";
import { text } from "../../shared/language.js";
import { Page } from "../parts/page.js";
import { html, useQuery } from "../view.js";
import { useTables } from "./holdings.js";
import { addressOf, ruleOf, tableOf } from "./question.js";

/**
 * @param {object} properties
 * @param {"plan" | "compare" | "lever" | "draw" | "tables"} properties.view
 * @param {string} properties.title
 * @param {string} [properties.lead]
 * @param {(() => void) | null} [properties.csv] hands out what the screen shows
 * @param {(tables: import("../../sampling/tables.js").SamplingTables, query: Record<string, string>) => any} properties.children
 */
export function SamplingPage({ view, title, lead, csv, children }) {
  const { tables, error, again } = useTables();
  const query = useQuery();
  return html`
    <${Page} title=${title} lead=${lead} error=${error} again=${again} isLoading=${!tables && !error} actions=${html`<${Actions} csv=${csv} />`}>
      <${Views} view=${view} query=${query} />
      ${tables && children(tables, query)}
      ${tables && html`<p class="muted small standard-note">${text("standard.note", { standard: tables.standard })}</p>`}
    <//>
  `;
}

function Views({ view, query }) {
  const views = [
    { name: "plan", path: "sampling", label: text("views.plan") },
    { name: "tables", path: `sampling/tables/${tableOf(ruleOf(query))}`, label: text("views.tables") },
    { name: "compare", path: "sampling/compare", label: text("views.compare") },
    { name: "lever", path: "sampling/lever", label: text("views.lever") },
    { name: "draw", path: "sampling/draw", label: text("views.draw") },
  ];
  return html`
    <nav class="views" aria-label=${text("views.label")}>
      ${views.map(({ name, path, label }) => html`<a href=${addressOf(path, query)} aria-current=${name === view ? "page" : null}>${label}</a>`)}
    </nav>
  `;
}

function Actions({ csv }) {
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    say(text("link.copied"));
  };
  return html`
    ${
      // Only pages served over HTTPS may write to the clipboard; the address bar holds the link anyway.
      navigator.clipboard && html`<button class="button quiet" type="button" onClick=${() => void copy()}>${text("link.copy")}</button>`
    }
    <button class="button quiet" type="button" onClick=${() => window.print()}>${text("print")}</button>
    ${csv && html`<button class="button quiet" type="button" onClick=${csv}>CSV</button>`}
  `;
}
