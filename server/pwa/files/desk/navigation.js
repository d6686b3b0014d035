/** The sections: at the side where there is room, below on a phone; and who is signed in. */

import { Icon } from "../shared/icons.js";
import { language, text, word } from "../shared/language.js";
import { Sheet } from "../shared/sheet.js";
import { html, useHeight, useState } from "../shared/view.js";
import { ServiceState } from "./parts/service_state.js";
import { SECTIONS } from "./routes.js";
import { account, end, may } from "./session.js";

const LANGUAGES = { "zh-CN": "中文", en: "EN" };
// As many as a thumb tells apart; the others are behind "more".
const TABS = 4;

/** @param {{current: string | null, chooseLanguage: (wanted: string) => Promise<void>}} properties */
export function Navigation({ current, chooseLanguage }) {
  const sections = SECTIONS.filter(({ permission }) => permission === null || may(permission));
  return html`
    <header class="side">
      <div class="side-head">
        <img src="app/icon.svg" alt="" width="34" height="34" class="brand-mark" />
        <h1 class="brand">${text("app.name")}</h1>
        <${ServiceState} />
      </div>
      <nav class="sections" aria-label=${text("sections.label")}>
        ${sections.map((section) => html`<${Section} ...${section} isCurrent=${section.name === current} />`)}
      </nav>
      <div class="side-foot"><${Account} chooseLanguage=${chooseLanguage} /></div>
    </header>
    <${Tabs} sections=${sections} current=${current} chooseLanguage=${chooseLanguage} />
  `;
}

function Section({ name, address, icon, isCurrent }) {
  return html`
    <a href=${address} aria-current=${isCurrent ? "page" : null}>
      <${Icon} name=${icon} />
      <span>${text(`sections.${name}`)}</span>
    </a>
  `;
}

function Tabs({ sections, current, chooseLanguage }) {
  const tabs = useHeight("tabs-height");
  const [isOpen, setOpen] = useState(false);
  const shown = sections.slice(0, TABS);
  const isBehind = !shown.some(({ name }) => name === current);
  const close = () => setOpen(false);
  return html`
    <nav class="tabs desk-tabs" ref=${tabs} aria-label=${text("sections.label")}>
      ${shown.map((section) => html`<${Section} ...${section} isCurrent=${section.name === current} />`)}
      <button type="button" aria-current=${isBehind ? "page" : null} aria-haspopup="dialog" onClick=${() => setOpen(true)}>
        <${Icon} name="more" />
        <span>${text("sections.more")}</span>
      </button>
    </nav>
    ${isOpen &&
    html`
      <${Sheet} title=${text("sections.more")} close=${close}>
        <nav class="sections" aria-label=${text("sections.more")} onClick=${close}>
          ${sections.slice(TABS).map((section) => html`<${Section} ...${section} isCurrent=${section.name === current} />`)}
        </nav>
        <${Account} chooseLanguage=${chooseLanguage} />
      <//>
    `}
  `;
}

function Account({ chooseLanguage }) {
  const reader = /** @type {import("./session.js").Account} */ (account());
  const sites = reader.sites.map((site) => site.site_name).join(text("app.separator"));
  return html`
    <div class="account">
      <div class="account-text">
        <strong>${reader.display_name} <span class="role">${word("role", reader.role)}</span></strong>
        <span class="muted small account-sites" title=${sites}>${sites}</span>
      </div>
      <${Languages} choose=${chooseLanguage} />
      <button class="button quiet" type="button" onClick=${() => void end()}>${text("sign_out")}</button>
    </div>
  `;
}

/** @param {{choose: (wanted: string) => Promise<void>}} properties */
export function Languages({ choose }) {
  return html`
    <div class="languages" role="group" aria-label=${text("app.language")}>
      ${Object.entries(LANGUAGES).map(
        ([code, name]) => html`
          <button type="button" lang=${code} aria-pressed=${String(code === language())} onClick=${() => void choose(code)}>${name}</button>
        `,
      )}
    </div>
  `;
}
