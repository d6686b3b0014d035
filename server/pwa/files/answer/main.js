/** The page on which somebody who holds a link answers one notice. */

import { firstLanguage, language, text, useLanguage } from "../shared/language.js";
import { hasToken, readNotice, Refusal } from "./api.js";
import { make } from "./elements.js";
import { answerForm, newDraft } from "./form.js";
import { findingsCard, historyCard, noticeCard } from "./notice.js";

const LANGUAGES = { "zh-CN": "中文", en: "EN" };
const PARTS = ["words", "answer"];
const top = /** @type {HTMLElement} */ (document.getElementById("top"));
const main = /** @type {HTMLElement} */ (document.getElementById("main"));
let notice = null;
let draft = newDraft();
let isThanked = false;

async function begin() {
  await useLanguage(firstLanguage(), { parts: PARTS });
  show(make("p.card.muted", { role: "status" }, text("answer.loading")));
  await load();
}

async function load() {
  if (!hasToken()) return show(refusalCard(text("answer.no_link"), text("answer.no_link_text")));
  try {
    notice = await readNotice();
    showNotice();
  } catch (reason) {
    if (!(reason instanceof Refusal)) return show(tryAgainCard());
    show(refusalCard(reason.title, reason.message));
  }
}

function showNotice() {
  const answer = notice.can_answer
    ? answerForm(notice, draft, (after) => {
        notice = after;
        draft = newDraft();
        isThanked = true;
        showNotice();
        scrollTo(0, 0);
      })
    : null;
  show(isThanked && thanks(), noticeCard(notice), findingsCard(notice), historyCard(notice), answer);
}

function show(...parts) {
  document.title = `${text("answer.page_title")}${notice ? ` ${notice.number}` : ""}`;
  top.replaceChildren(
    make(
      "div.bar-row",
      {},
      make("img.brand-mark", { src: "app/icon.svg", alt: "", width: 34, height: 34 }),
      make("h1", {}, text("answer.page_title")),
      make("div.languages", { role: "group", "aria-label": text("answer.language") }, ...Object.entries(LANGUAGES).map(languageButton)),
    ),
  );
  main.replaceChildren(...parts.filter(Boolean));
}

function languageButton([code, name]) {
  const choose = async () => {
    await useLanguage(code);
    if (notice) showNotice();
    else await load();
  };
  return make("button", { type: "button", lang: code, "aria-pressed": String(code === language()), onClick: choose }, name);
}

function thanks() {
  return make("section.card.thanks", { role: "status" }, make("h2", {}, text("answer.thanks")), make("p", {}, text("answer.thanks_text")));
}

function refusalCard(title, detail) {
  return make("section.card.refusal", { role: "alert" }, make("h2", {}, title), make("p", {}, detail));
}

function tryAgainCard() {
  const again = make("button.button", { type: "button", onClick: load }, text("answer.retry"));
  return make("section.card.refusal", { role: "alert" }, make("h2", {}, text("answer.unreachable")), again);
}

begin();
