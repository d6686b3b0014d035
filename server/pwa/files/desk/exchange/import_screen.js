/** Suppliers, products and people from a spreadsheet: tried row by row first, then taken as a whole. */

import { text, word } from "../../shared/language.js";
import { sendFile } from "../api.js";
import { FileButtons } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { ErrorNotice } from "../parts/problem.js";
import { may } from "../session.js";
import { html, useEffect, useQuery, useState } from "../view.js";
import { FileChoice } from "./file_choice.js";
import { ImportResult } from "./import_result.js";
import { TriedRows } from "./tried_rows.js";

const KINDS = [
  { name: "suppliers", permission: "write_master_data" },
  { name: "products", permission: "write_master_data" },
  { name: "users", permission: "manage_users" },
];
const ANY_TABLE = "application/octet-stream";

export default function ImportScreen() {
  const mine = KINDS.filter(({ permission }) => may(permission)).map(({ name }) => name);
  const asked = useQuery().kind;
  const kind = mine.includes(asked) ? asked : (mine[0] ?? "suppliers");
  return html`
    <${Page} title=${text("exchange.import")} lead=${text("exchange.import_lead")} back="#/administration">
      <nav class="kinds" aria-label=${text("exchange.kind")}>
        ${mine.map((name) => html`<a key=${name} href=${`#/administration/import?kind=${name}`} aria-current=${name === kind ? "true" : null}>${word("import_kind", name)}</a>`)}
      </nav>
      ${mine.length > 0 ? html`<${Importing} key=${kind} kind=${kind} />` : html`<p class="card notice" role="alert">${text("exchange.not_yours")}</p>`}
    <//>
  `;
}

/** @param {{kind: string}} properties */
function Importing({ kind }) {
  const [file, setFile] = useState(/** @type {{name: string, content: Blob} | null} */ (null));
  const [tried, setTried] = useState(/** @type {any} */ (null));
  const [taken, setTaken] = useState(/** @type {any} */ (null));
  const [state, setState] = useState(/** @type {{busy: "" | "trying" | "taking", error: unknown}} */ ({ busy: "", error: null }));
  const ask = async (content, isDry) => {
    setState({ busy: isDry ? "trying" : "taking", error: null });
    try {
      const answer = await sendFile(`imports/${kind}${isDry ? "" : "?dry_run=false"}`, content, ANY_TABLE);
      (isDry ? setTried : setTaken)(answer);
      setState({ busy: "", error: null });
    } catch (error) {
      setState({ busy: "", error });
    }
  };
  const choose = (chosen) => {
    setTried(null);
    setFile(chosen);
    if (chosen) void ask(chosen.content, true);
  };
  useWarning(Boolean(taken?.passwords.length));
  if (taken) return html`<${ImportResult} taken=${taken} again=${() => (setTaken(null), choose(null))} />`;
  const template = [{ label: text("exchange.template"), path: `imports/${kind}/template.xlsx`, name: `${kind}-template.xlsx` }];
  return html`
    <section class="card import-step">
      <h3>${text("exchange.step_template")}</h3>
      <p class="muted">${text(`exchange.about_${kind}`)}</p>
      <${FileButtons} label=${text("exchange.template")} files=${template} />
    </section>
    <section class="card import-step">
      <h3>${text("exchange.step_file")}</h3>
      <${FileChoice} name=${file?.name ?? null} isBusy=${state.busy !== ""} choose=${choose} fail=${(error) => setState({ busy: "", error })} />
    </section>
    <${Progress} busy=${state.busy} />
    <${ErrorNotice} error=${state.error} />
    ${tried && file && html`<${TriedRows} tried=${tried} isBusy=${state.busy !== ""} take=${() => void ask(file.content, false)} />`}
  `;
}

/** @param {{busy: string}} properties */
function Progress({ busy }) {
  if (!busy) return null;
  return html`
    <p class="import-progress" role="status">
      <progress aria-label=${text(`exchange.${busy}`)}></progress><span>${text(`exchange.${busy}`)}</span>
    </p>
  `;
}

/** What is shown once is not left by accident. @param {boolean} isNeeded */
function useWarning(isNeeded) {
  useEffect(() => {
    if (!isNeeded) return undefined;
    const warn = (event) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isNeeded]);
}
