/** The start: texts, who works here, and the sign-in or the screen that the address names. */

import { firstLanguage, text, useLanguage } from "../shared/language.js";
import { Start } from "./parts/start.js";
import { resume } from "./session/session.js";
import { html, render } from "./view.js";

const container = /** @type {HTMLElement} */ (document.getElementById("app"));

/** The catalogues of this page, which the server joins into one; each part of the app has its own. */
export const CATALOGUES = ["words", "rules", "phone", "photos", "receiving", "notices", "tasks", "registers", "slip"];

async function start() {
  await useLanguage(firstLanguage(), { page: "phone" });
  document.title = text("app.name");
  await resume();
  render(html`<${Start} />`, container);
}

start().catch((error) => {
  // Without a catalogue there are no texts to choose from.
  console.error(error);
  container.textContent = "应用未能载入，请刷新。 The app did not load; please reload.";
});
