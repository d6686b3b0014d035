/** What is safe on the server, what waits, and what came back: the sync light in full. */

import { moment, number, text, word } from "../../shared/language.js";
import { Conflicts } from "../parts/conflicts.js";
import { ExportCard } from "../parts/export_card.js";
import { say } from "../../shared/messages.js";
import { ErrorNotice, ProblemNotice } from "../parts/problem.js";
import { Screen } from "../parts/screen.js";
import { StorageCard } from "../parts/storage_care.js";
import { safetyText } from "../parts/sync_light.js";
import { session } from "../session/session.js";
import { readState } from "../storage/database.js";
import { safety } from "../storage/safety.js";
import { syncByHand, syncState } from "../sync/engine.js";
import { html, useLive } from "../view.js";

export default function Safety() {
  const { database } = session();
  const shown = useLive(() => read(database), [database]);
  const { phase, error } = syncState();
  return html`
    <${Screen} title=${text("safety.title")} back="#/" footer=${html`<button class="button" type="button" onClick=${sync}>${text("safety.sync")}</button>`}>
      ${shown &&
      html`
        <section class="card">
          <p class="safety-sentence">${safetyText(shown.counts)}</p>
          <${Progress} counts=${shown.counts} />
          <p class="muted small" role="status">${word("phase", phase)}${shown.lastSync ? ` · ${text("safety.last", { time: moment(shown.lastSync) })}` : ""}</p>
          ${Math.abs(shown.ahead) > 120_000 && html`<p class="tag">${text("safety.clock", { n: number(Math.round(shown.ahead / 60_000)) })}</p>`}
        </section>
        ${phase !== "idle" && html`<${ErrorNotice} error=${error} />`}
        <${Conflicts} />
        <${Refused} refused=${shown.refused} />
        <${StorageCard} />
        <${ExportCard} />
      `}
    <//>
  `;
}

async function read(database) {
  const [counts, refused, lastSync, ahead] = await Promise.all([
    safety(database),
    refusedOnes(database),
    readState(database, "last_sync_at"),
    readState(database, "clock_ahead_ms"),
  ]);
  return { counts, refused, lastSync, ahead: ahead ?? 0 };
}

async function sync() {
  await syncByHand();
  const { phase } = syncState();
  if (phase === "idle") say(text("safety.synced"));
}

function Progress({ counts }) {
  return html`
    <label class="meter"><span>${text("safety.records", counts)}</span><progress max=${Math.max(1, counts.records)} value=${counts.records === 0 ? 1 : counts.records_safe}></progress></label>
    <label class="meter"><span>${text("safety.photos", counts)}</span><progress max=${Math.max(1, counts.photos)} value=${counts.photos === 0 ? 1 : counts.photos_safe}></progress></label>
  `;
}

/** What the server did not take: records, and photos for what is in them. */
async function refusedOnes(database) {
  const [outbox, photos] = await Promise.all([database.getAll("outbox"), database.getAllFromIndex("photos", "unsent")]);
  const all = [...outbox, ...photos.map(({ problem }) => ({ collection: "attachments", problem }))];
  return all.filter(({ problem }) => problem);
}

function Refused({ refused }) {
  if (refused.length === 0) return null;
  return html`
    <h2>${text("safety.rejected")}</h2>
    <p class="muted">${text("safety.rejected_what")}</p>
    ${refused.map(({ collection, problem }) => html`<section><h3>${word("collection", collection)}</h3><${ProblemNotice} problem=${problem} /></section>`)}
  `;
}
