/** Signing in: online once, afterwards by PIN, also without signal. */

import { deviceId, deviceName } from "../../shared/device.js";
import { counted, language, text, word } from "../../shared/language.js";
import { accounts, WrongPin } from "../session/accounts.js";
import { signIn, unlock } from "../session/session.js";
import { html, useEffect, useRef, useState } from "../view.js";
import { chooseLanguage } from "./choose_language.js";
import { say } from "../../shared/messages.js";
import { PinPad } from "./pin_pad.js";
import { ErrorNotice } from "./problem.js";

export function SignIn() {
  const [known, setKnown] = useState(/** @type {any[] | null} */ (null));
  const [chosen, setChosen] = useState(/** @type {any} */ (null));
  const refresh = async () => {
    const all = await accounts();
    setKnown(all);
    const withPin = all.filter((account) => account.sealed);
    setChosen(withPin.length === 1 ? withPin[0] : null);
  };
  useEffect(() => void refresh(), []);
  if (!known) return null;
  return html`
    <main class="screen welcome">
      <div class="welcome-head">
        <img src="app/icon.svg" alt="" width="56" height="56" />
        <h1>${text("app.name")}</h1>
        <${Languages} />
      </div>
      ${chosen?.sealed
        ? html`<${Unlock} account=${chosen} other=${() => setChosen("new")} over=${refresh} />`
        : html`<${Choice} known=${known} isNew=${chosen === "new"} choose=${setChosen} />`}
    </main>
  `;
}

export function Languages() {
  return html`
    <div class="languages" role="group" aria-label=${text("app.language")}>
      ${Object.entries({ "zh-CN": "中文", en: "EN" }).map(
        ([code, name]) => html`
          <button type="button" lang=${code} aria-pressed=${String(code === language())} onClick=${() => chooseLanguage(code)}>${name}</button>
        `,
      )}
    </div>
  `;
}

function Choice({ known, choose }) {
  const withPin = known.filter((account) => account.sealed);
  return html`
    ${withPin.length > 0 &&
    html`
      <ul class="people">
        ${withPin.map(
          (account) => html`
            <li>
              <button class="card person" type="button" onClick=${() => choose(account)}>
                <span class="avatar" aria-hidden="true">${[...account.user.display_name][0]}</span>
                <span><strong>${account.user.display_name}</strong><br /><span class="muted small">${word("role", account.user.role)}</span></span>
              </button>
            </li>
          `,
        )}
      </ul>
    `}
    <${Form} name=${withPin.length === 0 ? (known[0]?.user.username ?? "") : ""} />
  `;
}

function Form({ name }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isBusy, setBusy] = useState(false);
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const submit = async (event) => {
    event.preventDefault();
    const fields = /** @type {any} */ (form.current).elements;
    setBusy(true);
    setError(null);
    try {
      await signIn(fields.username.value.trim(), fields.password.value, { id: deviceId(), name: deviceName() });
    } catch (refusal) {
      setBusy(false);
      setError(refusal);
      fields.password.select();
    }
  };
  return html`
    <form class="card form" ref=${form} onSubmit=${submit}>
      <h2>${text("sign_in.title")}</h2>
      <${ErrorNotice} error=${error} />
      <label>
        <span>${text("sign_in.username")}</span>
        <input name="username" required autocomplete="username" autocapitalize="none" spellcheck=${false} maxlength="64" defaultValue=${name} />
      </label>
      <label>
        <span>${text("sign_in.password")}</span>
        <input name="password" type="password" required autocomplete="current-password" maxlength="200" />
      </label>
      <button class="button" type="submit" disabled=${isBusy}>${text("sign_in.submit")}</button>
      <p class="muted small">${text("sign_in.first")}</p>
    </form>
  `;
}

function Unlock({ account, other, over }) {
  const [reason, setReason] = useState("");
  const enter = async (pin) => {
    try {
      await unlock(account, pin);
    } catch (error) {
      if (!(error instanceof WrongPin)) throw error;
      if (error.left === 0) {
        say(text("pin.over"));
        return over();
      }
      setReason(counted("pin.wrong", error.left));
    }
  };
  return html`
    <section class="card unlock">
      <span class="avatar" aria-hidden="true">${[...account.user.display_name][0]}</span>
      <h2>${account.user.display_name}</h2>
      <${PinPad} label=${text("pin.enter")} reason=${reason} done=${enter} />
      <button class="button quiet" type="button" onClick=${other}>${text("pin.somebody_else")}</button>
    </section>
  `;
}
