/** Today: what is to be done, what is begun, and what waits to be sent. */

import { day, text } from "../../shared/language.js";
import { ChoosePin } from "../parts/choose_pin.js";
import { Screen } from "../parts/screen.js";
import { session } from "../session/session.js";
import { today } from "../storage/ids.js";
import { html } from "../view.js";

export default function Today() {
  const { user } = session();
  return html`
    <${Screen} title=${text("today.title", { name: user.display_name })} subtitle=${day(today())}>
      <${ChoosePin} />
    <//>
  `;
}
