/** One conflict: both sides field by field, and which of them stands. */

import { moment, text, word } from "../../shared/language.js";
import { send } from "../api.js";
import { Deed } from "../parts/deed.js";
import { Page } from "../parts/page.js";
import { html, useAnswer, useState } from "../view.js";
import { putTogether } from "./putting_together.js";
import { Steps } from "./quarantined_screen.js";

/** @param {{id: string}} properties */
export default function Conflict({ id }) {
  const { answer: conflict, error, isLoading, again } = useAnswer(`sync/conflicts/${id}`);
  return html`
    <${Page} title=${conflict ? word("collection", conflict.collection) : text("administration.conflicts")} lead=${conflict && [conflict.author.display_name, conflict.device.name, moment(conflict.received_at)].filter(Boolean).join(" · ")} back="#/administration/conflicts" error=${error} again=${again} isLoading=${isLoading}>
      ${conflict && html`<${Deciding} key=${conflict.steps.length} conflict=${conflict} done=${again} />`}
      ${conflict && html`<${Steps} steps=${conflict.steps} />`}
    <//>
  `;
}

function Deciding({ conflict, done }) {
  const clashes = conflict.comparison.filter((one) => one.clashes).map((one) => one.field);
  const [taken, setTaken] = useState(/** @type {Set<string>} */ (new Set()));
  const [isAsking, setAsking] = useState(false);
  const isOpen = conflict.resolution === null;
  const take = (field, isTaken) => setTaken((before) => new Set(isTaken ? [...before, field] : [...before].filter((one) => one !== field)));
  const decision = decide(conflict, clashes, taken);
  return html`
    <div class="table-card">
      <table class="table conflict-table" aria-label=${text("review.both_sides")}>
        <thead><tr><th scope="col">${text("review.field")}</th><th scope="col">${text("review.base")}</th><th scope="col">${text("review.current")}</th><th scope="col">${text("review.theirs")}</th></tr></thead>
        <tbody>
          ${conflict.comparison.map(
            (one) => html`
              <tr key=${one.field} data-clashes=${String(one.clashes)}>
                <th scope="row">${word("field", one.field)}</th>
                <td data-title=${text("review.base")}>${shown(one.base)}</td>
                <${Side} title=${text("review.current")} one=${one} value=${one.current} isChosen=${!taken.has(one.field)} isOpen=${isOpen} choose=${() => take(one.field, false)} />
                <${Side} title=${text("review.theirs")} one=${one} value=${one.theirs} isChosen=${taken.has(one.field)} isOpen=${isOpen} choose=${() => take(one.field, true)} />
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    ${isOpen && html`<div class="form-foot"><button class="button" type="button" onClick=${() => setAsking(true)}>${word("resolution", decision.resolution)}</button></div>`}
    ${isAsking && html`<${Deed} title=${word("resolution", decision.resolution)} effect=${text("review.resolve_effect")} run=${(reason) => send("POST", `sync/conflicts/${conflict.mutation_id}/resolve`, { ...decision, reason, current_version: conflict.current.version })} close=${() => setAsking(false)} done=${done} />`}
  `;
}

function Side({ title, one, value, isChosen, isOpen, choose }) {
  if (!one.clashes || !isOpen) return html`<td data-title=${title}>${shown(value)}</td>`;
  return html`
    <td data-title=${title}>
      <label class="flag"><input type="radio" name=${one.field} checked=${isChosen} onChange=${choose} /><span>${shown(value)}</span></label>
    </td>
  `;
}

/** What the choice of sides amounts to. */
function decide(conflict, clashes, taken) {
  if (taken.size === 0) return { resolution: "keep_current" };
  if (clashes.every((field) => taken.has(field))) return { resolution: "take_theirs" };
  return { resolution: "put_together", document: putTogether(conflict.current.document, conflict.comparison, taken) };
}

const shown = (value) => (value === null || value === undefined || value === "" ? "—" : typeof value === "object" ? JSON.stringify(value) : String(value));
