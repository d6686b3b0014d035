/** The sign-in form. */

import { text } from "../shared/language.js";
import { html, useRef, useState } from "../shared/view.js";
import { OpenWithoutNetwork } from "./alone.js";
import { Languages } from "./navigation.js";
import { ErrorNotice } from "./parts/problem.js";
import { ServiceState } from "./parts/service_state.js";
import { begin, reason } from "./session.js";

/** @param {{chooseLanguage: (wanted: string) => Promise<void>, isAway: boolean}} properties */
export function SignIn({ chooseLanguage, isAway }) {
  const [error, setError] = useState(/** @type {unknown} */ (reason()));
  const [isBusy, setBusy] = useState(false);
  const password = useRef(/** @type {HTMLInputElement | null} */ (null));

  const submit = async (event) => {
    event.preventDefault();
    const given = new FormData(event.target);
    setBusy(true);
    setError(null);
    try {
      await begin(String(given.get("username")).trim(), String(given.get("password")));
    } catch (refused) {
      setBusy(false);
      setError(refused);
      password.current?.select();
      password.current?.focus();
    }
  };

  return html`
    <header class="bar">
      <div class="bar-row">
        <img src="app/icon.svg" alt="" width="34" height="34" class="brand-mark" />
        <p class="brand">${text("app.name")}</p>
        <${ServiceState} />
        <${Languages} choose=${chooseLanguage} />
      </div>
    </header>
    <main>
      <section class="sign-in">
        <h1>${text("sign_in.title")}</h1>
        <p class="muted">${text("sign_in.lead")}</p>
        <${ErrorNotice} error=${error} />
        <form class="card form" onSubmit=${submit}>
          <label>
            <span>${text("sign_in.username")}</span>
            <input name="username" autocomplete="username" required autocapitalize="none" spellcheck=${false} maxlength="64" />
          </label>
          <label>
            <span>${text("sign_in.password")}</span>
            <input name="password" type="password" autocomplete="current-password" required maxlength="200" ref=${password} />
          </label>
          <button class="button" type="submit" disabled=${isBusy}>${text("sign_in.submit")}</button>
        </form>
        <p class="muted small">${text("sign_in.hint")}</p>
        ${isAway && html`<${OpenWithoutNetwork} />`}
      </section>
    </main>
  `;
}
