/** The light that tells whether everything captured here is safe on the server. */

import { counted, number, text } from "../../shared/language.js";
import { session } from "../session/session.js";
import { safety } from "../storage/safety.js";
import { syncState } from "../sync/engine.js";
import { html, useLive } from "../view.js";

/**
 * @param {import("../storage/safety.js").Safety} counts
 * @param {import("../sync/engine.js").Phase} phase
 * @returns {"safe" | "busy" | "waiting" | "trouble"}
 */
export function lightOf(counts, phase) {
  if (counts.rejected > 0 || counts.conflicts > 0 || phase === "signed_out") return "trouble";
  const isSafe = counts.records_safe === counts.records && counts.photos_safe === counts.photos;
  if (isSafe) return "safe";
  return ["pushing", "pulling", "photos"].includes(phase) ? "busy" : "waiting";
}

export function SyncLight() {
  const counts = useLive(() => safety(session().database), [session().database]);
  if (!counts) return html`<span class="light" data-light="safe"></span>`;
  const light = lightOf(counts, syncState().phase);
  const waiting = counts.records - counts.records_safe + counts.photos - counts.photos_safe;
  return html`
    <a class="light" data-light=${light} href="#/safety" aria-label=${safetyText(counts)}>
      <span class="light-dot" aria-hidden="true"></span>
      <span aria-hidden="true">${waiting > 0 ? number(waiting) : text(`light.${light}`)}</span>
    </a>
  `;
}

/**
 * The truth in one sentence.
 *
 * @param {import("../storage/safety.js").Safety} counts
 */
export function safetyText(counts) {
  if (counts.records === 0 && counts.photos === 0) return text("safety.nothing");
  const values = Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, number(value)]));
  const isSafe = counts.records_safe === counts.records && counts.photos_safe === counts.photos;
  if (isSafe) return text(counts.photos === 0 ? "safety.all_records" : "safety.all", values);
  return text("safety.some", values);
}

/** How much is left, in words. */
export const leftText = ({ bytes_waiting: bytes }) => counted("safety.left", Math.max(0.1, Math.round(bytes / 1e5) / 10));
