/** The papers of a notice. */

import { text } from "../../shared/language.js";
import { html, useState } from "../../shared/view.js";
import { download } from "../parts/download.js";
import { ErrorNotice } from "../parts/problem.js";
import { may } from "../session.js";

/** @param {{action: Record<string, any>}} properties */
export function Documents({ action }) {
  const [state, setState] = useState({ busy: "", error: /** @type {unknown} */ (null) });
  const path = `corrective-actions/${action.id}`;
  const papers = [
    { name: "notice.pdf", label: text("board.notice_pdf"), isThere: true },
    { name: "verification.pdf", label: text("board.verification_pdf"), isThere: action.verification !== null },
    { name: "evidence-pack.zip", label: text("board.pack"), isThere: may("export_evidence") },
  ].filter(({ isThere }) => isThere);
  const fetchPaper = async (name) => {
    setState({ busy: name, error: null });
    try {
      await download(`${path}/${name}`, `${action.number}-${name}`);
      setState({ busy: "", error: null });
    } catch (error) {
      setState({ busy: "", error });
    }
  };
  return html`
    <section class="card papers">
      <h3>${text("board.papers")}</h3>
      <div class="further">${papers.map(({ name, label }) => html`<button class="button quiet" key=${name} type="button" disabled=${state.busy === name} onClick=${() => void fetchPaper(name)}>${label}</button>`)}</div>
      <${ErrorNotice} error=${state.error} />
    </section>
  `;
}
