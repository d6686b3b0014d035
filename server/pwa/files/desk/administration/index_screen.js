/** Administration: what can be put in order here, and what of it is the reader's. */

import { Icon } from "../../shared/icons.js";
import { text } from "../../shared/language.js";
import { Page } from "../parts/page.js";
import { may } from "../session.js";
import { html } from "../view.js";
import { PARTS } from "./parts.js";

export default function Administration() {
  const mine = PARTS.filter((part) => may(part.permission));
  const groups = [...new Set(mine.map(({ group }) => group))];
  return html`
    <${Page} title=${text("administration.title")} lead=${text("administration.lead")}>
      ${groups.map(
        (group) => html`
          <section class="administration-group">
            <h3>${text(`administration.group_${group}`)}</h3>
            <ul class="administration-parts">
              ${mine.filter((part) => part.group === group).map(
                ({ name }) => html`
                  <li>
                    <a class="card administration-part" href=${`#/administration/${name}`}>
                      <span>
                        <strong>${text(`administration.${name}`)}</strong>
                        <span class="muted small">${text(`administration.${name}_lead`)}</span>
                      </span>
                      <${Icon} name="chevron" />
                    </a>
                  </li>
                `,
              )}
            </ul>
          </section>
        `,
      )}
    <//>
  `;
}
