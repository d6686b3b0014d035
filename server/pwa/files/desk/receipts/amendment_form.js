/** Amending a signed receipt: other quantities, what happens to the goods, a concession with its reason. */

import { fittingDecisions } from "../../receiving/decision.js";
import { either, listed, number, text, word } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { Sheet } from "../../shared/sheet.js";
import { html, useState } from "../../shared/view.js";
import { send } from "../api.js";
import { Field, Select } from "../parts/fields.js";
import { ErrorNotice } from "../parts/problem.js";
import { account, may } from "../session.js";
import { PARTS } from "./lines.js";
import { DecisionBadge } from "./words.js";

const CONCESSION = "concession";
const DISPOSITIONS = ["return_to_supplier", "sort", "rework", "scrap", CONCESSION];

/** @param {{receipt: any, close: () => void, again: () => void}} properties */
export function AmendmentForm({ receipt, close, again }) {
  // Made once: a second try after a lost answer is the same amendment and counts once.
  const [id] = useState(() => crypto.randomUUID());
  const [kind, setKind] = useState("correction");
  const [lines, setLines] = useState(() => receipt.lines_now.map((line) => ({ ...line, disposition: "" })));
  const [reason, setReason] = useState("");
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isBusy, setBusy] = useState(false);
  const change = (lineId, changes) =>
    setLines((before) => before.map((line) => (line.line_id === lineId ? { ...line, ...changes } : line)));
  const decision = decisionOf(lines, receipt.document.verdict.lines);
  const isWhole = lines.every((line) => missingOf(line) === 0);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await send("PUT", `goods-receipt-amendments/${id}`, amendment(id, receipt, kind, reason, decision, lines));
      close();
      say(text("amend.done"));
      again();
    } catch (why) {
      setError(why);
      setBusy(false);
    }
  };
  return html`
    <${Sheet} title=${text("amend.title")} close=${close}>
      <form class="amend" onSubmit=${submit}>
        <${Kind} receipt=${receipt} kind=${kind} choose=${setKind} />
        ${lines.map((line) => html`<${AmendedLine} key=${line.line_id} line=${line} receipt=${receipt} kind=${kind} change=${change} />`)}
        <${Field} label=${text("amend.reason")}>
          <textarea required maxlength="1000" value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea>
        <//>
        <p class="amend-result" role="status">
          ${isWhole && decision ? html`${text("amend.result")} <${DecisionBadge} status="signed" decision=${decision} />` : text("amend.not_whole")}
        </p>
        <${ErrorNotice} error=${error} />
        <button class="button" type="submit" disabled=${isBusy || !isWhole || !decision || !reason.trim()}>${text("amend.sign")}</button>
      </form>
    <//>
  `;
}

/** A concession is offered where the server would take one; else it is said why there is none. */
function Kind({ receipt, kind, choose }) {
  const why = whyNoConcession(receipt.document);
  const option = (value, isOffered) => html`
    <label class="choice">
      <input type="radio" name="kind" value=${value} checked=${kind === value} disabled=${!isOffered} onChange=${() => choose(value)} />
      <span>${word("amendment", value)}</span>
    </label>
  `;
  return html`
    <fieldset class="amend-kind">
      <legend>${text("amend.kind")}</legend>
      ${option("correction", true)} ${may("grant_concession") && option(CONCESSION, why === null)}
      ${may("grant_concession") && why && html`<p class="muted small">${why}</p>`}
    </fieldset>
  `;
}

function whyNoConcession(signed) {
  const acceptor = signed.signatures.find((signature) => signature.role === "acceptor");
  if (acceptor?.user_id === account()?.id) return text("amend.own");
  const failed = Object.values(signed.verdict.lines).filter((verdict) => !verdict.is_acceptable);
  if (failed.length > 0 && failed.every((verdict) => verdict.has_class_a_failure)) return text("amend.class_a");
  return null;
}

function AmendedLine({ line, receipt, kind, change }) {
  const basis = receipt.document.basis.lines[line.line_id];
  const verdict = receipt.document.verdict.lines[line.line_id];
  const unit = word("unit", basis.product.unit);
  const missing = missingOf(line);
  const isLeft = Number(line.rejected_quantity) + Number(line.pending_quantity) > 0;
  return html`
    <fieldset class="amend-line">
      <legend>${basis.product.name} <span class="muted small">${number(line.delivered_quantity)} ${unit}</span></legend>
      ${verdict.reasons.length > 0 && html`<p class="muted small">${listed(verdict.reasons.map(either))}</p>`}
      <div class="amend-quantities">
        ${PARTS.map((part) => html`<${Quantity} part=${part} line=${line} change=${change} />`)}
      </div>
      ${missing !== 0 && html`<p class="field-error" role="alert">${text(missing > 0 ? "amend.left" : "amend.over", { n: number(Math.abs(missing)) })}</p>`}
      ${(isLeft || kind === CONCESSION) && html`<${Disposition} line=${line} kind=${kind} change=${change} />`}
    </fieldset>
  `;
}

function Quantity({ part, line, change }) {
  const name = `${part}_quantity`;
  return html`
    <${Field} label=${word("quantity", part)}>
      <input inputmode="decimal" required pattern="\\d{1,7}(\\.\\d{1,3})?" value=${line[name]} onInput=${(event) => change(line.line_id, { [name]: event.target.value.trim() })} />
    <//>
  `;
}

function Disposition({ line, kind, change }) {
  const offered = DISPOSITIONS.filter((value) => value !== CONCESSION || kind === CONCESSION);
  const options = [
    { value: "", label: text("amend.undisposed") },
    ...offered.map((value) => ({ value, label: word("disposition", value) })),
  ];
  return html`
    <${Select} label=${text("amend.disposition")} value=${line.disposition} options=${options} onChoose=${(disposition) => change(line.line_id, { disposition })} />
  `;
}

/** What of the delivered quantity is not spoken for, in thousandths of the unit made whole. */
function missingOf(line) {
  const thousandths = (value) => Math.round(Number(value || 0) * 1000);
  const told = PARTS.reduce((sum, part) => sum + thousandths(line[`${part}_quantity`]), 0);
  return (thousandths(line.delivered_quantity) - told) / 1000;
}

/** The decision that says what the quantities say. While goods are accepted that did not pass, it is a concession. */
function decisionOf(lines, verdicts) {
  const isConceded = lines.some((line) => Number(line.accepted_quantity) > 0 && !verdicts[line.line_id].is_acceptable);
  if (isConceded) return "accepted_by_concession";
  const readable = lines.every((line) => PARTS.every((part) => /^\d+(\.\d+)?$/.test(line[`${part}_quantity`])));
  return readable ? fittingDecisions(lines).find((decision) => decision !== "accepted_by_concession") : undefined;
}

function amendment(id, receipt, kind, reason, decision, lines) {
  return {
    id,
    goods_receipt_id: receipt.document.id,
    kind,
    reason: reason.trim(),
    decision,
    lines: lines.map(({ delivered_quantity: _delivered, disposition, ...line }) => ({
      ...line,
      disposition: kind !== CONCESSION && disposition === CONCESSION ? null : disposition || null,
    })),
    captured_at: new Date().toISOString(),
  };
}
