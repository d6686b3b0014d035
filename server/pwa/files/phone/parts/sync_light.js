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
  if (!counts) return html`<span class="light" data-light="unknown"></span>`;
  const light = lightOf(counts, syncState().phase);
  const waiting = counts.records - counts.records_safe + counts.photos - counts.photos_safe;
  const shown = waiting > 0 ? number(waiting) : text(`light.${light}`);
  // The name begins with what is seen: who speaks to the phone says that.
  return html`
    <a class="light" data-light=${light} href="#/safety" aria-label=${`${shown} · ${safetyText(counts)}`}>
      <span class="light-dot" aria-hidden="true"></span>
      <span aria-hidden="true">${shown}</span>
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
  const photos = counted("safety.photos_of", counts.photos, { safe: number(counts.photos_safe) });
  const isSafe = counts.records_safe === counts.records && counts.photos_safe === counts.photos;
  if (!isSafe) {
    const some = counted("safety.records_of", counts.records, { safe: number(counts.records_safe) });
    return text("safety.some", { records: some, photos });
  }
  const records = counted("safety.records", counts.records);
  return text(counts.photos === 0 ? "safety.all_records" : "safety.all", { records, photos });
}

/** How much is left, in words. */
export const leftText = ({ bytes_waiting: bytes }) => counted("safety.left", Math.max(0.1, Math.round(bytes / 1e5) / 10));
