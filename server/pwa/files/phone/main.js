/** The start: texts, who works here, and the screen that the address names. */

import { firstLanguage, text, useLanguage } from "../shared/language.js";
import { Frame } from "./parts/frame.js";
import { watchVersion } from "../shared/new_version.js";
import { hasSession, resume, session } from "./session/session.js";
import { watchStorage } from "./storage/care.js";
import { watch } from "./sync/engine.js";
import { html, render } from "./view.js";

const container = /** @type {HTMLElement} */ (document.getElementById("app"));

/** The catalogues of this page; each part of the app has its own. */
export const CATALOGUES = ["words", "rules", "phone", "photos", "receiving", "notices", "tasks", "registers", "slip"];

async function start() {
  await useLanguage(firstLanguage(), CATALOGUES);
  document.title = text("app.name");
  await resume();
  watch();
  watchStorage(() => (hasSession() ? session().database : null));
  render(html`<${Frame} />`, container);
  void watchVersion();
  // Asked for early: a browser that keeps our storage does not clear it when space runs short.
  void navigator.storage?.persist?.();
}

start().catch((error) => {
  // Without a catalogue there are no texts to choose from.
  console.error(error);
  container.textContent = "应用未能载入，请刷新。 The app did not load; please reload.";
});
