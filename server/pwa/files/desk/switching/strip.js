/** The history as a strip of lots, the oldest first: shape, colour and a word each say the decision. */

import { moment, text, word } from "../../shared/language.js";
import { siteName } from "../session.js";
import { html } from "../view.js";

/**
 * A small strip for a row of a list, read out as one sentence.
 *
 * @param {{lots: any[]}} properties the latest first, as the API gives them
 */
export function Glimpse({ lots }) {
  if (lots.length === 0) return html`<span class="muted small">${text("strip.none")}</span>`;
  const accepted = lots.filter(({ decision }) => decision === "accepted").length;
  const told = text("strip.glimpse", { n: lots.length, accepted, refused: lots.length - accepted });
  return html`
    <span class="glimpse" role="img" aria-label=${told} title=${told}>
      ${lots.toReversed().map((lot) => html`<${Sign} lot=${lot} isMarked=${lot.is_marked} />`)}
    </span>
  `;
}

/**
 * The lots in full: each leads to its receipt.
 *
 * @param {{lots: any[]}} properties the latest first
 */
export function Strip({ lots }) {
  return html`
    <ol class="strip-of-lots" aria-label=${text("strip.label")}>
      ${lots.toReversed().map(
        (lot) => html`
          <li key=${lot.goods_receipt_id + lot.line_id} data-under=${lot.inspected_under}>
            <a href=${`#/receipts/${lot.goods_receipt_id}`} title=${toldOf(lot)}>
              <${Sign} lot=${lot} isMarked=${lot.mark !== null} />
              <span class="under" aria-hidden="true">${word("severity_letter", lot.inspected_under)}</span>
              <span class="unseen">${toldOf(lot)}</span>
            </a>
          </li>
        `,
      )}
    </ol>
    <p class="strip-legend muted small">
      <span><${Sign} lot=${{ decision: "accepted" }} /> ${word("lot_verdict", "accepted")}</span>
      <span><${Sign} lot=${{ decision: "not_accepted" }} /> ${word("lot_verdict", "not_accepted")}</span>
      <span><${Sign} lot=${{ decision: "accepted", is_resubmitted: true }} /> ${text("strip.resubmitted")}</span>
      <span><${Sign} lot=${{ decision: "accepted" }} isMarked=${true} /> ${text("strip.marked")}</span>
      <span>${text("strip.letters")}</span>
    </p>
  `;
}

function Sign({ lot, isMarked = false }) {
  const isAccepted = lot.decision === "accepted";
  return html`
    <span class="lot-sign" data-decision=${lot.decision} data-resubmitted=${lot.is_resubmitted ? "" : null} data-marked=${isMarked ? "" : null} aria-hidden="true">${isAccepted ? "✓" : "✕"}</span>
  `;
}

/** One lot in words. */
export function toldOf(lot) {
  const parts = [moment(lot.inspected_at), word("lot_verdict", lot.decision), word("inspection_severity", lot.inspected_under), siteName(lot.site_id)];
  if (lot.is_resubmitted) parts.push(text("strip.resubmitted"));
  if (lot.mark) parts.push(text("strip.marked"));
  return parts.join(text("app.separator"));
}
