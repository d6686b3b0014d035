/** The papers of a notice. */

import { text } from "../../shared/language.js";
import { html } from "../../shared/view.js";
import { FileButtons } from "../parts/files.js";
import { may } from "../session.js";

/** @param {{action: Record<string, any>}} properties */
export function Documents({ action }) {
  const papers = [
    { paper: "notice.pdf", label: text("board.notice_pdf"), isThere: true },
    { paper: "verification.pdf", label: text("board.verification_pdf"), isThere: action.verification !== null },
    { paper: "evidence-pack.zip", label: text("board.pack"), isThere: may("export_evidence") },
  ];
  const files = papers
    .filter(({ isThere }) => isThere)
    .map(({ paper, label }) => ({ label, path: `corrective-actions/${action.id}/${paper}`, name: `${action.number}-${paper}` }));
  return html`
    <section class="card papers">
      <h3>${text("board.papers")}</h3>
      <${FileButtons} label=${text("board.papers")} files=${files} />
    </section>
  `;
}
