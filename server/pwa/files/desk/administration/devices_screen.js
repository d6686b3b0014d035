/** The phones: when each last synced, what it still holds, how its clock stands, and whether it may. */

import { moment, number, text } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { ListFiles } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { html, useAnswer } from "../view.js";

// From here on the server says so on every photo too.
const CLOCK_OFF_MS = 120_000;

export default function Devices() {
  const { answer, error, isLoading, again } = useAnswer("sync/devices");
  const columns = [
    { title: text("devices.name"), isName: true, shown: (device) => device.name },
    { title: text("devices.last_sync"), shown: (device) => moment(device.last_sync_at) },
    { title: text("devices.unpushed"), kind: /** @type {const} */ ("number"), shown: (device) => (device.unpushed_count === null ? "—" : number(device.unpushed_count)) },
    { title: text("devices.clock"), shown: clock },
    { title: text("devices.version"), shown: (device) => device.app_version ?? "—" },
    { title: text("devices.error"), shown: (device) => device.last_error ?? device.reported_error ?? "—" },
    { title: text("people.state"), shown: deviceState },
  ];
  return html`
    <${Page} title=${text("administration.devices")} back="#/administration" actions=${html`<${ListFiles} list="devices" label=${text("administration.devices")} />`} error=${error} again=${again} isLoading=${isLoading}>
      <${Table} label=${text("administration.devices")} columns=${columns} rows=${answer?.devices ?? []} idOf=${(device) => device.device_id} isLoading=${isLoading} hrefOf=${(device) => `#/administration/devices/${encodeURIComponent(device.device_id)}`} />
    <//>
  `;
}

/** @param {any} device */
export const deviceState = (device) =>
  html`<${Badge} tone=${device.revoked_at ? "bad" : "ok"}>${text(device.revoked_at ? "devices.revoked" : "devices.admitted")}<//>`;

/** @param {{clock_offset_ms: number | null}} device */
export function clock({ clock_offset_ms: offset }) {
  if (offset === null) return "—";
  const seconds = number(Math.round(Math.abs(offset) / 1000));
  const told = text(offset >= 0 ? "devices.ahead" : "devices.behind", { seconds });
  return Math.abs(offset) > CLOCK_OFF_MS ? html`<${Badge} tone="part">${told}<//>` : told;
}
