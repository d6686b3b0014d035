/** The four states of inspection: a badge for lists, the way between them for one state. */

import { text, word } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { html } from "../view.js";

/** @type {Record<string, "ok" | "plain" | "part" | "bad">} */
const TONES = { reduced: "ok", normal: "plain", tightened: "part", discontinued: "bad" };
export const SEVERITIES = ["normal", "tightened", "reduced", "discontinued"];

/** @param {{severity: string}} properties */
export const SeverityBadge = ({ severity }) => html`<${Badge} tone=${TONES[severity] ?? "plain"}>${word("switching_severity", severity)}<//>`;

/** Reduced, normal, tightened, discontinued, with the one in force lit. @param {{severity: string}} properties */
export function Ladder({ severity }) {
  return html`
    <ol class="ladder" aria-label=${text("switching.ladder")}>
      ${["reduced", "normal", "tightened", "discontinued"].map(
        (one) => html`<li data-severity=${one} aria-current=${one === severity ? "step" : null}>${word("switching_severity", one)}</li>`,
      )}
    </ol>
  `;
}
