/** One gate: what is asked of the delivery, then of each of its goods. */

import { number, text, word } from "../../../shared/language.js";
import { say } from "../../../shared/messages.js";
import { Screen } from "../../parts/screen.js";
import { go } from "../../../shared/router.js";
import { html, useEffect, useState } from "../../view.js";
import { allWell, allWellText, lastAnswers, useEarlier, withAnswers } from "./carry_over.js";
import { ReceiptItem } from "./item.js";
import { mayFilm, usePhotoWalk, wantedAfter, WalkButton } from "./photo_walk.js";
import { gateAddress, gatesOf } from "./receipt.js";
import { useReceipt } from "./use_receipt.js";

export default function Gate({ id, gate }) {
  const shown = useReceipt(id);
  const { verdict, parts, isLoading } = shown;
  const back = `#/receipts/${id}`;
  if (isLoading || !verdict || parts.length === 0) return html`<${Screen} title=${word("gate", gate)} back=${back} />`;
  return html`<${Asked} key=${gate} id=${id} gate=${gate} shown=${shown} />`;
}

function Asked({ id, gate, shown }) {
  const { receipt, parts, edit, isClosed } = shown;
  const earlier = useEarlier();
  const inGate = parts.map((part) => ({ ...part, items: part.items.filter(({ item, isAsked }) => item.gate === gate && isAsked && item.type !== "signature") })).filter((part) => part.items.length > 0);
  const all = inGate.flatMap((part) => part.items.map((entry) => ({ ...entry, lineId: part.lineId, title: part.title })));
  const left = all.filter(({ outcome, lacksPhoto }) => outcome.outcome === "missing" || lacksPhoto).length;
  // Once the last photo is taken and nothing else is open, there is nothing to stay for.
  const [isWalked, setWalked] = useState(false);
  const next = following(gatesOf(shown), gate);
  useEffect(() => {
    if (!isWalked) return;
    setWalked(false);
    if (left === 0 && next && !next.isStop) go(gateAddress(id, next.gate));
  }, [isWalked]);
  const walk = usePhotoWalk(shown, all, () => setWalked(true));
  const last = lastAnswers(receipt, earlier);
  const markable = allWell(all, last);
  const markAll = async () => {
    const before = receipt.answers;
    await edit((document) => withAnswers(document, markable));
    say(text("receiving.marked_all", { n: number(markable.length) }), { label: text("undo"), run: () => void edit((document) => ({ ...document, answers: before })) });
    const photos = wantedAfter(all, markable);
    if (photos.length > 1 && (await mayFilm())) await walk.start(photos);
  };
  return html`
    <${Screen} title=${word("gate", gate)} subtitle=${left === 0 ? text("receiving.gate_done") : text("receiving.gate_left", { n: number(left) })} back=${`#/receipts/${id}`} footer=${html`<${NextGate} id=${id} next=${next} />`}>
      ${!isClosed && markable.length > 1 && html`<button class="button quiet" type="button" onClick=${markAll}>${allWellText(markable)}</button>`}
      ${!isClosed && markable.length <= 1 && html`<${WalkButton} n=${walk.wanted.length} start=${walk.start} />`}
      ${inGate.map((part) => html`<${Part} key=${part.lineId ?? "head"} part=${part} shown=${shown} />`)}
    <//>
    ${walk.view}
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

/** The gate to go on to: the next one, or the decision where a failure stops the delivery. */
function following(gates, gate) {
  const at = gates.findIndex((state) => state.gate === gate);
  const isStop = gates[at]?.result === "stopped";
  const next = isStop ? gates.find((state) => state.gate === "decision") : gates[at + 1];
  return next ? { gate: next.gate, isStop } : null;
}

function NextGate({ id, next }) {
  if (!next) return html`<a class="button" href=${`#/receipts/${id}`}>${text("receiving.done")}</a>`;
  return html`<a class="button" href=${gateAddress(id, next.gate)}>${text(next.isStop ? "receiving.stop_here" : "receiving.next", { gate: word("gate", next.gate) })}</a>`;
}
