/** The page: who is signed in, the list, and the receipt that the address names. */

import { getJson, isSignedIn, onSignedOut, Refused, signOut } from "./api.js";
import { el, fill } from "./dom.js";
import { firstLanguage, text, useLanguage } from "../shared/language.js";
import { errorNotice } from "./notice.js";
import { ReceiptDetail } from "./receipt_detail.js";
import { ReceiptList } from "./receipt_list.js";
import { checkService, watchService } from "./service_state.js";
import { signInForm } from "./sign_in.js";
import { renderTopBar } from "./top_bar.js";

const top = /** @type {HTMLElement} */ (document.getElementById("top"));
const main = /** @type {HTMLElement} */ (document.getElementById("main"));

let account = null;
let work = null; // the panes of the person signed in: { list, detail, element }

async function start() {
  await useLanguage(firstLanguage(), ["words", "desk"]);
  renderBar();
  watchService();
  onSignedOut(showSignIn);
  window.addEventListener("hashchange", () => void followAddress());
  if (isSignedIn()) await resume();
  else showSignIn();
}

/** Go on after a reload: the token is still there, the account is asked for anew. */
async function resume() {
  try {
    showWork(await getJson("auth/me"));
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return; // showSignIn has been called
    renderBar();
    fill(main, errorNotice(error, () => void resume()));
    void checkService();
  }
}

function showSignIn(problem = null) {
  work?.list.stop();
  work?.detail.close();
  work = account = null;
  main.className = document.body.className = "";
  renderBar();
  fill(main, signInForm(showWork, problem));
  document.title = text("app.title");
}

function showWork(signedIn) {
  account = signedIn;
  const listPane = el("section", { class: "pane list-pane", "aria-label": text("receipts.title") });
  const detailPane = el("section", { class: "pane detail-pane", "aria-label": text("receipt.title") });
  const siteName = (id) => account?.sites.find((site) => site.site_id === id)?.site_name ?? "—";
  const may = (permission) => account?.permissions.includes(permission) ?? false;
  work = {
    list: new ReceiptList(listPane),
    detail: new ReceiptDetail(detailPane, siteName, may),
    panes: [listPane, detailPane],
    openId: null,
  };
  renderBar();
  fill(main, listPane, detailPane);
  main.className = "work";
  document.body.className = "is-working";
  void work.list.load();
  void followAddress();
}

/** Show what the address names: one receipt, or only the list. */
async function followAddress() {
  if (!work) return;
  const { list, detail } = work;
  const id = /^#\/receipts\/([0-9a-fA-F-]{36})$/.exec(location.hash)?.[1] ?? null;
  const before = work.openId;
  work.openId = id;
  main.classList.toggle("has-detail", id !== null);
  list.markOpen(id);
  if (id === null) {
    detail.close();
    detail.render();
    if (before) list.focus(before);
  } else {
    window.scrollTo(0, 0);
    work.panes[1].scrollTop = 0;
    await detail.open(id);
  }
  nameWindow();
}

function nameWindow() {
  const isOpen = work?.detail.isOpen;
  document.title = isOpen ? `${work.detail.title} · ${text("app.title")}` : text("app.title");
}

function renderBar() {
  renderTopBar(top, { account, chooseLanguage, leave });
}

async function chooseLanguage(wanted) {
  await useLanguage(wanted);
  renderBar();
  /** @type {HTMLElement | null} */ (top.querySelector('[aria-pressed="true"]'))?.focus();
  if (!work) {
    if (isSignedIn()) await resume();
    else showSignIn();
    return;
  }
  work.panes[0].setAttribute("aria-label", text("receipts.title"));
  work.panes[1].setAttribute("aria-label", text("receipt.title"));
  work.list.render();
  work.detail.render();
  nameWindow();
}

async function leave() {
  await signOut();
  history.replaceState(null, "", "#/");
  showSignIn();
}

start().catch((error) => {
  // Without a catalogue there are no texts to choose from.
  console.error(error);
  fill(main, el("p", { class: "card notice", role: "alert" }, "页面未能载入，请刷新。 The page did not load; please reload."));
});
