/** What surrounds every screen of the desk: signing in, the sections, who is signed in. */

import { language, text, useLanguage } from "../shared/language.js";
import { Messages } from "../shared/messages.js";
import { NewVersion } from "../shared/new_version.js";
import { match } from "../shared/router.js";
import { html, useEffect, useState } from "../shared/view.js";
import { Alone, isAlone, useAway } from "./alone.js";
import { isSignedIn } from "./api.js";
import { Navigation } from "./navigation.js";
import { NotYours } from "./parts/not_yours.js";
import { ErrorNotice } from "./parts/problem.js";
import { permissionsFor, ROUTES } from "./routes.js";
import { account, may, onSession, reason, resume } from "./session.js";
import { SignIn } from "./sign_in.js";

export function Frame() {
  const [, drawAgain] = useState(0);
  const [opened, setOpened] = useState(/** @type {any} */ (null));

  useEffect(() => {
    const again = () => drawAgain((n) => n + 1);
    const open = () => void openScreen(setOpened);
    const stop = onSession(again);
    window.addEventListener("hashchange", open);
    window.addEventListener("yanshou-language", again);
    open();
    return () => {
      stop();
      window.removeEventListener("hashchange", open);
      window.removeEventListener("yanshou-language", again);
    };
  }, []);

  const reader = account();
  const isAway = useAway(!reader && !isSignedIn());
  if (!reader && isSignedIn()) return html`<main class="desk-main">${reason() && html`<${ErrorNotice} error=${reason()} again=${resume} />`}</main>`;
  const screen = (whose) => html`<${opened.screen} key=${opened.name + whose + language()} ...${opened.parameters} />`;
  if (!reader && isAlone(opened, isAway)) return html`<${Alone} chooseLanguage=${chooseLanguage}>${screen("")}<//><${Messages} />`;
  if (!reader) return html`<${SignIn} chooseLanguage=${chooseLanguage} isAway=${isAway} />`;
  return html`
    <${NewVersion} />
    <div class="desk">
      <${Navigation} current=${opened?.route.tab ?? null} chooseLanguage=${chooseLanguage} />
      ${opened && !mayOpen(opened) && html`<${NotYours} />`}
      ${opened && mayOpen(opened) && screen(reader.id)}
    </div>
    <${Messages} />
  `;
}

function mayOpen({ route, address }) {
  return permissionsFor(address, route.tab).every(may);
}

/** Exchange the language at once, everywhere. @param {string} wanted */
async function chooseLanguage(wanted) {
  await useLanguage(wanted);
  document.title = text("app.title");
  window.dispatchEvent(new Event("yanshou-language"));
}

async function openScreen(setOpened) {
  const address = location.hash || "#/";
  const found = match(ROUTES, address) ?? match(ROUTES, "#/");
  if (!found) return;
  const { default: screen } = await found.route.load();
  // A slower, older screen must not replace the one opened since.
  if ((location.hash || "#/") !== address) return;
  // A screen that stands beside its list names itself: it stays while the address changes.
  const name = screen.staysFor ?? address.split("?")[0];
  setOpened({ screen, name, address, ...found });
  if (!screen.staysFor) window.scrollTo(0, 0);
}
