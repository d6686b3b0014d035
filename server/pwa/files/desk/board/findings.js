/** What was found: class, clause and place, and the earlier times with their photos. */

import { day, text, word } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { Badge } from "../parts/badge.js";
import { Picture } from "../parts/picture.js";
import { Lightbox } from "./lightbox.js";

const SOURCES = { inspections: "inspections", goods_receipts: "receipts" };

/** @param {{findings: Record<string, any>[]}} properties */
export function Findings({ findings }) {
  return html`
    <section class="card findings">
      <h3>${text("board.findings")}</h3>
      ${findings.map((finding) => html`<${Finding} key=${finding.id} finding=${finding} />`)}
    </section>
  `;
}

function Finding({ finding }) {
  const raised = finding.effective_class && finding.effective_class !== finding.nonconformity_class;
  return html`
    <div class="finding">
      <p><strong>${finding.title}</strong> <span class="tag">${word("class", finding.effective_class ?? finding.nonconformity_class)}</span> ${raised && html`<${Badge} tone="bad">${text("board.raised", { name: finding.nonconformity_class })}<//>`}</p>
      ${finding.clause && html`<p class="small">${text("board.clause", { clause: finding.clause })}</p>`}
      ${finding.place_text && html`<p class="small muted">${finding.place_text}</p>`}
      ${finding.description && html`<p>${finding.description}</p>`}
      ${finding.source_id && !location.hash.includes(finding.source_id) && html`<p class="small"><a href=${`#/${SOURCES[finding.source_collection]}/${finding.source_id}`}>${text("board.source")}</a></p>`}
      ${finding.repeat_of && html`<div class="earlier"><p class="small">${text("board.found_before", { day: day(finding.repeat_of.captured_at.slice(0, 10)) })}</p><${Thumbnails} ids=${finding.repeat_of.attachment_ids ?? []} label=${text("board.earlier_photo")} /></div>`}
    </div>
  `;
}

/** Small pictures that open large. @param {{ids: string[], label: string}} properties */
export function Thumbnails({ ids, label }) {
  const [open, setOpen] = useState(/** @type {string | null} */ (null));
  if (ids.length === 0) return null;
  return html`
    <div class="thumbnails">
      ${ids.map((id) => html`<button type="button" key=${id} aria-label=${label} onClick=${() => setOpen(id)}><${Picture} id=${id} alt=${label} missing=${text("board.photo_missing")} /></button>`)}
    </div>
    ${open && html`<${Lightbox} id=${open} label=${label} close=${() => setOpen(null)} />`}
  `;
}
