/** Who is signed in on this phone, the language, the PIN, and leaving. */

import { counted, text, word } from "../../shared/language.js";
import { ChoosePin } from "../parts/choose_pin.js";
import { Screen } from "../parts/screen.js";
import { Languages } from "../parts/sign_in.js";
import { lock, session, signOut, UnsentWork } from "../session/session.js";
import { canSeal } from "../session/accounts.js";
import { html, useState } from "../view.js";

export default function Me() {
  const { user } = session();
  const [left, setLeft] = useState(/** @type {any} */ (null));
  const [isChanging, setChanging] = useState(false);
  const leave = async () => {
    try {
      await signOut();
    } catch (error) {
      if (!(error instanceof UnsentWork)) throw error;
      setLeft(error.left);
    }
  };
  return html`
    <${Screen} title=${text("me.title")}>
      <section class="card person">
        <span class="avatar" aria-hidden="true">${[...user.display_name][0]}</span>
        <div>
          <strong>${user.display_name}</strong> <span class="tag">${word("role", user.role)}</span>
          <p class="muted small">${user.sites.map((site) => site.site_name).join(text("app.separator"))}</p>
        </div>
      </section>
      <section class="card rows">
        <div class="row"><span>${text("app.language")}</span><${Languages} /></div>
        <a class="row" href="desk">${text("me.desk")}</a>
        <a class="row" href="#/about">${text("about.title")}</a>
        ${canSeal() && html`<button class="row" type="button" onClick=${() => setChanging(!isChanging)}>${text("pin.change")}</button>`}
        <button class="row" type="button" onClick=${lock}>${text("me.lock")}</button>
        <button class="row is-bad" type="button" onClick=${leave}>${text("me.sign_out")}</button>
      </section>
      ${isChanging && html`<${ChoosePin} isWanted=${true} done=${() => setChanging(false)} />`}
      ${left &&
      html`
        <div class="card notice" role="alert">
          <strong>${text("me.unsent")}</strong>
          <p>${counted("me.unsent_what", left.records - left.records_safe + left.photos - left.photos_safe)}</p>
          <a class="button" href="#/safety">${text("me.unsent_way")}</a>
        </div>
      `}
    <//>
  `;
}
