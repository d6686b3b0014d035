/** The end of the first run: the address for phones, and the passwords, shown this once. */

import { text, word } from "../shared/language.js";
import { html } from "../shared/view.js";

/** @param {{done: any, wanted: import("./state.js").Wanted, heading: any}} properties */
export function Done({ done, wanted, heading }) {
  const { address } = done;
  const isSecure = address.startsWith("https:");
  return html`
    <section class="card form setup-done">
      <h2 tabindex="-1" ref=${heading}>${text("setup.done", { organisation: done.organisation })}</h2>
      <p>${text("setup.done_text")}</p>
      <div class="setup-phones">
        <img src="install/qr.svg" alt=${text("setup.qr")} width="200" height="200" />
        <div>
          <h3>${text("setup.phones")}</h3>
          <p><a href="install">${address}/install</a></p>
          <p class="muted">${text(isSecure ? "setup.phones_text" : "setup.phones_insecure")}</p>
        </div>
      </div>
      ${wanted.people.length > 0 && html`<${Accounts} people=${wanted.people} />`}
      <a class="button" href="desk">${text("setup.to_desk")}</a>
    </section>
  `;
}

function Accounts({ people }) {
  return html`
    <h3>${text("setup.hand_out")}</h3>
    <p class="muted">${text("setup.hand_out_text")}</p>
    <dl class="setup-accounts">
      ${people.map(
        (person) => html`
          <div>
            <dt>${person.display_name} · ${word("role", person.role)}</dt>
            <dd><code>${person.username}</code> <code>${person.password}</code></dd>
          </div>
        `,
      )}
    </dl>
    <button class="button quiet" type="button" onClick=${() => window.print()}>${text("setup.print")}</button>
  `;
}
