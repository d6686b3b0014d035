/** Which version this is, where it sends to, and whose software it is made with. */

import { text } from "../../shared/language.js";
import { deviceId } from "../../shared/device.js";
import { say } from "../../shared/messages.js";
import { Screen } from "../parts/screen.js";
import { html, useEffect, useState } from "../view.js";

const VERSION = document.querySelector('meta[name="version"]')?.getAttribute("content") ?? "—";

export default function About() {
  const facts = [
    [text("about.version"), VERSION],
    [text("about.server"), location.host],
    [text("about.device"), deviceId()],
  ];
  const copy = async () => {
    await navigator.clipboard.writeText(facts.map(([name, value]) => `${name}: ${value}`).join("\n"));
    say(text("about.copied"));
  };
  return html`
    <${Screen} title=${text("about.title")} back="#/me">
      <section class="card stack">
        <dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt class="muted small">${name}</dt><dd>${value}</dd></div>`)}</dl>
        <p class="muted small">${text("about.support")}</p>
        ${navigator.clipboard && html`<button class="button quiet" type="button" onClick=${copy}>${text("about.copy")}</button>`}
      </section>
      <section class="card stack">
        <h2>${text("about.licences")}</h2>
        <${Licences} />
      </section>
    <//>
  `;
}

/** As they came with the libraries; kept on the phone with the app. */
function Licences() {
  const [words, setWords] = useState("");
  useEffect(() => {
    void fetch("app/libraries/LICENSES.txt").then(async (answer) => setWords(answer.ok ? await answer.text() : ""), () => setWords(""));
  }, []);
  return html`<div class="licences" role="region" aria-label=${text("about.licences")} tabindex="0">${words || text("about.licences_load")}</div>`;
}
