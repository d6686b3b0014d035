/** What may be declared or approved about a state: each with a reason, signed by who does it. */

import { newId } from "../../shared/device.js";
import { moment, text, word } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { Sheet } from "../../shared/sheet.js";
import { Refused, send } from "../api.js";
import { Field } from "../parts/fields.js";
import { ErrorNotice } from "../parts/problem.js";
import { account, may } from "../session.js";
import { html, useState } from "../view.js";

/** What the state leaves to be said. @param {any} state */
function offered(state) {
  return [
    ...(state.severity === "discontinued" ? ["restart_approved"] : []),
    state.reduced_desirable ? "reduced_withdrawn" : "reduced_approved",
    state.production_steady ? "production_unsteady" : "production_steady",
  ];
}

/** @param {{state: any, done: () => void}} properties */
export function Actions({ state, done }) {
  const [kind, setKind] = useState(/** @type {string | null} */ (null));
  if (!may("grant_concession")) return html`<p class="muted small">${text("declared.not_yours")}</p>`;
  return html`
    <div class="state-actions">
      ${offered(state).map(
        (one) => html`<button class=${one === "restart_approved" ? "button" : "button quiet"} type="button" aria-haspopup="dialog" onClick=${() => setKind(one)}>${word("switching_action", one)}</button>`,
      )}
    </div>
    ${kind && html`<${Signing} key=${kind} state=${state} kind=${kind} close=${() => setKind(null)} done=${done} />`}
  `;
}

function Signing({ state, kind, close, done }) {
  const [reason, setReason] = useState("");
  // The same id again: an answer that was lost on the way is no second action.
  const [id] = useState(newId);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isSending, setSending] = useState(false);
  const signer = account();
  const sign = async (event) => {
    event.preventDefault();
    setSending(true);
    try {
      await send("POST", `switching/${state.id}/actions`, { id, kind, reason: reason.trim() });
    } catch (trouble) {
      setSending(false);
      setError(trouble);
      // Somebody else was quicker: what is offered follows from the state as it is now.
      if (trouble instanceof Refused && trouble.status === 409) done();
      return;
    }
    say(text("declared.recorded"));
    close();
    done();
  };
  return html`
    <${Sheet} title=${word("switching_action", kind)} close=${close}>
      <form class="signing" onSubmit=${sign}>
        <p>${word("switching_effect", kind)}</p>
        <${Field} label=${text("declared.reason")}>
          <textarea required maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea>
        <//>
        <p class="signed-as">${text("declared.signed_as", { name: signer?.display_name ?? "", role: word("role", signer?.role) })}</p>
        <${ErrorNotice} error=${error} />
        <button class="button" disabled=${isSending || !reason.trim()}>${text("declared.sign")}</button>
      </form>
    <//>
  `;
}

/** What was declared and approved, the latest first. @param {{actions: any[]}} properties */
export function ActionLog({ actions }) {
  if (actions.length === 0) return html`<p class="muted">${text("declared.none")}</p>`;
  return html`
    <ol class="action-log">
      ${actions.toReversed().map(
        (action) => html`
          <li key=${action.id}>
            <strong>${word("switching_action", action.kind)}</strong>
            <span class="muted small">${action.user_name} · ${moment(action.recorded_at)}</span>
            <p>${action.reason}</p>
          </li>
        `,
      )}
    </ol>
  `;
}
