/** One receipt: what was delivered, found and decided, who signed, and what was amended since. */

import { day, either, listed, moment, text, word } from "../../shared/language.js";
import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { getJson } from "../api.js";
import { History } from "../parts/history.js";
import { ErrorNotice } from "../parts/problem.js";
import { siteName } from "../session.js";
import { Amendments } from "./amendments.js";
import { Documents } from "./documents.js";
import { PhotoGallery, Signatures } from "./evidence.js";
import { Gates } from "./gates.js";
import { Lines } from "./lines.js";
import { DecisionBadge, Fact, listAddress, numberOf } from "./words.js";

/** @param {{id: string}} properties */
export function Receipt({ id }) {
  const { shown, error, again } = useReceipt(id);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const name = shown ? numberOf(shown.receipt.document) : text("receipt.title");
    document.title = `${name} · ${text("app.title")}`;
    heading.current?.focus({ preventScroll: true });
  }, [shown !== null]);
  return html`
    <a class="back" href=${listAddress()}>${text("receipt.back")}</a>
    <${ErrorNotice} error=${error} again=${again} />
    ${!shown && !error && html`<p class="muted loading" role="status">${text("loading")}</p>`}
    ${shown && html`<${Article} ...${shown} heading=${heading} again=${again} />`}
  `;
}

/** The receipt with the checklists it was filled in by, each once. A published one never changes. */
function useReceipt(id) {
  const [round, setRound] = useState(0);
  const [shown, setShown] = useState(/** @type {{receipt: any, checklists: any[]} | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  useEffect(() => {
    const asking = new AbortController();
    const { signal } = asking;
    const bring = async () => {
      const receipt = await getJson(`goods-receipts/${encodeURIComponent(id)}`, { signal });
      const ids = new Set(Object.values(receipt.document.basis.lines).map((line) => line.checklist.id));
      const records = await Promise.all([...ids].map((each) => getJson(`checklists/${each}`, { signal })));
      setError(null);
      setShown({ receipt, checklists: records.map((record) => record.document) });
    };
    bring().catch((why) => {
      if (!signal.aborted) setError(why);
    });
    return () => asking.abort();
  }, [id, round]);
  return { shown, error, again: () => setRound((n) => n + 1) };
}

function Article({ receipt, checklists, heading, again }) {
  return html`
    <article class="receipt">
      <${Heading} receipt=${receipt} heading=${heading} />
      <${Documents} receipt=${receipt} />
      <${Lines} receipt=${receipt} />
      <${Amendments} receipt=${receipt} again=${again} />
      <${Gates} receipt=${receipt.document} checklists=${checklists} />
      <${PhotoGallery} receipt=${receipt} checklists=${checklists} />
      <${Signatures} receipt=${receipt} />
      <${History} collection="goods_receipts" id=${receipt.document.id} people=${[...receipt.document.signatures, ...receipt.amendments.map((one) => one.created_by)]} />
    </article>
  `;
}

function Heading({ receipt: { document: signed, decision_now: decision }, heading }) {
  const { supplier } = signed.basis;
  return html`
    <header class="card receipt-heading">
      <div class="receipt-head">
        <span class="receipt-number">${numberOf(signed)}</span>
        <${DecisionBadge} status=${signed.status} decision=${decision} />
      </div>
      <h2 tabindex="-1" ref=${heading}>${supplier.name}</h2>
      ${signed.decision_reason && html`<p>${signed.decision_reason}</p>`}
      <dl class="facts">
        <${Fact} term=${text("receipt.provisional_number")}>${signed.number && signed.provisional_number}<//>
        <${Fact} term=${text("receipt.site")}>${siteName(signed.site_id)}<//>
        <${Fact} term=${text("receipt.delivered_on")}>${day(signed.delivered_on)}<//>
        <${Fact} term=${text("receipt.delivery_note")}>${signed.delivery_note_number}<//>
        <${Fact} term=${text("receipt.vehicle")}>${signed.vehicle_plate}<//>
        <${Fact} term=${text("receipt.driver")}>${signed.driver_name}<//>
        <${Fact} term=${text("receipt.received_at")}>${moment(signed.signed_received_at ?? signed.received_at)}<//>
        <${Fact} term=${text("receipt.first_decision")}>${decision !== signed.decision && word("decision", signed.decision)}<//>
      </dl>
      <${Licence} ...${supplier.licence} />
      ${signed.note && html`<p class="note">${signed.note}</p>`}
    </header>
  `;
}

function Licence({ is_valid: isValid, is_confirmed: isConfirmed, findings }) {
  return html`
    <div class="licence">
      <p class=${isValid ? "mark is-ok" : "mark is-not-ok"}>
        ${text(isValid ? "licence.valid" : "licence.not_valid")}
        ${!isConfirmed && html`<span class="tag">${text("unconfirmed")}</span>`}
      </p>
      ${findings.length > 0 && html`<p class="muted small">${listed(findings.map(either))}</p>`}
    </div>
  `;
}
