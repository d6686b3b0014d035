/** The sampling desk by its link in a fresh tab without a network: the tables are on this device, and
 * nobody can be asked who reads them. The standard is no secret; everything else stays closed. */

import { Icon } from "../shared/icons.js";
import { text } from "../shared/language.js";
import { html, useEffect, useState } from "../shared/view.js";
import { serviceState } from "./api.js";
import { Languages } from "./navigation.js";
import { ServiceState } from "./parts/service_state.js";

export const isAlone = (opened, isAway) => isAway && opened?.route.tab === "sampling";

/** Whether the service cannot be reached; asked only while nobody is signed in. @param {boolean} isAsked */
export function useAway(isAsked) {
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const ask = async () => setAway(isAsked && (await serviceState()) === "unreachable");
    void ask();
    for (const event of ["online", "offline"]) window.addEventListener(event, ask);
    return () => {
      for (const event of ["online", "offline"]) window.removeEventListener(event, ask);
    };
  }, [isAsked]);
  return isAway;
}

/** @param {{chooseLanguage: (wanted: string) => Promise<void>, children?: any}} properties */
export function Alone({ chooseLanguage, children }) {
  return html`
    <header class="bar">
      <div class="bar-row">
        <img src="app/icon.svg" alt="" width="34" height="34" class="brand-mark" />
        <h1 class="brand">${text("app.name")}</h1>
        <${ServiceState} />
        <${Languages} choose=${chooseLanguage} />
      </div>
    </header>
    ${children}
  `;
}

/** Below the sign-in: what is open without it. */
export function OpenWithoutNetwork() {
  return html`<a class="button quiet" href="#/sampling"><${Icon} name="sampling" /> ${text("sign_in.sampling")}</a>`;
}
