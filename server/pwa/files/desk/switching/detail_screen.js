/** One supplier, product and class: the state, why it is so, what would change it, and the lots. */

import { either, moment, text, word } from "../../shared/language.js";
import { downloadCsv } from "../parts/download.js";
import { Page } from "../parts/page.js";
import { siteName } from "../session.js";
import { html, useAnswer, usePages } from "../view.js";
import { ActionLog, Actions } from "./actions.js";
import { Conditions } from "./conditions.js";
import { Ladder, SeverityBadge } from "./severity.js";
import { Strip } from "./strip.js";

/** @param {{id: string}} properties */
export default function SwitchingDetail({ id }) {
  const { answer, error, isLoading, again } = useAnswer(`switching/${id}`);
  const lots = usePages(`switching/${id}/lots?limit=50`, "switching_lots");
  const renew = () => {
    again();
    lots.again();
  };
  const csv = () => downloadCsv(lotRows(lots.entries), `switching-lots-${id}.csv`);
  const actions = html`
    <button class="button quiet" type="button" onClick=${() => window.print()}>${text("print")}</button>
    <button class="button quiet" type="button" onClick=${csv}>CSV</button>
  `;
  const title = answer ? `${answer.supplier_name} · ${answer.product_name} · ${word("class", answer.document.nonconformity_class)}` : text("sections.switching");
  return html`
    <${Page} title=${title} back="#/switching" actions=${actions} error=${error ?? lots.error} again=${renew} isLoading=${isLoading && !answer}>
      ${answer && html`<${State} state=${answer.document} done=${renew} />`}
      ${answer && html`<${Lots} lots=${lots} state=${answer.document} />`}
      ${answer && html`<section class="card" aria-label=${text("declared.title")}><h3>${text("declared.title")}</h3><${ActionLog} actions=${answer.actions} /></section>`}
    <//>
  `;
}

function State({ state, done }) {
  return html`
    <section class="card state-card" aria-label=${text("switching.severity")}>
      <div class="state-head">
        <${SeverityBadge} severity=${state.severity} />
        <span class="muted">${state.since ? text("switching.since_when", { when: moment(state.since) }) : text("switching.since_first")}</span>
      </div>
      <${Ladder} severity=${state.severity} />
      <div class="state-texts">
        <div>
          <h3>${text("switching.why")}</h3>
          <p>${either(state.reason)}</p>
          ${state.suspension_reason && html`<p class="answer-note">${either(state.suspension_reason)}</p>`}
        </div>
        <div>
          <h3>${text("switching.outlook")}</h3>
          <${Conditions} state=${state} />
        </div>
      </div>
      <${Actions} state=${state} done=${done} />
    </section>
  `;
}

function Lots({ lots, state }) {
  const { entries, more, isLoading } = lots;
  const marked = entries.filter((lot) => lot.mark);
  const hidden = state.lot_count - entries.length;
  return html`
    <section class="card lots-card" aria-label=${text("strip.label")}>
      <h3>${text("switching.history", { n: state.lot_count })}</h3>
      ${entries.length > 0 && html`<${Strip} lots=${entries} />`}
      ${!isLoading && !more && hidden > 0 && html`<p class="muted small">${text("switching.elsewhere", { n: hidden })}</p>`}
      ${more && html`<button class="button wide" type="button" disabled=${isLoading} onClick=${more}>${text("switching.earlier")}</button>`}
    </section>
    ${marked.length > 0 && html`<${Marked} lots=${marked} />`}
  `;
}

/** What lots that came late have changed: the severity others were due. Decisions stand. */
function Marked({ lots }) {
  return html`
    <section class="card marked-lots" aria-label=${text("marked.title")}>
      <h3>${text("marked.title")}</h3>
      <p class="muted small">${text("marked.lead")}</p>
      <ul>
        ${lots.map(
          (lot) => html`
            <li key=${lot.goods_receipt_id + lot.line_id}>
              <a href=${`#/receipts/${lot.goods_receipt_id}`}>${moment(lot.inspected_at)} · ${siteName(lot.site_id)}</a>
              <p>${either(lot.mark)}</p>
              <span class="muted small">${text("marked.when", { received: moment(lot.received_at), marked: moment(lot.marked_at) })}</span>
            </li>
          `,
        )}
      </ul>
    </section>
  `;
}

/** @param {any[]} lots */
function lotRows(lots) {
  const head = [text("lot_file.inspected"), text("lot_file.received"), text("lot_file.site"), text("lot_file.decision"), text("lot_file.under"), text("lot_file.due"), text("lot_file.gain"), text("strip.resubmitted"), text("lot_file.mark")];
  return [
    head,
    ...lots.map((lot) => [
      lot.inspected_at,
      lot.received_at,
      siteName(lot.site_id),
      word("lot_verdict", lot.decision),
      word("inspection_severity", lot.inspected_under),
      word("switching_severity", lot.due_severity),
      lot.score_gain,
      lot.is_resubmitted ? "1" : "",
      lot.mark ? either(lot.mark) : "",
    ]),
  ];
}
