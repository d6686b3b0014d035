/** The first run of a fresh server: from the set-up code to the address for phones. */

import { firstLanguage, text, useLanguage } from "../shared/language.js";
import { html, render } from "../shared/view.js";
import { Assistant } from "./assistant.js";

/** The catalogues of this page, which the server joins into one. */
export const CATALOGUES = ["words", "setup"];

const container = /** @type {HTMLElement} */ (document.getElementById("app"));

async function start() {
  await useLanguage(firstLanguage(), { page: "setup" });
  document.title = text("setup.page_title");
  render(html`<${Assistant} />`, container);
}

start().catch((error) => {
  // Without a catalogue there are no texts to choose from.
  console.error(error);
  container.textContent = "页面未能载入，请刷新。 The page did not load; please reload.";
});
