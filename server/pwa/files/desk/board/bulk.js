/**
 * What may be done to many notices at once: closing those that somebody has verified. Verifying is
 * not among it: each one is looked at.
 */

import { newId } from "../../shared/ids.js";
import { counted, text } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { Sheet } from "../../shared/sheet.js";
import { html, useState } from "../../shared/view.js";
import { ErrorNotice } from "../parts/problem.js";
import { isPossible, takeStep } from "./judging.js";

/** @param {{lane: string, entries: Record<string, any>[], taken: () => void}} properties */
export function CloseAll({ lane, entries, taken }) {
  const [isAsked, setAsked] = useState(false);
  const closable = entries.filter((action) => isPossible(action, "closed"));
  if (lane !== "verified" || closable.length === 0) return null;
  return html`
    <button class="button quiet" type="button" onClick=${() => setAsked(true)}>${counted("board.close_all", closable.length)}</button>
    ${isAsked && html`<${CloseSheet} actions=${closable} close=${() => setAsked(false)} taken=${taken} />`}
  `;
}

function CloseSheet({ actions, close, taken }) {
  const [state, setState] = useState({ isSending: false, error: /** @type {unknown} */ (null) });
  const closeThem = async () => {
    setState({ isSending: true, error: null });
    let done = 0;
    try {
      for (const action of actions) {
        await takeStep(action, "closed", {}, newId());
        done += 1;
      }
    } catch (error) {
      setState({ isSending: false, error });
    }
    taken();
    if (done < actions.length) return;
    say(counted("board.closed_all", done));
    close();
  };
  return html`
    <${Sheet} title=${text("board.close_title")} close=${close}>
      <p>${counted("board.close_sure", actions.length)}</p>
      <ul class="close-list">${actions.map((action) => html`<li key=${action.id}>${action.number} · ${action.title}</li>`)}</ul>
      <${ErrorNotice} error=${state.error} />
      <button class="button" type="button" disabled=${state.isSending} onClick=${closeThem}>${counted("board.close_all", actions.length)}</button>
    <//>
  `;
}
