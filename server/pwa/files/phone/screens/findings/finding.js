/**
 * A finding made freely: something wrong, or something worth copying. Written as a draft on the
 * phone; handed over as a whole. One that is on the server is shown, and may be changed by whoever
 * found it until a notice names it.
 */

import { findingOfEntry } from "../../../registers/reported.js";
import { text, word } from "../../../shared/language.js";
import { Choice } from "../../parts/choice.js";
import { say } from "../../../shared/messages.js";
import { PhotoField } from "../../parts/photos/photo_field.js";
import { lastPosition } from "../../parts/photos/position.js";
import { ProblemNotice } from "../../parts/problem.js";
import { Screen } from "../../parts/screen.js";
import { goInstead } from "../../../shared/router.js";
import { session } from "../../session/session.js";
import { photosFor, useDraft } from "../../storage/drafts.js";
import { newId, now } from "../../storage/ids.js";
import { capture, erase } from "../../storage/outbox.js";
import { documents, seen } from "../../storage/records.js";
import { html, useLive } from "../../view.js";
import { WherePicker } from "../inspections/where.js";
import { answersOf } from "../registers/read.js";

const CLASSES = ["A", "B", "C"];
const NEW = "finding/new";

/** @param {{id?: string, entry?: string}} properties */
export default function Finding({ id = "", entry = "" }) {
  if (entry) return html`<${OfEntry} id=${entry} />`;
  return id ? html`<${Recorded} id=${id} />` : html`<${Written} name=${NEW} begin=${emptyFinding} />`;
}

/** What failed in a line of a register, to be put on a notice. */
function OfEntry({ id }) {
  const { database } = session();
  const held = useLive(async () => {
    const [entry, checklists, staff] = await Promise.all([seen(database, "register_entries", id), documents(database, "checklists"), documents(database, "staff_members")]);
    const template = checklists.find((one) => one.id === entry?.document.checklist_id);
    return entry && template ? { entry: entry.document, template, answers: answersOf(entry.document, template, staff) } : null;
  }, [database, id]);
  if (!held) return html`<${Screen} title=${text("findings.new")} back="#/registers" />`;
  const begin = () => ({ ...emptyFinding(), ...findingOfEntry(held.entry, held.template, held.answers) });
  return html`<${Written} name=${`${NEW}/${id}`} begin=${begin} />`;
}

/** @param {{name: string, begin: () => Record<string, any>}} properties */
function Written({ name, begin }) {
  const { database } = session();
  const { draft, change, forget } = useDraft(name, begin);
  const where = useLive(() => readPlaces(database), [database]);
  const photos = useLive(async () => (draft ? photosFor(database, "findings", draft.id) : []), [database, draft?.id]) ?? [];
  const title = text("findings.new");
  if (!draft || !where) return html`<${Screen} title=${title} back="#/inspections" />`;
  const missing = missingOf(draft);
  const save = async () => {
    const document = { ...draft, attachment_ids: [...draft.attachment_ids, ...photos], captured_at: draft.captured_at ?? now(), entered_at: now(), ...positionNow() };
    await capture(database, [{ collection: "findings", document }]);
    await forget();
    goInstead("#/inspections");
    say(text("findings.saved"));
  };
  const footer = html`<button class="button" type="button" disabled=${missing !== null} onClick=${save}>${missing ?? text("findings.save")}</button>`;
  return html`
    <${Screen} title=${title} back="#/inspections" footer=${footer}>
      <${Form} finding=${draft} change=${change} />
      ${draft.attachment_ids.length > 0 && html`<${PhotoField} title=${text("findings.photos_of_entry")} ids=${draft.attachment_ids} role="finding" owner=${ownerOf(draft)} onTaken=${null} />`}
      <${PhotoField} title=${text("findings.photos")} ids=${photos} role="finding" owner=${ownerOf(draft)} onTaken=${(photo) => capture(database, [], [photo])} onRemove=${(id) => erase(database, "attachments", id)} />
      <${WherePicker} ...${where} value=${draft} onChange=${({ site_id, unit_id, place_id, place_text }) => void change({ site_id, unit_id, place_id, place_text })} />
    <//>
  `;
}

function Recorded({ id }) {
  const { database } = session();
  const shown = useLive(async () => ({ record: await seen(database, "findings", id), ...(await readPlaces(database)) }), [database, id]);
  if (!shown) return html`<${Screen} title=${text("findings.one")} back="#/inspections" />`;
  const { record } = shown;
  if (!record) return html`<${Screen} title=${text("findings.one")} back="#/inspections"><p class="muted empty-text">${text("findings.not_here")}</p><//>`;
  const { document } = record;
  const notice = document.corrective_action_id;
  const isNotice = document.kind === "nonconformity";
  const footer = notice
    ? html`<a class="button" href=${`#/actions/${notice}`}>${text("findings.to_notice")}</a>`
    : isNotice && html`<a class="button" href="#/notices/new">${text("actions.new")}</a>`;
  return html`
    <${Screen} title=${document.title} back="#/inspections" footer=${footer}>
      ${record.problem && html`<${ProblemNotice} problem=${record.problem} />`}
      <${FindingCard} finding=${document} names=${new Map([...shown.units, ...shown.places].map((one) => [one.id, one.name]))} />
    <//>
  `;
}

/** @param {{finding: Record<string, any>, names: Map<string, string>}} properties */
export function FindingCard({ finding, names }) {
  const where = [names.get(finding.unit_id), names.get(finding.place_id) ?? finding.place_text].filter(Boolean).join(" · ");
  const isGood = finding.kind === "good_practice";
  return html`
    <section class="card finding-card">
      <p class="finding-head">
        <strong>${finding.title}</strong>
        <span class=${isGood ? "tag is-ok" : "tag is-bad"}>${isGood ? text("findings.good") : word("class", finding.effective_class ?? finding.nonconformity_class)}</span>
        ${finding.repeat_of && html`<span class="tag is-bad">${text("actions.repeat")}</span>`}
      </p>
      ${finding.description && html`<p>${finding.description}</p>`}
      ${(where || finding.clause) && html`<p class="muted small">${[where, finding.clause].filter(Boolean).join(" · ")}</p>`}
      ${finding.attachment_ids.length > 0 && html`<${PhotoField} title=${text("findings.photos")} ids=${finding.attachment_ids} role="finding" owner=${ownerOf(finding)} onTaken=${null} />`}
    </section>
  `;
}

function Form({ finding, change }) {
  const kinds = [{ value: "nonconformity", label: text("findings.bad"), tone: "bad" }, { value: "good_practice", label: text("findings.good"), tone: "ok" }];
  const isBad = finding.kind === "nonconformity";
  return html`
    <section class="card stack">
      <${Choice} label=${text("findings.kind")} options=${kinds} value=${finding.kind} onChoose=${(kind) => void change({ kind, nonconformity_class: kind === "nonconformity" ? finding.nonconformity_class : null })} />
      ${isBad && html`<${Choice} label=${text("findings.class")} options=${CLASSES.map((name) => ({ value: name, label: word("class", name), tone: name === "A" ? "bad" : "part" }))} value=${finding.nonconformity_class} onChoose=${(name) => void change({ nonconformity_class: name })} />`}
      <label class="labelled"><span>${text("findings.title")}</span><input class="field" type="text" maxlength="200" value=${finding.title} onInput=${(event) => void change({ title: event.target.value })} /></label>
      <label class="labelled"><span>${text("findings.description")}</span><textarea class="field" rows="3" maxlength="2000" value=${finding.description} onInput=${(event) => void change({ description: event.target.value })}></textarea></label>
    </section>
  `;
}

/** @param {Record<string, any>} finding */
const ownerOf = ({ id, site_id: siteId }) => ({ owner_collection: "findings", owner_id: id, site_id: siteId });

/** What is still to be said, or null. */
function missingOf(finding) {
  if (finding.kind === "nonconformity" && !finding.nonconformity_class) return text("findings.say_class");
  return finding.title.trim() ? null : text("findings.say_title");
}

function emptyFinding() {
  const empty = { source_collection: null, source_id: null, checklist_code: null, checklist_version: null, item_id: null, supplier_id: null };
  const { user } = session();
  return {
    id: newId(),
    site_id: user.sites[0]?.site_id ?? null,
    kind: "nonconformity",
    title: "",
    description: "",
    nonconformity_class: null,
    clause: "",
    ...empty,
    unit_id: null,
    place_id: null,
    place_text: "",
    attachment_ids: [],
    is_fixed_on_the_spot: false,
    fixed_attachment_ids: [],
    captured_at: now(),
  };
}

function positionNow() {
  const position = lastPosition();
  return { latitude: position?.latitude ?? null, longitude: position?.longitude ?? null };
}

async function readPlaces(database) {
  const { user } = session();
  const [units, places] = await Promise.all([documents(database, "units"), documents(database, "places")]);
  return { units, places, sites: user.sites.map((site) => ({ id: site.site_id, name: site.site_name })) };
}
