/** What three of the figures are made of: papers that end, registers not done, quiet devices. */

import { counted, day, either, moment, number, text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { Badge } from "../parts/badge.js";
import { FileButtons } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { siteName } from "../session.js";
import { useAnswer, usePages, useQuery, withQuery } from "../view.js";
import { isQuiet, PAPERS_WITHIN_DAYS, undone } from "./waiting.js";

export function Papers() {
  const { site_id: site } = useQuery();
  const { entries, ...state } = usePages(withQuery("expiring-papers", { within_days: PAPERS_WITHIN_DAYS, site_id: site }), "papers");
  const columns = [
    { title: text("overview.whose"), isName: true, shown: (paper) => paper.owner_name },
    { title: text("overview.paper"), shown: (paper) => either(paper) },
    { title: text("overview.number"), shown: (paper) => paper.number || "—" },
    { title: text("overview.site"), shown: (paper) => (paper.site_id ? siteName(paper.site_id) : text("overview.all_sites")) },
    { title: text("overview.valid_until"), shown: (paper) => day(paper.valid_until) },
    { title: text("overview.left"), shown: (paper) => html`<${Badge} tone=${paper.days_left < 0 ? "bad" : "part"}>${paper.days_left < 0 ? counted("overview.ended_ago", -paper.days_left) : counted("overview.days_left", paper.days_left)}<//>` },
  ];
  return html`<${List} title=${text("overview.papers")} lead=${text("overview.papers_lead", { n: number(PAPERS_WITHIN_DAYS) })} state=${state} columns=${columns} rows=${entries} more=${state.more} actions=${html`<${FileButtons} label=${text("overview.papers")} files=${PAPER_FILES()} />`} />`;
}

/** Every paper on file, also those that end later. */
const PAPER_FILES = () => [
  { label: text("overview.licences_file"), path: "reports/supplier-licences.xlsx", name: "supplier-licences.xlsx" },
  { label: text("overview.certificates_file"), path: "reports/health-certificates.xlsx", name: "health-certificates.xlsx" },
];

export function Registers() {
  const { site_id: site } = useQuery();
  const { answer, ...state } = useAnswer(withQuery("registers/day", { site_id: site }));
  const columns = [
    { title: text("overview.register"), isName: true, shown: (register) => either(register) },
    { title: text("overview.site"), shown: (register) => register.site_name },
    { title: text("overview.entries"), kind: /** @type {"number"} */ ("number"), shown: (register) => number(register.entries) },
    { title: text("overview.missing"), shown: missingOf },
  ];
  return html`<${List} title=${text("overview.registers")} lead=${answer && day(answer.on)} state=${state} columns=${columns} rows=${answer ? undone(answer.sites) : []} idOf=${(register) => `${register.site_id} ${register.checklist_id}`} />`;
}

function missingOf({ missing_dishes: dishes, missing_meals: meals, missing_staff: staff }) {
  const told = [
    dishes.length > 0 && counted("overview.dishes", dishes.length),
    meals.length > 0 && counted("overview.meals", meals.length),
    staff.length > 0 && counted("overview.people", staff.length),
  ].filter(Boolean);
  return told.join(text("app.separator")) || text("overview.no_entry");
}

export function Devices() {
  const { answer, ...state } = useAnswer("sync/devices");
  const columns = [
    { title: text("overview.device"), isName: true, shown: (device) => device.name },
    { title: text("overview.last_sync"), shown: (device) => (device.last_sync_at ? moment(device.last_sync_at) : text("overview.never")) },
    { title: text("overview.unpushed"), kind: /** @type {"number"} */ ("number"), shown: (device) => (device.unpushed_count === null ? "—" : number(device.unpushed_count)) },
    { title: text("overview.version"), shown: (device) => device.app_version ?? "—" },
  ];
  return html`<${List} title=${text("overview.devices")} lead=${text("overview.devices_lead")} state=${state} columns=${columns} rows=${answer?.devices.filter(isQuiet) ?? []} idOf=${(device) => device.device_id} />`;
}

function List({ title, lead, state: { error, again, isLoading }, columns, rows, idOf, more = null, actions = null }) {
  return html`
    <${Page} title=${title} lead=${lead} back="#/" actions=${actions} error=${error} again=${again} isLoading=${isLoading}>
      <${Table} label=${title} columns=${columns} rows=${rows} idOf=${idOf} isLoading=${isLoading} more=${more} empty=${text("overview.none_waits")} />
    <//>
  `;
}
