/** Exchanging the language at once, everywhere. */

import { text, useLanguage } from "../../shared/language.js";

/** @param {string} wanted */
export async function chooseLanguage(wanted) {
  await useLanguage(wanted);
  document.title = text("app.name");
  window.dispatchEvent(new Event("yanshou-language"));
}
