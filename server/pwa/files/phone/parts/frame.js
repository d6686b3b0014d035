/** What surrounds every screen of somebody who is signed in: the tabs below, and messages. */

import { language, text } from "../../shared/language.js";
import { match } from "../../shared/router.js";
import { ROUTES, TABS } from "../routes.js";
import { may, onSession, session } from "../session/session.js";
import { onSync, syncNow } from "../sync/engine.js";
import { html, useEffect, useHeight, useState } from "../view.js";
import { Icon } from "../../shared/icons.js";
import { Messages } from "../../shared/messages.js";
import { NewVersion } from "../../shared/new_version.js";

export function Frame() {
  const [, drawAgain] = useState(0);
  const [opened, setOpened] = useState(/** @type {any} */ (null));

  useEffect(() => {
    const again = () => drawAgain((n) => n + 1);
    const open = () => void openScreen(setOpened);
    const stopSession = onSession((current) => {
      if (!current) return;
      again();
      open();
      void syncNow();
    });
    const stop = onSync(again);
    window.addEventListener("hashchange", open);
    window.addEventListener("yanshou-language", again);
    open();
    void syncNow();
    return () => {
      stop();
      stopSession();
      window.removeEventListener("hashchange", open);
      window.removeEventListener("yanshou-language", again);
    };
  }, []);

  const tab = opened?.route.tab ?? null;
  return html`
    <${NewVersion} />
    <div class=${tab ? "has-tabs" : ""}>
      ${opened && html`<${opened.screen} key=${opened.address + session().user.id + language()} ...${opened.parameters} />`}
    </div>
    ${tab && html`<${Tabs} current=${tab} />`}
    <${Messages} />
  `;
}

async function openScreen(setOpened) {
  const address = location.hash || "#/";
  const found = match(ROUTES, address) ?? match(ROUTES, "#/");
  if (!found) return;
  const { default: screen } = await found.route.load();
  // A slower, older screen must not replace the one opened since.
  if ((location.hash || "#/") !== address) return;
  setOpened({ address, screen, ...found });
  window.scrollTo(0, 0);
}

function Tabs({ current }) {
  const tabs = useHeight("tabs-height");
  const shown = TABS.filter(({ permission }) => permission === null || may(permission));
  return html`
    <nav class="tabs" ref=${tabs} aria-label=${text("tabs.label")}>
      ${shown.map(
        ({ name, address }) => html`
          <a href=${address} aria-current=${name === current ? "page" : null}>
            <${Icon} name=${name} />
            <span>${text(`tabs.${name}`)}</span>
          </a>
        `,
      )}
    </nav>
  `;
}
