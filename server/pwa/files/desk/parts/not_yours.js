/** In place of a screen whose permission the reader does not hold, however they came by its address. */

import { text } from "../../shared/language.js";
import { SECTIONS } from "../routes.js";
import { may } from "../session.js";
import { html } from "../view.js";
import { Page } from "./page.js";

export function NotYours() {
  const first = SECTIONS.find(({ permission }) => permission === null || may(permission));
  return html`
    <${Page} title=${text("not_yours.title")}>
      <div class="notice" role="alert">
        <p>${text("not_yours.detail")}</p>
        ${first && html`<p><a class="button quiet" href=${first.address}>${text("not_yours.back")}</a></p>`}
      </div>
    <//>
  `;
}
