/** A receipt at a glance: the delivery, its goods, the gates in their order, and what comes next. */

import { gateStates } from "../../../receiving/gates.js";
import { day, moment, number, text, told, word } from "../../../shared/language.js";
import { Icon } from "../../../shared/icons.js";
import { say } from "../../../shared/messages.js";
import { ProblemNotice } from "../../parts/problem.js";
import { Screen } from "../../parts/screen.js";
import { goInstead } from "../../../shared/router.js";
import { session } from "../../session/session.js";
import { erase } from "../../storage/outbox.js";
import { html, useState } from "../../view.js";
import { isSigned, useReceipt } from "./use_receipt.js";

const GATE_ADDRESS = { sampling: "samples", decision: "decision" };

export default function Receipt({ id }) {
  const shown = useReceipt(id);
  const { receipt, held, verdict, refusals, basis, record, isLoading } = shown;
  if (isLoading) return html`<${Screen} title=${text("receiving.title")} back="#/" />`;
  if (!receipt) return html`<${Screen} title=${text("receiving.title")} back="#/"><p class="empty-text">${text("receiving.not_here")}</p><a class="button" href=${`desk#/receipts/${id}`}>${text("receiving.open_desk")}</a><//>`;
  const supplier = held.suppliers.get(receipt.supplier_id)?.document;
  const gates = verdict && receipt.lines.length > 0 ? gatesOf(shown) : [];
  return html`
    <${Screen} title=${receipt.number ?? receipt.provisional_number} subtitle=${supplier?.name} back="#/" footer=${html`<${Next} id=${id} receipt=${receipt} gates=${gates} />`}>
      ${record?.problem && html`<${ProblemNotice} problem=${record.problem} />`}
      ${isSigned(receipt) && html`<p class="banner" data-decision=${receipt.decision}><${Icon} name="check" /> ${word("decision", receipt.decision ?? "pending")}</p>`}
      <${Delivery} ...${shown} supplier=${supplier} />
      <section class="stack" aria-label=${text("receiving.goods")}>
        <div class="section-head"><h2>${text("receiving.goods")}</h2>${!shown.isClosed && html`<a class="button quiet" href=${`#/receipts/${id}/goods`}><${Icon} name="plus" /> ${text("receiving.add")}</a>`}</div>
        ${receipt.lines.map((line) => html`<${LineCard} key=${line.id} id=${id} line=${line} held=${held} basis=${basis} verdict=${verdict} />`)}
        ${receipt.lines.length === 0 && html`<p class="muted">${text("receiving.no_goods")}</p>`}
      </section>
      ${refusals?.map((one) => html`<p class="field-error" role="alert">${told(one)}</p>`)}
      ${gates.length > 0 &&
      html`
        <section class="stack" aria-label=${text("receiving.gates")}>
          <h2>${text("receiving.gates")}</h2>
          <ol class="gate-list">${gates.map((gate) => html`<li key=${gate.gate}><${GateRow} id=${id} gate=${gate} /></li>`)}</ol>
        </section>
      `}
      <${ThrowAway} id=${id} receipt=${receipt} />
    <//>
  `;
}

/** The gates of the whole delivery: of its head and of every line. */
export function gatesOf({ receipt, checklists, verdict, parts }) {
  const template = parts[0].template;
  const evaluations = [verdict.evaluations.head, ...receipt.lines.map((line) => verdict.evaluations.lines[line.id])];
  const states = gateStates(template.gates, evaluations);
  return states.filter((state) => state.total > 0 || GATE_ADDRESS[state.gate] || checklists);
}

function Next({ id, receipt, gates }) {
  if (receipt.status === "signed" || isSigned(receipt)) {
    return html`<a class="button quiet" href=${`#/receipts/${id}/decision`}>${text("receiving.see_decision")}</a>${receipt.decision === "rejected" || receipt.decision === "accepted_in_part" ? html`<a class="button" href=${`#/receipts/${id}/slip`}>${text("receiving.slip")}</a>` : null}`;
  }
  if (receipt.lines.length === 0) return html`<a class="button" href=${`#/receipts/${id}/goods`}>${text("receiving.add_goods")}</a>`;
  const open = gates.find((gate) => gate.is_open && !gate.is_complete && gate.result !== "stopped" && gate.gate !== "decision");
  if (!open) return html`<a class="button" href=${`#/receipts/${id}/decision`}>${text("receiving.to_decision")}</a>`;
  return html`<a class="button" href=${gateAddress(id, open.gate)}>${text("receiving.next", { gate: word("gate", open.gate) })}</a>`;
}

/** @param {string} id @param {string} gate */
export const gateAddress = (id, gate) => `#/receipts/${id}/${GATE_ADDRESS[gate] ?? `gates/${gate}`}`;

function GateRow({ id, gate }) {
  return html`
    <a class="gate-row" data-result=${gate.result} href=${gateAddress(id, gate.gate)}>
      <span class="gate-mark" aria-hidden="true">${gate.result === "complete" ? "✓" : gate.result === "failed" || gate.result === "stopped" ? "✕" : ""}</span>
      <span class="gate-name">${word("gate", gate.gate)}</span>
      <span class="muted small">${gate.gate === "decision" ? "" : gate.failed.length > 0 ? text("receiving.gate_failed", { n: number(gate.failed.length) }) : `${number(gate.answered)}／${number(gate.total)}`}</span>
      <${Icon} name="chevron" />
    </a>
  `;
}

function Delivery({ receipt, supplier, basis, edit, isClosed }) {
  const [isOpen, setOpen] = useState(false);
  const licence = basis?.supplier.licence;
  const field = (name, label, longest) => html`
    <label class="labelled"><span>${label}</span>
      <input class="field" type="text" maxlength=${longest} disabled=${isClosed} value=${receipt[name]} onInput=${(event) => void edit((document) => ({ ...document, [name]: event.target.value }))} /></label>
  `;
  return html`
    <section class="card stack">
      <div class="delivery-head">
        <div><strong>${supplier?.name ?? "—"}</strong><p class="muted small">${day(receipt.delivered_on)}${receipt.delivered_at ? ` · ${moment(receipt.delivered_at).split(/[ ,]/).at(-1)}` : ""}</p></div>
        ${licence && html`<span class=${licence.is_valid ? "tag is-ok" : "tag is-bad"}>${text(licence.is_valid ? "receiving.licences_valid" : "receiving.licences_invalid")}</span>`}
      </div>
      ${licence && !licence.is_valid && html`<ul class="notice-list small is-bad">${licence.findings.map((one) => html`<li>${told(one.text)}</li>`)}</ul>`}
      ${field("delivery_note_number", text("receiving.note_number"), 100)}
      <button class="link" type="button" aria-expanded=${String(isOpen)} onClick=${() => setOpen(!isOpen)}>${text("receiving.more_facts")}</button>
      ${isOpen &&
      html`
        <label class="labelled"><span>${text("receiving.delivered_on")}</span><input class="field" type="date" required disabled=${isClosed} value=${receipt.delivered_on} onInput=${(event) => event.target.value && void edit((document) => ({ ...document, delivered_on: event.target.value }))} /></label>
        ${field("vehicle_plate", text("receiving.vehicle"), 20)} ${field("driver_name", text("receiving.driver"), 100)} ${field("note", text("receiving.note"), 4000)}
      `}
    </section>
  `;
}

function LineCard({ id, line, held, basis, verdict }) {
  const product = held.products.get(line.product_id)?.document;
  const found = verdict?.lines[line.id];
  const expires = basis?.lines[line.id]?.expires_on;
  return html`
    <a class="card pick line-card" href=${`#/receipts/${id}/lines/${line.id}`}>
      <span class="pick-text">
        <strong>${product?.name ?? line.product_id}</strong>
        <span class="muted small">${line.delivered_quantity} ${word("unit", line.unit)}${expires ? ` · ${text("receiving.expires", { day: day(expires) })}` : ""}${line.supplier_batch_number ? ` · ${line.supplier_batch_number}` : ""}</span>
        ${found?.reasons.map((reason) => html`<span class="small is-bad">${told(reason)}</span>`)}
      </span>
      ${found?.is_acceptable ? html`<span class="tag is-ok">${text("receiving.acceptable")}</span>` : html`<${Icon} name="chevron" />`}
    </a>
  `;
}

function ThrowAway({ id, receipt }) {
  const [isAsked, setAsked] = useState(false);
  if (receipt.signatures.length > 0 || receipt.status === "signed") return null;
  const throwAway = async () => {
    await erase(session().database, "goods_receipts", id);
    goInstead("#/");
    say(text("receiving.thrown_away"));
  };
  if (!isAsked) return html`<button class="link is-bad" type="button" onClick=${() => setAsked(true)}>${text("receiving.throw_away")}</button>`;
  return html`<div class="card notice" role="alert"><strong>${text("receiving.throw_away_sure")}</strong><div class="pair"><button class="button quiet" type="button" onClick=${() => setAsked(false)}>${text("receiving.keep")}</button><button class="button is-bad" type="button" onClick=${throwAway}>${text("receiving.throw_away")}</button></div></div>`;
}
