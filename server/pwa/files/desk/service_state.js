/** Whether the service lives: asked at the start, on coming back to the page, and after errors. */

import { serviceState } from "./api.js";
import { el } from "./dom.js";
import { word } from "../shared/language.js";

let state = "checking";
const shown = el("p", { class: "state", role: "status" });

export function stateElement() {
  shown.dataset.state = state;
  shown.textContent = word("service", state);
  return shown;
}

export async function checkService() {
  state = await serviceState();
  stateElement();
}

export function watchService() {
  void checkService();
  window.addEventListener("online", () => void checkService());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void checkService();
  });
}
