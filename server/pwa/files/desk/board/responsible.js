/** Who has live notices, the most overdue first; each line leads to theirs. */

import { moment, number, text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { Table } from "../parts/table.js";
import { siteName } from "../session.js";
import { addressOf } from "./lanes.js";

/** @param {{rows: Record<string, any>[], asked: Record<string, string>}} properties */
export function Responsible({ rows, asked }) {
  const hrefOf = (row) =>
    addressOf(null, { ...asked, site_id: row.site_id, unit_id: row.unit_id, supplier_id: row.supplier_id, assignee_user_id: row.assignee_user_id, lane: row.overdue > 0 ? "overdue" : "to_do" });
  const columns = [
    { title: text("board.responsible"), isName: true, shown: (row) => [row.responsible_name || text("board.unnamed"), row.assignee_name].filter(Boolean).join(" · ") },
    { title: text("board.site"), shown: (row) => siteName(row.site_id) },
    { title: text("board.overdue"), kind: /** @type {"number"} */ ("number"), shown: (row) => number(row.overdue) },
    { title: text("board.live"), kind: /** @type {"number"} */ ("number"), shown: (row) => number(row.live) },
    { title: text("board.overdue_since"), shown: (row) => (row.overdue_since ? moment(row.overdue_since) : "—") },
  ];
  return html`
    <section class="responsible">
      <h3>${text("board.by_person")}</h3>
      <${Table} label=${text("board.by_person")} columns=${columns} rows=${rows} idOf=${(row) => `${row.site_id}${row.unit_id}${row.supplier_id}${row.assignee_user_id}`} hrefOf=${hrefOf} empty=${text("board.nobody_live")} />
    </section>
  `;
}
