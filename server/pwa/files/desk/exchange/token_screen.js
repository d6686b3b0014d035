/** A new token: what it may read, where, until when; then the token itself, this once. */

import { text, word } from "../../shared/language.js";
import { say } from "../../shared/messages.js";
import { send } from "../api.js";
import { RecordForm } from "../parts/form.js";
import { Page } from "../parts/page.js";
import { account, may } from "../session.js";
import { html, useState } from "../view.js";

const READINGS = ["goods_receipts", "corrective_actions", "findings", "inspections", "registers", "switching", "suppliers", "products", "staff", "figures"];
const YEAR_MS = 365 * 86_400_000;

export default function NewToken() {
  const [made, setMade] = useState(/** @type {any} */ (null));
  const sites = account()?.sites ?? [];
  const [value] = useState(() => ({
    reads: [],
    site_ids: sites.map((site) => site.site_id),
    ends_on: new Date(Date.now() + YEAR_MS).toLocaleDateString("sv"),
  }));
  const save = ({ name, reads, site_ids: siteIds, ends_on: day }) =>
    send("POST", "api-tokens", { name, reads, site_ids: siteIds, expires_at: day ? new Date(`${day}T23:59:59`).toISOString() : null });
  return html`
    <${Page} title=${made ? made.name : text("tokens.new")} lead=${made ? null : text("tokens.lead")} back="#/administration/tokens">
      ${!may("manage_api_tokens") && html`<p class="card notice" role="alert">${text("exchange.not_yours")}</p>`}
      ${made ? html`<${Made} made=${made} />` : may("manage_api_tokens") && html`<${RecordForm} fields=${fields(sites)} value=${value} save=${save} done=${setMade} submit=${text("tokens.make")} />`}
    <//>
  `;
}

/** @returns {import("../parts/form.js").FormField[]} */
const fields = (sites) => [
  { name: "name", label: text("tokens.name"), isRequired: true, longest: 100, hint: text("tokens.name_hint") },
  { name: "ends_on", label: text("tokens.ends"), kind: "date", hint: text("tokens.ends_hint") },
  { name: "reads", label: text("tokens.reads"), kind: "choices", options: READINGS.map((value) => ({ value, label: word("reading", value) })) },
  { name: "site_ids", label: text("tokens.sites"), kind: "choices", options: sites.map((site) => ({ value: site.site_id, label: site.site_name })) },
];

function Made({ made }) {
  const [example] = useState(() => `curl -H "Authorization: Bearer ${made.token}" "${new URL("../../../../api/v1/", import.meta.url)}${exampleOf(made)}"`);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(made.token);
      say(text("tokens.copied"));
    } catch {
      // Without a secure address there is no clipboard; the token can be selected by hand.
      say(text("tokens.not_copied"));
    }
  };
  return html`
    <section class="card once import-step">
      <h3>${text("tokens.shown_once")}</h3>
      <p>${text("tokens.keep_it")}</p>
      <code class="token-shown">${made.token}</code>
      <div class="document-buttons">
        <button class="button" type="button" onClick=${copy}>${text("tokens.copy")}</button>
        <a class="button quiet" href="#/administration/tokens">${text("tokens.kept")}</a>
      </div>
    </section>
    <section class="card import-step">
      <h3>${text("tokens.example")}</h3>
      <code class="token-shown">${example}</code>
    </section>
  `;
}

const EXAMPLES = {
  goods_receipts: "goods-receipts?limit=50",
  corrective_actions: "reports/corrective-actions.csv",
  findings: "reports/findings.csv",
  inspections: "reports/inspections.csv",
  registers: "register-entries?limit=50",
  switching: "reports/switching-states.csv",
  suppliers: "reports/suppliers.csv",
  products: "reports/products.csv",
  staff: "reports/health-certificates.csv",
  figures: "overview",
};

/** @param {{reads: string[]}} made */
const exampleOf = ({ reads }) => EXAMPLES[READINGS.find((one) => reads.includes(one)) ?? "findings"];
