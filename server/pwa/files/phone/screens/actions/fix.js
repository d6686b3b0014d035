/** Putting it right: what was done, why it came to it, what prevents it, and how it looks now. */

import { missingOf } from "../../../rectifying/lifecycle.js";
import { text } from "../../../shared/language.js";
import { say } from "../../../shared/messages.js";
import { PhotoField } from "../../parts/photos/photo_field.js";
import { Thumbnail } from "../../parts/photos/pictures.js";
import { Screen } from "../../parts/screen.js";
import { goInstead } from "../../../shared/router.js";
import { session } from "../../session/session.js";
import { photosFor, useDraft } from "../../storage/drafts.js";
import { newId, now } from "../../storage/ids.js";
import { capture, erase } from "../../storage/outbox.js";
import { html, useLive } from "../../view.js";
import { newStep } from "./notice_documents.js";
import { useNotice } from "./use_notice.js";

const COLLECTION = "corrective_action_steps";
const MOST_BEFORE = 6;

export default function Fix({ id }) {
  const shown = useNotice(id);
  const back = `#/actions/${id}`;
  if (!shown) return html`<${Screen} title=${text("actions.fix")} back=${back} />`;
  const refused = shown.refused?.find(({ document }) => document.kind === "submitted")?.document;
  if (!shown.record || !(refused || shown.allowed.includes("submitted"))) return html`<${Screen} title=${text("actions.fix")} back=${back}><p class="muted empty-text">${text("actions.no_fix")}</p><//>`;
  return html`<${Form} key=${refused?.id ?? "new"} shown=${shown} refused=${refused} back=${back} />`;
}

function Form({ shown, refused, back }) {
  const { database } = session();
  const { action, before } = shown;
  // One that was refused is said again under its own id: it was never recorded.
  const begin = () => ({ id: refused?.id ?? newId(), correction: refused?.correction ?? "", cause: refused?.cause ?? "", prevention: refused?.prevention ?? "" });
  const { draft, change, forget } = useDraft(`fix/${action.id}`, begin);
  const photos = useLive(async () => (draft ? photosFor(database, COLLECTION, draft.id) : []), [database, draft?.id]) ?? [];
  if (!draft) return html`<${Screen} title=${text("actions.fix")} back=${back} />`;
  const missing = missingOf(action, { correction: draft.correction, cause: draft.cause, prevention: draft.prevention, photos: photos.length });
  const submit = async () => {
    const { id, correction, cause, prevention } = draft;
    const document = newStep({ id, action, kind: "submitted", now: now() }, { correction: correction.trim(), cause: cause.trim(), prevention: prevention.trim(), attachment_ids: photos });
    await capture(database, [{ collection: COLLECTION, document }]);
    await forget();
    goInstead(back);
    say(text("actions.submitted"));
  };
  const isOrder = action.kind === "rectification_order";
  const field = (name, label, isWanted) => html`
    <label class="labelled"><span>${label}${isWanted ? " *" : ""}</span>
      <textarea class="field" rows="3" maxlength="2000" value=${draft[name]} onInput=${(event) => void change({ [name]: event.target.value })}></textarea></label>
  `;
  const footer = html`<button class="button" type="button" disabled=${missing.length > 0} onClick=${submit}>${missing.length > 0 ? MISSING[missing[0]]() : text("actions.submit")}</button>`;
  return html`
    <${Screen} title=${text("actions.fix")} subtitle=${action.title} back=${back} footer=${footer}>
      ${action.requirement && html`<section class="card"><p class="muted small">${text("actions.requirement")}</p><p>${action.requirement}</p></section>`}
      ${before.length > 0 && html`<section class="card"><p class="muted small">${text("actions.before")}</p><div class="before-photos">${before.slice(0, MOST_BEFORE).map((id) => html`<${Thumbnail} key=${id} id=${id} alt=${text("actions.before")} />`)}</div></section>`}
      <section class="card">
        <${PhotoField} title=${text("actions.after")} ids=${photos} required=${1} role="after" before=${before[0] ?? null}
          owner=${{ owner_collection: COLLECTION, owner_id: draft.id, site_id: action.site_id }}
          onTaken=${(photo) => capture(database, [], [photo])} onRemove=${(id) => erase(database, "attachments", id)} />
      </section>
      <section class="card stack">
        ${field("correction", text("actions.correction"), true)} ${field("cause", text("actions.cause"), isOrder)} ${field("prevention", text("actions.prevention"), isOrder)}
      </section>
    <//>
  `;
}

const MISSING = {
  photos: () => text("actions.need_photo"),
  correction: () => text("actions.need_correction"),
  cause: () => text("actions.need_cause"),
  prevention: () => text("actions.need_prevention"),
};
