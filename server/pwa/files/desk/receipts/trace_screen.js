/** A supplier's batch: forward to what was decided and what names it, backward to supplier and papers. */

import { day, either, moment, number, text, word } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { Refused } from "../api.js";
import { Filters, Search } from "../parts/fields.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { siteName } from "../session.js";
import { changeQuery, useAnswer, useQuery, withQuery } from "../view.js";
import { PhotoCount } from "./list.js";
import { PARTS } from "./lines.js";
import { TracePapers } from "./trace_papers.js";
import { DecisionBadge, LotDecision, numberOf, traceAddress } from "./words.js";

export default function Trace() {
  const { supplier_batch_number: batch, supplier_id: supplier, product_id: product } = useQuery();
  const path = withQuery("batch-trace", { supplier_batch_number: batch, supplier_id: supplier, product_id: product });
  const { answer, error, isLoading, again } = useAnswer(batch ? path : null);
  const isUnknown = error instanceof Refused && error.status === 404;
  const shown = batch && !error ? answer : null;
  return html`
    <${Page} title=${batch ? text("trace.title_of", { batch }) : text("trace.title")} lead=${text("trace.lead")} back="#/receipts" error=${isUnknown ? null : error} again=${again} isLoading=${isLoading}>
      <${Filters} label=${text("trace.title")}>
        <${Search} label=${text("lines.batch")} value=${batch ?? ""} onSearch=${(wanted) => changeQuery({ supplier_batch_number: wanted, supplier_id: null, product_id: null })} />
      <//>
      ${isUnknown && html`<p class="card empty muted">${text("trace.unknown")}</p>`}
      ${shown && (supplier || product) && html`<p class="muted">${text("trace.narrowed")} <a href=${traceAddress(shown.supplier_batch_number)}>${text("trace.all")}</a></p>`}
      ${shown && html`<${Found} trace=${shown} />`}
    <//>
  `;
}

function Found({ trace }) {
  return html`
    <${Totals} lines=${trace.lines} />
    <section class="trace-part">
      <h3>${text("trace.lines")}</h3>
      <${Table} label=${text("trace.lines")} columns=${lineColumns()} rows=${trace.lines} idOf=${(line) => line.line_id} hrefOf=${(line) => `#/receipts/${line.goods_receipt_id}`} />
      ${trace.has_more_lines && html`<p class="muted small">${text("trace.more_lines", { n: trace.lines.length })}</p>`}
    </section>
    <${TracePapers} trace=${trace} />
    <section class="trace-part">
      <h3>${text("trace.named")}</h3>
      <${Table} label=${text("trace.named")} columns=${namedColumns()} rows=${namedIn(trace)} empty=${text("trace.not_named")} />
    </section>
  `;
}

/** The batch over all deliveries, by product: quantities of one product have one unit. */
function Totals({ lines }) {
  const products = new Map(lines.map((line) => [line.product_id, line]));
  return html`
    <ul class="trace-totals">
      ${[...products.values()].map((product) => {
        const mine = lines.filter((line) => line.product_id === product.product_id);
        return html`
          <li class="card">
            <strong>${product.product_name}</strong>
            <dl class="figures">
              ${["delivered", ...PARTS].map((part) => html`
                <div class="figure" data-part=${part}>
                  <dt>${word("quantity", part)}</dt>
                  <dd>${number(sum(mine, `${part}_quantity`))}${part === "delivered" && html`<span class="unit">${word("unit", product.unit)}</span>`}</dd>
                </div>
              `)}
            </dl>
          </li>
        `;
      })}
    </ul>
  `;
}

const sum = (lines, name) => lines.reduce((total, line) => total + Math.round(Number(line[name]) * 1000), 0) / 1000;

function lineColumns() {
  return [
    { title: text("receipt.title"), shown: numberOf, isName: true },
    { title: text("receipt.delivered_on"), shown: (line) => day(line.delivered_on) },
    { title: text("receipt.site"), shown: (line) => line.site_name },
    { title: text("receipts.product"), shown: (line) => line.product_name },
    { title: text("lines.expires_on"), shown: (line) => line.expires_on && day(line.expires_on) },
    { title: word("quantity", "delivered"), kind: "number", shown: (line) => `${number(line.delivered_quantity)} ${word("unit", line.unit)}` },
    { title: text("sampling.title"), shown: sampled },
    { title: text("receipts.decision"), shown: (line) => html`<${DecisionBadge} status=${line.status} decision=${line.decision} />` },
    { title: text("photos.title"), shown: (line) => html`<${PhotoCount} ...${line.photos} />` },
  ];
}

function sampled({ sample, lot_decision: decision }) {
  if (!sample) return null;
  const counted = Object.values(sample.nonconforming).reduce((total, n) => total + n, 0);
  return html`
    <span class="trace-sample">
      ${decision && html`<${LotDecision} decision=${decision} />`}
      <span class="muted small">${text("trace.sample", { inspected: number(sample.inspected), lot: number(sample.lot_size), found: number(counted) })}</span>
    </span>
  `;
}

function namedColumns() {
  return [
    { title: text("trace.what"), shown: (one) => one.title, isName: true },
    { title: text("trace.kind"), shown: (one) => one.kind },
    { title: text("receipt.site"), shown: (one) => siteName(one.site) },
    { title: text("trace.at"), shown: (one) => moment(one.at) },
  ];
}

/** Findings, notices and register entries in one list, the newest first. */
function namedIn({ findings, corrective_actions: actions, register_entries: entries }) {
  return [
    ...findings.map((one) => ({ id: one.id, title: one.title, kind: text("trace.finding"), site: one.site_id, at: one.captured_at })),
    ...actions.map((one) => ({ id: one.id, title: `${one.number} ${one.title}`, kind: text("trace.action"), site: one.site_id, at: one.captured_at })),
    ...entries.map((one) => ({ id: one.id, title: either(one.checklist), kind: text("trace.entry"), site: one.site_id, at: one.captured_at })),
  ].sort((one, other) => other.at.localeCompare(one.at));
}
