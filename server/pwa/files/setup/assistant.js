/** The assistant: four short steps, then the address for phones and the passwords to hand out. */

import { language, text, useLanguage } from "../shared/language.js";
import { html, useEffect, useRef, useState } from "../shared/view.js";
import { Done } from "./done.js";
import { claim, readState, Refused } from "./request.js";
import { begun, STEPS } from "./state.js";
import { Begin, Checklists, People, Sites } from "./steps.js";

const LANGUAGES = { "zh-CN": "中文", en: "English" };
const SCREENS = { begin: Begin, sites: Sites, people: People, checklists: Checklists };

export function Assistant() {
  const [wanted, setWanted] = useState(() => begun(decodeURIComponent(location.hash.slice(1))));
  const [step, setStep] = useState("begin");
  const [state, setState] = useState(/** @type {any} */ (null));
  const [refused, setRefused] = useState(/** @type {any} */ (null));
  const [isBusy, setBusy] = useState(false);
  const [done, setDone] = useState(/** @type {any} */ (null));
  const [, drawAgain] = useState(0);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));

  useEffect(() => {
    // The code has been read; it need not stay in the address, where others may see it.
    history.replaceState(null, "", location.pathname);
    readState().then(setState, setRefused);
  }, []);
  useEffect(() => heading.current?.focus(), [step, done !== null]);

  const choose = async (wantedLanguage) => {
    await useLanguage(wantedLanguage);
    document.title = text("setup.page_title");
    drawAgain((n) => n + 1);
  };
  const send = async () => {
    setBusy(true);
    setRefused(null);
    try {
      setDone(await claim(wanted));
    } catch (error) {
      setRefused(error);
      if (error instanceof Refused) setStep(error.step() ?? step);
    }
    setBusy(false);
  };
  const at = STEPS.indexOf(step);
  const go = (event) => {
    event.preventDefault();
    if (at === STEPS.length - 1) return void send();
    setStep(STEPS[at + 1]);
  };
  const frame = (content) => html`<${Frame} choose=${choose}>${content}<//>`;
  if (done) return frame(html`<${Done} done=${done} wanted=${wanted} heading=${heading} />`);
  if (state === null) return frame(html`<${Trouble} refused=${refused} />`);
  if (!state.is_open) return frame(html`<${Closed} />`);
  return frame(html`
    <ol class="setup-steps" aria-label=${text("setup.steps")}>
      ${STEPS.map((name, place) => html`<li aria-current=${place === at ? "step" : null} data-done=${String(place < at)}>${text(`setup.step_${name}`)}</li>`)}
    </ol>
    <form class="card form setup-form" onSubmit=${go}>
      <h2 tabindex="-1" ref=${heading}>${text(`setup.title_${step}`)}</h2>
      <p class="muted">${text(`setup.lead_${step}`)}</p>
      <${Trouble} refused=${refused} />
      <${SCREENS[step]} wanted=${wanted} setWanted=${setWanted} refused=${refused instanceof Refused ? refused : null} offered=${state.checklists} />
      <div class="setup-foot">
        ${at > 0 && html`<button class="button quiet" type="button" onClick=${() => setStep(STEPS[at - 1])}>${text("setup.back")}</button>`}
        <button class="button" type="submit" disabled=${isBusy}>${text(at === STEPS.length - 1 ? "setup.finish" : "setup.next")}</button>
      </div>
    </form>
  `);
}

function Frame({ choose, children }) {
  return html`
    <header class="bar">
      <div class="bar-row">
        <img src="app/icon.svg" alt="" width="34" height="34" class="brand-mark" />
        <p class="brand">${text("setup.brand")}</p>
        <div class="languages" role="group" aria-label=${text("setup.language")}>
          ${Object.entries(LANGUAGES).map(
            ([code, name]) => html`<button type="button" lang=${code} aria-pressed=${String(code === language())} onClick=${() => void choose(code)}>${name}</button>`,
          )}
        </div>
      </div>
    </header>
    <main class="setup"><h1>${text("setup.heading")}</h1>${children}</main>
  `;
}

function Trouble({ refused }) {
  if (!refused) return null;
  const isAnswer = refused instanceof Refused;
  return html`
    <div class="notice card" role="alert">
      <strong>${isAnswer ? refused.problem.title : text("setup.no_answer")}</strong>
      <p>${isAnswer ? refused.problem.detail : text("setup.no_answer_text")}</p>
    </div>
  `;
}

function Closed() {
  return html`
    <section class="card form">
      <h2>${text("setup.closed")}</h2>
      <p>${text("setup.closed_text")}</p>
      <a class="button" href="desk">${text("setup.to_desk")}</a>
    </section>
  `;
}
