/** The decision: what becomes of each line, what is still missing, and two people's signatures. */

import { fittingDecisions, missingToFinish, whyRefused } from "../../../receiving/decision.js";
import { allIn, parseQuantity, withPart } from "../../../receiving/quantities.js";
import { judge } from "../../../receiving/verdict.js";
import { counted, either, moment, text, told, word } from "../../../shared/language.js";
import { Choice } from "../../parts/choice.js";
import { say } from "../../../shared/messages.js";
import { SignaturePad } from "../../parts/photos/signature_pad.js";
import { Screen } from "../../parts/screen.js";
import { Sheet } from "../../../shared/sheet.js";
import { may, session } from "../../session/session.js";
import { newId, now } from "../../storage/ids.js";
import { html, useState } from "../../view.js";
import { allWell, allWellText, lastAnswers, lastWitness, useEarlier, withAnswers } from "./carry_over.js";
import { withChangedLine, withSuggestedQuantities } from "./documents.js";
import { ReceiptItem } from "./item.js";
import { gateAddress } from "./receipt.js";
import { isSigned, useReceipt } from "./use_receipt.js";

const SIGNING = new Set(["/signatures/acceptor", "/signatures/witness", "/decision"]);

export default function Decision({ id }) {
  const shown = useReceipt(id);
  const { receipt, verdict, edit, isClosed, isLoading } = shown;
  const earlier = useEarlier();
  const [signing, setSigning] = useState(/** @type {string | null} */ (null));
  const back = `#/receipts/${id}`;
  if (isLoading || !verdict) return html`<${Screen} title=${word("gate", "decision")} back=${back} />`;
  const decided = withDecision(receipt);
  const missing = missingToFinish(decided, asIfAccepted(shown)).filter((one) => !SIGNING.has(one.path));
  const refused = whyRefused(decided, verdict, actorOf()).filter((one) => !one.path.startsWith("/signatures"));
  const markable = allWell(entriesAtDecision(shown), lastAnswers(receipt, earlier));
  const markAll = () => edit((document) => withAnswers(document, markable));
  const suggest = () => edit((document) => withDecision(withSuggestedQuantities(document, verdict.lines, told)));
  const isOpen = receipt.lines.some(isUndecided);
  const canSign = missing.length === 0 && refused.length === 0;
  return html`
    <${Screen} title=${word("gate", "decision")} subtitle=${receipt.provisional_number} back=${back} footer=${html`<${Signer} receipt=${receipt} canSign=${canSign} sign=${setSigning} id=${id} />`}>
      ${!isClosed && markable.length > 1 && html`<button class="button quiet" type="button" onClick=${markAll}>${allWellText(markable)}</button>`}
      ${shown.parts.map((part) => html`<${OwnItems} key=${part.lineId ?? "head"} part=${part} shown=${shown} />`)}
      ${!isClosed && isOpen && html`<button class="button" type="button" onClick=${suggest}>${text("deciding.suggest")}</button>`}
      ${receipt.lines.map((line) => html`<${LineDecision} key=${line.id} line=${line} shown=${shown} />`)}
      <${Whole} receipt=${decided} edit=${edit} isClosed=${isClosed} />
      ${!isClosed && html`<${Missing} id=${id} shown=${shown} missing=${missing} refused=${refused} />`}
      <${Signatures} receipt=${receipt} edit=${edit} />
    <//>
    ${signing && html`<${Sign} role=${signing} shown=${shown} lately=${lastWitness(receipt, earlier)} close=${() => setSigning(null)} />`}
  `;
}

/** The verdict were everything accepted that nobody has decided: what is missing for that is named. */
function asIfAccepted({ receipt, basis, checklists, verdict }) {
  const lines = receipt.lines.map((line) => (isUndecided(line) && verdict.lines[line.id].reasons.length === 0 ? allIn(line, "accepted_quantity") : line));
  return judge({ ...receipt, lines }, basis, checklists, { asSigned: true });
}

const isUndecided = (line) => line.pending_quantity === line.delivered_quantity;

const itemsAtDecision = (part) => part.items.filter(({ item, isAsked }) => item.gate === "decision" && item.type !== "signature" && isAsked);
const entriesAtDecision = ({ parts }) => parts.flatMap((part) => itemsAtDecision(part).map((entry) => ({ ...entry, lineId: part.lineId })));

/** What the checklist asks at this gate itself: the net weight, the way into the store. */
function OwnItems({ part, shown }) {
  const items = itemsAtDecision(part);
  if (items.length === 0) return null;
  return html`
    <section class="stack">
      ${part.title && html`<h2>${part.title}</h2>`}
      ${items.map((entry) => html`<${ReceiptItem} key=${entry.item.id} entry=${entry} lineId=${part.lineId} shown=${shown} />`)}
    </section>
  `;
}

function actorOf() {
  const { user } = session();
  return { user_id: user.id, name: user.display_name, may_concede: may("grant_concession") };
}

/** The receipt with the decision that its quantities say, unless a fitting one was chosen. */
function withDecision(receipt) {
  const fitting = fittingDecisions(receipt.lines);
  return fitting.includes(receipt.decision) ? receipt : { ...receipt, decision: fitting[0] ?? null };
}

function LineDecision({ line, shown: { held, verdict, edit, isClosed } }) {
  const found = verdict.lines[line.id];
  const product = held.products.get(line.product_id)?.document;
  const part = partOf(line);
  const choose = (value) => edit((document) => withDecision(withChangedLine(document, line.id, (before) => decide(before, value))));
  const take = (value) => {
    const parsed = parseQuantity(value, line.unit);
    if (parsed.value === null) return;
    void edit((document) => withDecision(withChangedLine(document, line.id, (before) => withPart(/** @type {any} */ (before), "accepted_quantity", parsed.value, "rejected_quantity") ?? before)));
  };
  const options = [
    { value: "accepted_quantity", label: text("deciding.accept"), tone: "ok" },
    { value: "part", label: text("deciding.part"), tone: "part" },
    { value: "rejected_quantity", label: text("deciding.reject"), tone: "bad" },
    { value: "pending_quantity", label: text("deciding.pending"), tone: "plain" },
  ];
  return html`
    <section class="card stack">
      <div class="delivery-head"><strong>${product?.name}</strong><span class="muted">${line.delivered_quantity} ${word("unit", line.unit)}</span></div>
      ${found.is_acceptable ? html`<p class="is-ok">${text("deciding.all_well")}</p>` : found.reasons.map((reason) => html`<p class="is-bad">${told(reason)}</p>`)}
      ${found.not_ok.length > 0 && html`<ul class="notice-list small">${found.not_ok.map((one) => html`<li>${one.nonconformity_class} · ${either(one)}</li>`)}</ul>`}
      <${Choice} label=${product?.name ?? ""} options=${options} value=${part} isDisabled=${isClosed} onChoose=${choose} />
      ${part === "part" && html`<label class="labelled"><span>${text("deciding.accepted_of", { quantity: line.delivered_quantity, unit: word("unit", line.unit) })}</span><input class="field" type="text" inputmode="decimal" maxlength="20" disabled=${isClosed} value=${line.accepted_quantity} onInput=${(event) => take(event.target.value)} /></label>`}
      ${part !== "accepted_quantity" && part !== "pending_quantity" && html`<label class="labelled"><span>${text("deciding.reason")}</span><textarea class="field" rows="2" maxlength="500" disabled=${isClosed} value=${line.rejection_reason} onInput=${(event) => void edit((document) => withChangedLine(document, line.id, (before) => ({ ...before, rejection_reason: event.target.value })))}></textarea></label>`}
    </section>
  `;
}

function partOf(line) {
  const whole = ["accepted_quantity", "rejected_quantity", "pending_quantity"].find((name) => line[name] === line.delivered_quantity);
  return whole ?? "part";
}

function decide(line, value) {
  if (value !== "part") return allIn(line, value);
  // Somewhere to begin: the person says how many.
  return withPart(line, "accepted_quantity", "0", "rejected_quantity") && { ...line, accepted_quantity: "0.001", rejected_quantity: less(line.delivered_quantity), pending_quantity: "0" };
}

const less = (quantity) => String(Math.round((Number(quantity) - 0.001) * 1000) / 1000);

function Whole({ receipt, edit, isClosed }) {
  const fitting = fittingDecisions(receipt.lines).filter((one) => one !== "accepted_by_concession" || may("grant_concession"));
  if (fitting.length === 0) return null;
  const options = fitting.map((value) => ({ value, label: word("decision", value) }));
  const wantsReason = receipt.decision !== "accepted";
  return html`
    <section class="card stack">
      <h2>${text("deciding.whole")}</h2>
      <${Choice} label=${text("deciding.whole")} options=${options} value=${receipt.decision} isDisabled=${isClosed} onChoose=${(decision) => void edit((document) => ({ ...document, decision }))} />
      ${wantsReason && html`<label class="labelled"><span>${text("deciding.whole_reason")}</span><textarea class="field" rows="2" maxlength="1000" disabled=${isClosed} value=${receipt.decision_reason} onInput=${(event) => void edit((document) => ({ ...document, decision_reason: event.target.value }))}></textarea></label>`}
    </section>
  `;
}

function Missing({ id, shown, missing, refused }) {
  if (missing.length === 0 && refused.length === 0) return html`<p class="banner" data-decision="accepted">${text("deciding.complete")}</p>`;
  return html`
    <section class="card stack">
      <h2>${counted("deciding.missing", missing.length + refused.length)}</h2>
      <ul class="missing-list">
        ${missing.map((one) => html`<li><a href=${placeOf(id, one.path, shown)}>${toldHere(one)}${lineName(one.path, shown)}</a></li>`)}
        ${refused.map((one) => html`<li class="is-bad">${told(one)}${lineName(one.path, shown)}</li>`)}
      </ul>
    </section>
  `;
}

// The titles of items come in both languages.
function toldHere({ key, params }) {
  return told({ key, params: "zh" in params ? { ...params, title: either(/** @type {any} */ (params)), item: either(/** @type {any} */ (params)) } : params });
}

function lineName(path, { receipt, held }) {
  const at = /^\/lines\/(\d+)/.exec(path)?.[1];
  if (at === undefined || receipt.lines.length < 2) return "";
  return ` · ${held.products.get(receipt.lines[Number(at)].product_id)?.document.name ?? ""}`;
}

/** The address of the screen where something missing is put right. */
function placeOf(id, path, { receipt, parts }) {
  const [, list, at, what] = path.split("/");
  if (list === "lines" && what === "sample") return `#/receipts/${id}/samples/${receipt.lines[Number(at)].id}`;
  if (list === "lines" && at === undefined) return `#/receipts/${id}/goods`;
  const itemId = list === "answers" ? at : what;
  const lineId = list === "answers" ? null : receipt.lines[Number(at)]?.id;
  const gate = parts.find((part) => part.lineId === lineId)?.items.find(({ item }) => item.id === itemId)?.item.gate;
  if (gate === "sampling" && lineId) return `#/receipts/${id}/samples/${lineId}`;
  return gate ? gateAddress(id, gate) : `#/receipts/${id}`;
}

function Signer({ receipt, canSign, sign, id }) {
  if (isSigned(receipt)) return html`<a class="button" href=${receipt.decision === "accepted" ? "#/" : `#/receipts/${id}/slip`}>${text(receipt.decision === "accepted" ? "receiving.done" : "receiving.slip")}</a>`;
  const hasAcceptor = receipt.signatures.some((one) => one.role === "acceptor");
  if (!hasAcceptor) return html`<button class="button" type="button" disabled=${!canSign} onClick=${() => sign("acceptor")}>${text("deciding.sign_acceptor")}</button>`;
  return html`<button class="button quiet" type="button" onClick=${() => sign("driver")}>${text("deciding.sign_driver")}</button><button class="button" type="button" onClick=${() => sign("witness")}>${text("deciding.sign_witness")}</button>`;
}

function Signatures({ receipt, edit }) {
  if (receipt.signatures.length === 0) return null;
  const isFinal = receipt.status === "signed" || isSigned(receipt);
  const takeBack = () => edit((document) => ({ ...document, signatures: [] }));
  return html`
    <section class="card stack">
      <h2>${text("deciding.signatures")}</h2>
      ${receipt.signatures.map((one) => html`<p key=${one.id}><strong>${one.name}</strong> <span class="muted small">${word("signature", one.role)} · ${moment(one.signed_at)}</span></p>`)}
      ${!isFinal && html`<button class="link" type="button" onClick=${takeBack}>${text("deciding.take_back")}</button>`}
    </section>
  `;
}

function Sign({ role, lately, shown: { receipt, held, edit }, close }) {
  const { user } = session();
  const acceptor = receipt.signatures.find((one) => one.role === "acceptor");
  const members = held.members.filter((one) => one.is_active && one.user_id !== acceptor?.user_id);
  const [person, setPerson] = useState(() => firstSigner(role, { user, members, receipt, lately }));
  const signed = async (photo) => {
    const signature = { id: newId(), role, user_id: person.user_id, name: person.name.trim(), attachment_id: photo.attachment.id, signed_at: now() };
    await edit((document) => {
      const decided = withDecision(document);
      return { ...decided, signatures: [...decided.signatures, signature] };
    }, [photo]);
    close();
    say(text("deciding.signed", { name: signature.name, role: word("signature", role) }));
  };
  const choose = (event) => {
    const member = members.find((one) => one.user_id === event.target.value);
    if (member) setPerson({ user_id: member.user_id, name: member.display_name });
  };
  return html`
    <${Sheet} title=${word("signature", role)} close=${close}>
      ${role === "acceptor" && html`<p><strong>${person.name}</strong></p><p class="muted small">${text("deciding.sign_means")}</p>`}
      ${role === "witness" && html`<label class="labelled"><span>${text("deciding.witness")}</span><select class="field" value=${person.user_id ?? ""} onChange=${choose}>${person.user_id === null && html`<option value="">${text("deciding.choose_person")}</option>`}${members.map((one) => html`<option value=${one.user_id}>${one.display_name} · ${word("role", one.role)}</option>`)}</select></label>`}
      ${role === "driver" && html`<label class="labelled"><span>${text("receiving.driver")}</span><input class="field" type="text" maxlength="100" value=${person.name} onInput=${(event) => setPerson({ user_id: null, name: event.target.value })} /></label>`}
      ${person.name.trim() && (role === "driver" || person.user_id) && html`<${SignaturePad} key=${person.user_id ?? "driver"} name=${person.name} owner=${{ owner_collection: "goods_receipts", owner_id: receipt.id, site_id: receipt.site_id }} onSigned=${signed} />`}
    <//>
  `;
}

/** The acceptor is whoever holds the phone; on the witness's own phone the witness is, else who was the last time. */
function firstSigner(role, { user, members, receipt, lately }) {
  if (role === "driver") return { user_id: null, name: receipt.driver_name };
  if (role === "acceptor") return { user_id: user.id, name: user.display_name };
  const likely = members.find((one) => one.user_id === user.id) ?? members.find((one) => one.user_id === lately);
  return likely ? { user_id: likely.user_id, name: likely.display_name } : { user_id: null, name: "" };
}
