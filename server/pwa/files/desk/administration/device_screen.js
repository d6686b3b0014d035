/** One phone: what it last said of itself, its last sync sessions, and refusing or admitting it. */

import { moment, number, text } from "../../shared/language.js";
import { send } from "../api.js";
import { Deed } from "../parts/deed.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { html, useAnswer, useState } from "../view.js";
import { clock, deviceState } from "./devices_screen.js";

/** @param {{id: string}} properties */
export default function Device({ id }) {
  const place = encodeURIComponent(id);
  const { answer: device, error, isLoading, again } = useAnswer(`sync/devices/${place}`);
  const sessions = useAnswer(`sync/devices/${place}/sessions`);
  const [isDeciding, setDeciding] = useState(false);
  const deed = device?.revoked_at ? "reinstate" : "revoke";
  return html`
    <${Page} title=${device?.name ?? text("administration.devices")} lead=${id} back="#/administration/devices" error=${error ?? sessions.error} again=${again} isLoading=${isLoading}
      actions=${device && html`<button class="button quiet" type="button" onClick=${() => setDeciding(true)}>${text(`devices.${deed}`)}</button>`}>
      ${device && html`<${Facts} device=${device} />`}
      <h3>${text("devices.sessions")}</h3>
      <${Table} label=${text("devices.sessions")} columns=${sessionColumns()} rows=${sessions.answer?.sessions ?? []} idOf=${(one) => String(one.number)} isLoading=${sessions.isLoading} />
      ${isDeciding &&
      html`<${Deed} title=${text(`devices.${deed}`)} effect=${text(`devices.${deed}_effect`)} needsReason=${false} run=${() => send("POST", `devices/${place}/${deed}`)} close=${() => setDeciding(false)} done=${again} />`}
    <//>
  `;
}

function Facts({ device }) {
  const facts = [
    [text("people.state"), deviceState(device)],
    [text("devices.last_sync"), moment(device.last_sync_at)],
    [text("devices.unpushed"), device.unpushed_count ?? "—"],
    [text("devices.clock"), clock(device)],
    [text("devices.version"), device.app_version ?? "—"],
    [text("devices.error"), device.last_error ?? device.reported_error ?? "—"],
  ];
  return html`<dl class="card facts-grid">${facts.map(([term, told]) => html`<div><dt class="muted small">${term}</dt><dd>${told}</dd></div>`)}</dl>`;
}

function sessionColumns() {
  const count = (title, name) => ({ title, kind: /** @type {const} */ ("number"), shown: (one) => number(one[name]) });
  return [
    { title: text("devices.began"), isName: true, shown: (one) => moment(one.began_at) },
    count(text("devices.sent"), "changes_sent"),
    count(text("devices.applied"), "applied"),
    count(text("devices.merged"), "merged"),
    count(text("devices.conflicts"), "conflict"),
    count(text("devices.rejected"), "rejected"),
    { title: text("devices.clock"), shown: clock },
    { title: text("devices.error"), shown: (one) => one.last_error ?? "—" },
  ];
}
