/** After the first sign-in: a PIN, so that the phone opens without signal. */

import { text } from "../../shared/language.js";
import { accounts, canSeal } from "../session/accounts.js";
import { choosePin, session } from "../session/session.js";
import { html, useLive, useState } from "../view.js";
import { say } from "../../shared/messages.js";
import { PinPad } from "./pin_pad.js";

/** Offered until a PIN was chosen. */
export function ChoosePin({ isWanted = false, done = () => {} }) {
  const { user, token } = session();
  const [first, setFirst] = useState("");
  const [isOpen, setOpen] = useState(isWanted);
  const [reason, setReason] = useState("");
  const hasPin = useLive(async () => (await accounts()).some((one) => one.user_id === user.id && one.sealed), [user.id]);
  if (!token || !canSeal() || hasPin === undefined || (hasPin && !isWanted)) return null;
  if (!isOpen) {
    return html`
      <section class="card hint">
        <div><strong>${text("pin.offer")}</strong><p class="muted small">${text("pin.offer_why")}</p></div>
        <button class="button" type="button" onClick=${() => setOpen(true)}>${text("pin.choose")}</button>
      </section>
    `;
  }
  const enter = async (pin) => {
    if (!first) return setFirst(pin);
    if (first !== pin) {
      setFirst("");
      return setReason(text("pin.differ"));
    }
    await choosePin(pin);
    say(text("pin.chosen"));
    setOpen(false);
    done();
  };
  return html`<section class="card unlock"><${PinPad} key=${first} label=${text(first ? "pin.again" : "pin.new")} reason=${reason} done=${enter} /></section>`;
}
