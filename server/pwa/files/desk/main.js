/** The start of the desk: texts, who works here, and the screen that the address names. */

import { firstLanguage, text, useLanguage } from "../shared/language.js";
import { watchVersion } from "../shared/new_version.js";
import { match } from "../shared/router.js";
import { html, render } from "../shared/view.js";
import { isSignedIn } from "./api.js";
import { Frame } from "./frame.js";
import { ROUTES } from "./routes.js";
import { resume } from "./session.js";

const container = /** @type {HTMLElement} */ (document.getElementById("app"));

/** The catalogues of this page; each part of the desk has its own. */
export const CATALOGUES = ["words", "desk", "rules", "sampling_desk", "switching", "administration", "receipts", "notices", "board", "overview"];

async function start() {
  // While the texts are on their way: nothing more than the sign-in is loaded before somebody has signed in.
  if (isSignedIn()) match(ROUTES, location.hash || "#/")?.route.load().catch(() => undefined);
  await useLanguage(firstLanguage(), { page: "desk" });
  document.title = text("app.title");
  render(html`<${Frame} />`, container);
  await resume();
  // Where this device keeps the app already; a desk that is only ever online need not fetch it whole.
  if (navigator.serviceWorker?.controller) await watchVersion();
}

start().catch((error) => {
  // Without a catalogue there are no texts to choose from.
  console.error(error);
  container.textContent = "页面未能载入，请刷新。 The page did not load; please reload.";
});
