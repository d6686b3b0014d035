/** The figures of the day, each a link into the list it counts. */

import { Icon } from "../../shared/icons.js";
import { counted, number, text, word } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { may } from "../session.js";
import { useAnswer, withQuery } from "../view.js";
import { isQuiet, PAPERS_WITHIN_DAYS, undone } from "./waiting.js";

/** @param {{site: string | undefined, overview: any}} properties */
export function Figures({ site, overview }) {
  const board = useAnswer(may("read_records") ? withQuery("corrective-actions/board", { site_id: site }) : null).answer;
  const papers = useAnswer(may("read_master_data") ? withQuery("expiring-papers", { within_days: PAPERS_WITHIN_DAYS, site_id: site, limit: 1 }) : null).answer;
  const registers = useAnswer(may("read_records") ? withQuery("registers/day", { site_id: site }) : null).answer;
  const devices = useAnswer(may("manage_devices") ? "sync/devices" : null).answer;
  const decisions = Object.entries(overview?.deliveries.decisions ?? {});
  const left = registers && undone(registers.sites);
  return html`
    <div class="overview-figures">
      <${Figure} icon="receive" label=${text("overview.deliveries")} value=${overview?.deliveries.total} href=${withQuery("#/receipts", { delivered_from: overview?.on, delivered_to: overview?.on, site_id: site })}
        note=${decisions.map(([decision, n]) => `${word("decision", decision)} ${number(n)}`).join(" · ")} />
      <${Figure} icon="inspect" label=${text("overview.to_verify")} value=${board?.lanes.submitted} href=${withQuery("#/actions", { lane: "submitted", site_id: site })} note=${board && counted("overview.extensions", board.lanes.extension)} />
      <${Figure} icon="fix" label=${text("overview.overdue")} value=${board?.lanes.overdue} isBad=${board?.lanes.overdue > 0} href=${withQuery("#/actions", { lane: "overdue", site_id: site })} note=${board && counted("overview.to_do", board.lanes.to_do)} />
      <${Figure} icon="warning" label=${text("overview.papers")} value=${papers?.count} isBad=${papers?.ended_count > 0} href=${withQuery("#/overview/papers", { site_id: site })} note=${papers && counted("overview.ended", papers.ended_count)} />
      <${Figure} icon="check" label=${text("overview.registers")} value=${left?.length} href=${withQuery("#/overview/registers", { site_id: site })} note=${registers && counted("overview.registers_of", registers.sites.flatMap((one) => one.registers).length)} />
      ${may("manage_devices") && html`<${Figure} icon="sync" label=${text("overview.devices")} value=${devices?.devices.filter(isQuiet).length} href="#/overview/devices" note=${devices && counted("overview.devices_of", devices.devices.filter((one) => one.revoked_at === null).length)} />`}
    </div>
  `;
}

/** @param {{icon: string, label: string, value: number | undefined, href: string, note?: string, isBad?: boolean}} properties */
function Figure({ icon, label, value, href, note, isBad = false }) {
  return html`
    <a class="overview-figure" href=${href} data-bad=${String(isBad)}>
      <span class="overview-label"><${Icon} name=${icon} /><span>${label}</span></span>
      <strong>${value === undefined ? "–" : number(value)}</strong>
      <span class="muted small">${note ?? ""}</span>
    </a>
  `;
}
