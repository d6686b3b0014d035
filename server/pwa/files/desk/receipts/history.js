/** The audit trail of a receipt and of its amendments, for those who may read it. */

import { moment, text, word } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { ErrorNotice } from "../parts/problem.js";
import { Table } from "../parts/table.js";
import { useAnswer, withQuery } from "../view.js";

const MOST = 100;

/** @param {{receipt: any}} properties */
export function History({ receipt }) {
  const [isOpen, setOpen] = useState(false);
  return html`
    <details class="card history" onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary><h3>${text("history.title")}</h3></summary>
      ${isOpen && html`<${Entries} receipt=${receipt} />`}
    </details>
  `;
}

function Entries({ receipt }) {
  const { id } = receipt.document;
  const path = withQuery("audit-entries", { collection: "goods_receipts", record_id: id, limit: MOST });
  const { answer, error, isLoading, again } = useAnswer(path);
  const names = peopleOf(receipt);
  const columns = [
    { title: text("history.number"), shown: ({ number }) => number, isName: true },
    { title: text("history.at"), shown: ({ at }) => moment(at) },
    { title: text("history.action"), shown: ({ action, version }) => [word("receipt_event", action), version && text("history.version", { n: version })].filter(Boolean).join(" · ") },
    { title: text("history.by"), shown: ({ user_id: userId }) => names.get(userId) ?? (userId ? text("history.somebody", { id: userId.slice(-6) }) : text("history.server")) },
    { title: text("history.seal"), shown: ({ entry_hash: hash }) => html`<code title=${hash}>${hash.slice(0, 12)}</code>` },
  ];
  return html`
    <${ErrorNotice} error=${error} again=${again} />
    <${Table} label=${text("history.title")} columns=${columns} rows=${answer?.entries ?? []} idOf=${(entry) => String(entry.number)} isLoading=${isLoading} />
    <p class="muted small">${text("history.meaning")}</p>
  `;
}

/** Whom the record itself names. */
function peopleOf({ document: signed, amendments }) {
  return new Map([
    ...signed.signatures.filter((one) => one.user_id).map((one) => /** @type {[string, string]} */ ([one.user_id, one.name])),
    ...amendments.map((one) => /** @type {[string, string]} */ ([one.created_by.user_id, one.created_by.name])),
  ]);
}
