/** The inspections of one's sites, the newest first, with how each was graded. */

import { either, moment, number, text, word } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { Filters, Select } from "../parts/fields.js";
import { ListFiles } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { siteName } from "../session.js";
import { changeQuery, html, usePages, useQuery, withQuery } from "../view.js";
import { useUnits } from "./units.js";

const TONES = { pass: "ok", basic: "part", failed: "bad", undecided: "plain" };
const STATES = ["draft", "finished"];

export default function Inspections() {
  const { status, unit_id: unit } = useQuery();
  const filters = { status, unit_id: unit };
  const { entries, error, isLoading, more, again } = usePages(withQuery("inspections", { ...filters, limit: 50 }), "inspections");
  const units = useUnits();
  const all = { value: "", label: text("supervision.all") };
  const columns = [
    { title: text("supervision.what"), isName: true, shown: (one) => html`<span class="token-name">${either(one.checklist)}<span class="muted small">${one.number ?? text("supervision.no_number")}</span></span>` },
    { title: text("supervision.at"), shown: (one) => moment(one.captured_at) },
    { title: text("supervision.where"), shown: (one) => [siteName(one.site_id), units.get(one.unit_id), one.place_text].filter(Boolean).join(" · ") },
    { title: text("supervision.who"), shown: (one) => one.created_by.name },
    { title: text("supervision.grade"), shown: (one) => html`<${Graded} inspection=${one} />` },
    { title: text("supervision.findings"), kind: /** @type {const} */ ("number"), shown: (one) => number(one.finding_ids.length) },
    { title: text("supervision.photos"), shown: ({ photos }) => (photos.announced ? `${photos.stored}/${photos.announced}` : "—") },
  ];
  return html`
    <${Page} title=${text("supervision.title")} back="#/actions" error=${error} again=${again} isLoading=${isLoading} actions=${html`<${ListFiles} list="inspections" filters=${filters} label=${text("supervision.title")} />`}>
      <${Filters} label=${text("supervision.title")}>
        <${Select} label=${text("supervision.state")} value=${status ?? ""} options=${[all, ...STATES.map((value) => ({ value, label: word("inspection_state", value) }))]} onChoose=${(value) => changeQuery({ status: value })} />
        <${Select} label=${text("supervision.unit")} value=${unit ?? ""} options=${[all, ...[...units].map(([value, label]) => ({ value, label }))]} onChoose=${(value) => changeQuery({ unit_id: value })} />
      <//>
      <${Table} label=${text("supervision.title")} columns=${columns} rows=${entries} more=${more} isLoading=${isLoading} hrefOf=${(one) => `#/inspections/${one.id}`} />
    <//>
  `;
}

/** @param {{inspection: any}} properties */
export function Graded({ inspection: { status, result } }) {
  if (status === "draft") return html`<${Badge} tone="plain">${word("inspection_state", "draft")}<//>`;
  const { grade } = result.grade;
  return html`<${Badge} tone=${TONES[grade]}>${word("grade", grade)}<//>`;
}
