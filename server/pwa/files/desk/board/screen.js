/** The rectification board: lanes above, the notices of one at the left, and the chosen one beside. */

import { text, word } from "../../shared/language.js";
import { goInstead } from "../../shared/router.js";
import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { ErrorNotice } from "../parts/problem.js";
import { useAnswer, usePages, useQuery, withQuery } from "../view.js";
import { Action } from "./action.js";
import { ActionList } from "./action_list.js";
import { CloseAll } from "./bulk.js";
import { AT_ONCE, isPossible, takeAtOnce } from "./judging.js";
import { useKeys, useKeysChoice } from "./keys.js";
import { addressOf, BoardFilters, firstLane, Lanes, listPath, whoseOf } from "./lanes.js";
import { pendingOf, undoLast, usePending } from "./pending.js";
import { Responsible } from "./responsible.js";
import { StepSheet } from "./step_sheet.js";

/** @param {{id?: string}} properties */
export default function Board({ id }) {
  const asked = useQuery();
  const lane = asked.lane ?? firstLane();
  const summary = useAnswer(withQuery("corrective-actions/board", whoseOf(asked)));
  const list = usePages(listPath(lane, asked), "corrective_actions");
  const chosen = useAnswer(id ? `corrective-actions/${id}` : null);
  const shown = id && chosen.answer?.document.id === id ? chosen.answer : null;
  const [step, setStep] = useState(/** @type {{kind: string, action: any} | null} */ (null));
  const [areKeysOn, setKeysOn] = useKeysChoice();

  useWhatWasSent(() => {
    summary.again();
    chosen.again();
  });
  useEffect(() => {
    if (!id) document.title = `${text("board.title")} · ${text("app.title")}`;
  }, [id]);

  const row = list.entries.find((action) => action.id === id);
  // What stands in the list can be judged before its details have come: a newer submission refuses it.
  const current = shown ? { ...shown.document, possible_steps: shown.possible_steps } : row;
  const take = (/** @type {string} */ kind) => {
    if (!current || !isPossible(current, kind) || isTaken(current)) return;
    if (AT_ONCE.has(kind)) takeAtOnce(current, kind);
    else setStep({ kind, action: current });
  };
  const move = useMove(list.entries, id ?? null, asked);
  useKeys({ j: () => move(1), k: () => move(-1), v: () => take("verified"), r: () => take("returned"), z: () => void undoLast() }, areKeysOn);
  const taken = () => {
    summary.again();
    list.again();
    chosen.again();
  };
  return html`
    <main class=${id ? "desk-main board has-action" : "desk-main board"}>
      <header class="page-head board-head">
        <div class="page-text"><h2>${text("board.title")}</h2></div>
        <div class="page-actions"><${CloseAll} lane=${lane} entries=${list.entries} taken=${taken} /><a class="button quiet" href="#/inspections">${text("board.inspections")}</a><a class="button quiet" href="#/findings">${text("board.all_findings")}</a><a class="button quiet" href=${withQuery("#/actions/statistics", { site_id: asked.site_id })}>${text("board.statistics")}</a></div>
      </header>
      <div class="board-top">
        <${ErrorNotice} error=${summary.error} again=${summary.again} />
        <${Lanes} lane=${lane} asked=${asked} numbers=${summary.answer?.lanes} />
        <${BoardFilters} asked=${asked} responsible=${summary.answer?.responsible ?? []} />
      </div>
      <div class="board-left">
        <${ActionList} list=${list} id=${id ?? null} asked=${asked} lane=${lane} />
        <${KeyHelp} isOn=${areKeysOn} choose=${setKeysOn} />
      </div>
      <div class="board-right">
        <${ErrorNotice} error=${chosen.error} again=${chosen.again} />
        ${shown && html`<${Action} key=${id} shown=${shown} back=${addressOf(null, asked)} take=${take} />`}
        ${!id && html`<${Responsible} rows=${summary.answer?.responsible ?? []} asked=${asked} />`}
      </div>
      ${step && html`<${StepSheet} key=${step.kind + step.action.id} kind=${step.kind} action=${step.action} people=${shown?.people ?? []} photos=${photosOf(shown)} close=${() => setStep(null)} taken=${taken} />`}
    </main>
  `;
}
Board.staysFor = "actions";

const isTaken = (action) => {
  const state = pendingOf(action)?.state;
  return state !== undefined && state !== "failed";
};

/** What may be drawn on: the result first, then what was found. */
function photosOf(shown) {
  if (!shown) return [];
  return [...(shown.document.submission?.attachment_ids ?? []), ...shown.findings.flatMap((finding) => finding.attachment_ids)];
}

/** Ask anew once a judgement that waited has been sent. */
function useWhatWasSent(again) {
  const sent = usePending();
  const before = useRef(sent);
  useEffect(() => {
    if (sent !== before.current) again();
    before.current = sent;
  }, [sent]);
}

/** The next or the previous of the list; from nowhere, the first. */
function useMove(entries, id, asked) {
  const place = useRef(-1);
  const found = entries.findIndex((action) => action.id === id);
  if (found >= 0) place.current = found;
  return (/** @type {number} */ by) => {
    const next = entries[id === null ? 0 : Math.min(entries.length - 1, Math.max(0, place.current + by))];
    if (next) goInstead(addressOf(next.id, asked));
  };
}

function KeyHelp({ isOn, choose }) {
  return html`
    <p class="key-help muted small">
      ${isOn && html`<kbd>J</kbd> <kbd>K</kbd> ${text("board.key_move")} <kbd>V</kbd> ${word("step", "verified")} <kbd>R</kbd> ${word("step", "returned")} <kbd>Z</kbd> ${text("board.undo")}`}
      <button type="button" class="link-button" aria-pressed=${String(isOn)} onClick=${() => choose(!isOn)}>${isOn ? text("board.keys_off") : text("board.keys_on")}</button>
    </p>
  `;
}
