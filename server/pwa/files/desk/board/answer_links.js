/** Links by which a supplier answers a notice without an account: made, shown once, taken back. */

import { Code } from "../../shared/code.js";
import { moment, number, text } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { Sheet } from "../../shared/sheet.js";
import { html, useState } from "../../shared/view.js";
import { send } from "../api.js";
import { Badge } from "../parts/badge.js";
import { Field } from "../parts/fields.js";
import { ErrorNotice } from "../parts/problem.js";
import { may } from "../session.js";
import { useAnswer } from "../view.js";

const OVER = new Set(["closed", "withdrawn"]);

/** @param {{action: Record<string, any>}} properties */
export function AnswerLinks({ action }) {
  const isMine = may("issue_rectification_order") && action.supplier_id !== null;
  const { answer, error, again } = useAnswer(isMine ? `corrective-actions/${action.id}/answer-links` : null);
  const [isMaking, setMaking] = useState(false);
  if (!isMine) return null;
  return html`
    <section class="card links">
      <h3>${text("board.links")}</h3>
      <p class="muted small">${text("board.links_lead")}</p>
      <${ErrorNotice} error=${error} again=${again} />
      <ul class="link-list">${answer?.answer_links.map((link) => html`<li key=${link.id}><${Link} link=${link} changed=${again} /></li>`)}</ul>
      ${!OVER.has(action.status) && html`<button class="button quiet" type="button" onClick=${() => setMaking(true)}>${text("board.make_link")}</button>`}
      ${isMaking && html`<${NewLink} action=${action} close=${() => { setMaking(false); again(); }} />`}
    </section>
  `;
}

function Link({ link, changed }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const revoke = async () => {
    try {
      await send("POST", `answer-links/${link.id}/revocation`);
      say(text("board.link_revoked"));
      changed();
    } catch (failure) {
      setError(failure);
    }
  };
  return html`
    <span class="link-text">
      <strong>${link.given_to || text("board.link_nobody")}</strong>
      <${Badge} tone=${link.is_usable ? "ok" : "plain"}>${link.is_usable ? text("board.link_usable") : text("board.link_over")}<//>
      <span class="muted small">${text("board.link_until", { time: moment(link.expires_at) })}${link.last_used_at ? ` · ${text("board.link_used", { time: moment(link.last_used_at), n: number(link.answers) })}` : ""}</span>
    </span>
    ${link.is_usable && html`<button class="button quiet" type="button" onClick=${revoke}>${text("board.link_revoke")}</button>`}
    <${ErrorNotice} error=${error} />
  `;
}

function NewLink({ action, close }) {
  const [givenTo, setGivenTo] = useState(action.supplier_contact?.name ?? "");
  const [made, setMade] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const make = async (event) => {
    event.preventDefault();
    try {
      setMade(await send("POST", `corrective-actions/${action.id}/answer-links`, { given_to: givenTo.trim() }));
    } catch (failure) {
      setError(failure);
    }
  };
  const copy = async () => {
    await navigator.clipboard?.writeText(made.url).then(() => say(text("board.copied")), () => {});
  };
  return html`
    <${Sheet} title=${text("board.make_link")} close=${close}>
      ${made
        ? html`
            <p>${text("board.link_once")}</p>
            <${Code} content=${made.url} label=${text("board.link_code")} />
            <${Field} label=${text("board.link_address")}><input type="text" readonly value=${made.url} onFocus=${(event) => event.target.select()} /><//>
            <button class="button" type="button" onClick=${copy}>${text("board.copy")}</button>
          `
        : html`
            <form class="step-form" onSubmit=${make}>
              <${Field} label=${text("board.link_for")}><input type="text" maxlength="100" value=${givenTo} onInput=${(event) => setGivenTo(event.target.value)} /><//>
              <${ErrorNotice} error=${error} />
              <button class="button" type="submit">${text("board.make_link")}</button>
            </form>
          `}
    <//>
  `;
}
