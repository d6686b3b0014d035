/** What was found at one's sites, the newest first: on a notice or not yet, and whether again. */

import { moment, text, word } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { Filters, Select } from "../parts/fields.js";
import { ListFiles } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { siteName } from "../session.js";
import { changeQuery, html, usePages, useQuery, withQuery } from "../view.js";
import { useUnits } from "./units.js";

const KINDS = ["nonconformity", "good_practice"];
const SOURCES = { inspections: "inspections", goods_receipts: "receipts" };

export default function FindingList() {
  const { kind, unit_id: unit, is_open: isOpen, is_repeat: isRepeat } = useQuery();
  const filters = { kind, unit_id: unit, is_open: isOpen, is_repeat: isRepeat };
  const { entries, error, isLoading, more, again } = usePages(withQuery("findings", { ...filters, limit: 50 }), "findings");
  const units = useUnits();
  const all = { value: "", label: text("supervision.all") };
  const flag = (name, value, yes, no) =>
    html`<${Select} label=${text(`supervision.${name}`)} value=${value ?? ""} options=${[all, { value: "true", label: yes }, { value: "false", label: no }]} onChoose=${(chosen) => changeQuery({ [name]: chosen })} />`;
  const columns = [
    { title: text("supervision.finding"), isName: true, shown: (one) => one.title },
    { title: text("supervision.found_at"), shown: (one) => moment(one.captured_at) },
    { title: text("supervision.where"), shown: (one) => [siteName(one.site_id), units.get(one.unit_id), one.place_text].filter(Boolean).join(" · ") },
    { title: text("supervision.class"), shown: (one) => html`<${Class} finding=${one} />` },
    { title: text("supervision.who"), shown: (one) => one.created_by.name },
    { title: text("supervision.is_open"), shown: (one) => html`<${Notice} finding=${one} />` },
    { title: text("supervision.photos"), shown: ({ photos }) => (photos.announced ? `${photos.stored}/${photos.announced}` : "—") },
  ];
  return html`
    <${Page} title=${text("supervision.findings_title")} back="#/actions" error=${error} again=${again} isLoading=${isLoading} actions=${html`<${ListFiles} list="findings" filters=${filters} label=${text("supervision.findings_title")} />`}>
      <${Filters} label=${text("supervision.findings_title")}>
        <${Select} label=${text("supervision.kind")} value=${kind ?? ""} options=${[all, ...KINDS.map((value) => ({ value, label: word("finding_kind", value) }))]} onChoose=${(value) => changeQuery({ kind: value })} />
        <${Select} label=${text("supervision.unit")} value=${unit ?? ""} options=${[all, ...[...units].map(([value, label]) => ({ value, label }))]} onChoose=${(value) => changeQuery({ unit_id: value })} />
        ${flag("is_open", isOpen, text("supervision.open"), text("supervision.on_notice"))}
        ${flag("is_repeat", isRepeat, text("supervision.repeats"), text("supervision.first_time"))}
      <//>
      <${Table} label=${text("supervision.findings_title")} columns=${columns} rows=${entries} more=${more} isLoading=${isLoading} hrefOf=${placeOf} />
    <//>
  `;
}

/** Where a finding is seen whole: on its notice, else where it was found. */
function placeOf({ corrective_action_id: action, source_collection: source, source_id: id }) {
  if (action) return `#/actions/${action}`;
  return source ? `#/${SOURCES[source]}/${id}` : "#/findings";
}

function Class({ finding }) {
  if (finding.kind === "good_practice") return html`<${Badge} tone="ok">${word("finding_kind", "good_practice")}<//>`;
  return html`<span><span class="tag">${finding.effective_class}</span> ${finding.repeat_of && html`<${Badge} tone="bad">${text("board.repeat")}<//>`}</span>`;
}

function Notice({ finding }) {
  if (finding.kind === "good_practice") return "—";
  const isOn = finding.corrective_action_id !== null;
  return html`<${Badge} tone=${isOn ? "ok" : "wait"}>${text(isOn ? "supervision.on_notice" : "supervision.open")}<//>`;
}
