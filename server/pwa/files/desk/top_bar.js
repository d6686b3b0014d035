/** The bar on top: the name, the service's state, the language, and who is signed in. */

import { el, fill } from "./dom.js";
import { language, text, word } from "../shared/language.js";
import { stateElement } from "./service_state.js";

const LANGUAGES = { "zh-CN": "中文", en: "EN" };

export function renderTopBar(container, { account, chooseLanguage, leave }) {
  const isHeading = account !== null;
  fill(
    container,
    el(
      "div",
      { class: "bar-row" },
      el("img", { src: "app/icon.svg", alt: "", width: 34, height: 34, class: "brand-mark" }),
      el(isHeading ? "h1" : "p", { class: "brand" }, text("app.name")),
      stateElement(),
      el(
        "div",
        { class: "languages", role: "group", "aria-label": text("app.language") },
        Object.entries(LANGUAGES).map(([code, name]) =>
          el(
            "button",
            {
              type: "button",
              lang: code,
              "aria-pressed": String(code === language()),
              click: () => chooseLanguage(code),
            },
            name,
          ),
        ),
      ),
    ),
    account && accountRow(account, leave),
  );
}

function accountRow(account, leave) {
  const sites = account.sites.map((site) => site.site_name);
  return el(
    "div",
    { class: "bar-row account" },
    el("span", { class: "avatar", "aria-hidden": "true" }, [...account.display_name][0] ?? "?"),
    el(
      "div",
      { class: "account-text" },
      el("strong", {}, account.display_name, " ", el("span", { class: "role" }, word("role", account.role))),
      el("span", { class: "muted small" }, sites.join(text("app.separator"))),
    ),
    el("button", { class: "button quiet", type: "button", click: leave }, text("sign_out")),
  );
}
