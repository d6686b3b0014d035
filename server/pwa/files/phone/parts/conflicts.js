/**
 * Where somebody else had changed the same thing: both sides, side by side, and which one stands.
 * Until the person chooses, the server's stands; a manager sees the other side, too.
 */

import { resolve, valueAt } from "../../merging/merging.js";
import { moment, text, word } from "../../shared/language.js";
import { session } from "../session/session.js";
import { tellChange } from "../storage/changes.js";
import { capture } from "../storage/outbox.js";
import { seen } from "../storage/records.js";
import { html, useLive, useState } from "../view.js";
import { Choice } from "./choice.js";
import { say } from "../../shared/messages.js";

export function Conflicts() {
  const { database } = session();
  const open = useLive(async () => (await database.getAll("conflicts")).filter((conflict) => !conflict.is_seen), [database]);
  if (!open || open.length === 0) return null;
  return html`
    <section class="stack" aria-label=${text("conflict.title")}>
      <h2>${text("conflict.title")}</h2>
      <p class="muted">${text("conflict.what")}</p>
      ${open.map((conflict) => html`<${Conflict} key=${conflict.place} conflict=${conflict} />`)}
    </section>
  `;
}

function Conflict({ conflict }) {
  const [choices, setChoices] = useState(/** @type {Record<string, "mine" | "theirs">} */ ({}));
  const { collection, mine, theirs, fields } = conflict;
  const isGone = mine === null || theirs === null;
  const label = (mine ?? theirs)?.number ?? (mine ?? theirs)?.provisional_number ?? "";
  return html`
    <article class="card stack">
      <h3>${word("collection", collection)} ${label}</h3>
      <p class="muted small">${moment(conflict.noticed_at)}</p>
      ${isGone && html`<p>${text(mine === null ? "conflict.changed_elsewhere" : "conflict.deleted_elsewhere")}</p>`}
      ${!isGone && fields.map((path) => html`
        <div class="conflict" key=${path}>
          <strong>${word("field", String(path).split("/").at(-1))}</strong>
          <dl><div><dt>${text("conflict.mine")}</dt><dd>${shown(valueAt(mine, path))}</dd></div><div><dt>${text("conflict.theirs")}</dt><dd>${shown(valueAt(theirs, path))}</dd></div></dl>
          <${Choice} label=${word("field", String(path).split("/").at(-1))} value=${choices[path] ?? "theirs"} options=${[{ value: "mine", label: text("conflict.take_mine") }, { value: "theirs", label: text("conflict.keep_theirs") }]} onChoose=${(side) => setChoices((all) => ({ ...all, [path]: side }))} />
        </div>`)}
      <button class="button" type="button" onClick=${() => settle(conflict, choices)}>${text("conflict.done")}</button>
    </article>
  `;
}

/** What was chosen becomes an edit like any other, made from what the server has now. */
async function settle(conflict, choices) {
  const { database } = session();
  const { collection, id, mine, fields } = conflict;
  const now = await seen(database, collection, id);
  const wantsMine = fields.some((path) => choices[path] === "mine");
  if (wantsMine && now && mine) {
    const clashes = fields.map((path) => ({ path, base: null, mine: null, theirs: null, together: [path] }));
    const document = resolve({ status: "conflict", document: now.document, clashes, sealed: [] }, mine, choices);
    await capture(database, [{ collection, document }]);
  }
  await database.put("conflicts", { ...conflict, is_seen: true });
  tellChange();
  say(text("conflict.settled"));
}

function shown(value) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "boolean") return value ? "✓" : "✕";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
