/** What would change the state: each condition of the standard, how far it is met, and its clause. */

import { number, text } from "../../shared/language.js";
import { html } from "../view.js";

// The figures of 9.3 and 9.4; the server counts, this only shows how far.
const SCORE_FOR_REDUCED = 30;
const LOTS_LOOKED_BACK_ON = 5;
const REFUSALS_TO_TIGHTEN = 2;
const ACCEPTANCES_TO_NORMAL = 5;
const REFUSALS_TO_DISCONTINUE = 5;

/** @param {{state: any}} properties the document of the switching state */
export function Conditions({ state }) {
  const changes = CHANGES[state.severity](state);
  return html`
    <div class="changes">
      ${changes.map(
        ({ title, clause, conditions }) => html`
          <section class="change">
            <h4>${title} <span class="muted small">${text("switching.clause", { clause })}</span></h4>
            <ul>${conditions.map((condition) => html`<${Condition} ...${condition} />`)}</ul>
          </section>
        `,
      )}
    </div>
  `;
}

/**
 * @param {object} properties
 * @param {string} properties.name
 * @param {number} [properties.now] counted so far
 * @param {number} [properties.of] what is needed
 * @param {boolean} [properties.isMet] of a condition that is declared, not counted
 */
function Condition({ name, now, of, isMet }) {
  if (now === undefined || of === undefined) {
    return html`<li data-met=${isMet === undefined ? null : String(isMet)}>${isMet !== undefined && html`<span aria-hidden="true">${isMet ? "✓" : "○"}</span>`} ${name}
      ${isMet !== undefined && html`<span class="unseen">${isMet ? text("switching.met") : text("switching.not_met")}</span>`}</li>`;
  }
  const known = Math.min(now, of);
  return html`
    <li data-met=${String(now >= of)}>
      <span class="count-name">${name}</span>
      <span class="count"><strong>${number(now)}</strong> / ${number(of)}</span>
      <progress max=${of} value=${known} aria-label=${name}></progress>
    </li>
  `;
}

const refusedOf = (recent) => recent.slice(-LOTS_LOOKED_BACK_ON).filter((isAccepted) => !isAccepted).length;

/** @type {Record<string, (state: any) => {title: string, clause: string, conditions: any[]}[]>} */
const CHANGES = {
  normal: (state) => [
    {
      title: text("change.to_tightened"),
      clause: "9.3.1",
      conditions: [{ name: text("change.refused_of_five", { lots: LOTS_LOOKED_BACK_ON }), now: refusedOf(state.recent), of: REFUSALS_TO_TIGHTEN }],
    },
    {
      title: text("change.to_reduced"),
      clause: "9.3.3.1",
      conditions: [
        { name: text("change.score"), now: state.switching_score ?? 0, of: SCORE_FOR_REDUCED },
        { name: text("change.steady"), isMet: state.production_steady },
        { name: text("change.desirable"), isMet: state.reduced_desirable },
      ],
    },
  ],
  tightened: (state) => [
    {
      title: text("change.to_normal"),
      clause: "9.3.2",
      conditions: [{ name: text("change.accepted_in_a_row"), now: state.accepted_in_a_row, of: ACCEPTANCES_TO_NORMAL }],
    },
    {
      title: text("change.to_discontinued"),
      clause: "9.4",
      conditions: [{ name: text("change.refused_on_tightened"), now: state.refused_since_tightened, of: REFUSALS_TO_DISCONTINUE }],
    },
  ],
  reduced: () => [
    {
      title: text("change.back_to_normal"),
      clause: "9.3.4",
      conditions: [{ name: text("change.one_refused") }, { name: text("change.irregular") }, { name: text("change.withdrawn") }],
    },
  ],
  discontinued: () => [
    {
      title: text("change.resume"),
      clause: "9.4",
      conditions: [{ name: text("change.supplier_acted") }, { name: text("change.restart_approved") }],
    },
  ],
};
