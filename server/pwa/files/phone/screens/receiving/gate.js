/** One gate: what is asked of the delivery, then of each of its goods. */

import { number, text, word } from "../../../shared/language.js";
import { say } from "../../../shared/messages.js";
import { Screen } from "../../parts/screen.js";
import { newId, now } from "../../storage/ids.js";
import { html } from "../../view.js";
import { withAnswer } from "./documents.js";
import { ReceiptItem } from "./item.js";
import { gateAddress, gatesOf } from "./receipt.js";
import { useReceipt } from "./use_receipt.js";

export default function Gate({ id, gate }) {
  const shown = useReceipt(id);
  const { receipt, verdict, parts, edit, isClosed, isLoading } = shown;
  const back = `#/receipts/${id}`;
  if (isLoading || !verdict || parts.length === 0) return html`<${Screen} title=${word("gate", gate)} back=${back} />`;
  const inGate = parts.map((part) => ({ ...part, items: part.items.filter(({ item, isAsked }) => item.gate === gate && isAsked && item.type !== "signature") })).filter((part) => part.items.length > 0);
  const all = inGate.flatMap((part) => part.items.map((entry) => ({ ...entry, lineId: part.lineId })));
  const markable = all.filter(({ item, answer }) => ["check", "document"].includes(item.type) && (!answer || (answer.is_ok === null && !answer.not_applicable)));
  const left = all.filter(({ outcome, lacksPhoto }) => outcome.outcome === "missing" || lacksPhoto).length;
  const markAll = async () => {
    const before = receipt.answers;
    await edit((document) => markable.reduce((changed, { item, lineId }) => withAnswer(changed, { itemId: item.id, lineId, changed: { is_ok: true }, id: newId(), now: now() }), document));
    say(text("receiving.marked_all", { n: number(markable.length) }), { label: text("undo"), run: () => void edit((document) => ({ ...document, answers: before })) });
  };
  return html`
    <${Screen} title=${word("gate", gate)} subtitle=${left === 0 ? text("receiving.gate_done") : text("receiving.gate_left", { n: number(left) })} back=${back} footer=${html`<${NextGate} id=${id} gate=${gate} shown=${shown} />`}>
      ${!isClosed && markable.length > 1 && html`<button class="button quiet" type="button" onClick=${markAll}>${text("receiving.mark_all", { n: number(markable.length) })}</button>`}
      ${inGate.map((part) => html`<${Part} key=${part.lineId ?? "head"} part=${part} shown=${shown} />`)}
    <//>
  `;
}

function Part({ part, shown }) {
  return html`
    <section class="stack">
      <h2 class=${part.title ? "part-title" : "visually-hidden"}>${part.title || text("receiving.whole_delivery")}</h2>
      ${part.items.map((entry) => html`<${ReceiptItem} key=${entry.item.id} entry=${entry} lineId=${part.lineId} shown=${shown} />`)}
    </section>
  `;
}

function NextGate({ id, gate, shown }) {
  const gates = gatesOf(shown);
  const at = gates.findIndex((state) => state.gate === gate);
  const stopped = gates[at]?.result === "stopped";
  const following = stopped ? gates.find((state) => state.gate === "decision") : gates[at + 1];
  if (!following) return html`<a class="button" href=${`#/receipts/${id}`}>${text("receiving.done")}</a>`;
  return html`<a class="button" href=${gateAddress(id, following.gate)}>${text(stopped ? "receiving.stop_here" : "receiving.next", { gate: word("gate", following.gate) })}</a>`;
}
