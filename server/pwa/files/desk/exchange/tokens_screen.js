/** The tokens of business tools: what each reads, when it was last used, and taking one back. */

import { day, moment, text, word } from "../../shared/language.js";
import { send } from "../api.js";
import { Badge } from "../parts/badge.js";
import { Deed } from "../parts/deed.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { siteName } from "../session.js";
import { html, useAnswer, useState } from "../view.js";

export default function Tokens() {
  const { answer, error, isLoading, again } = useAnswer("api-tokens");
  const [revoking, setRevoking] = useState(/** @type {any} */ (null));
  const columns = [
    { title: text("tokens.name"), isName: true, shown: (token) => html`<span class="token-name">${token.name}<code class="muted small">${token.beginning}…</code></span>` },
    { title: text("tokens.reads"), shown: (token) => token.reads.map((one) => word("reading", one)).join(text("app.separator")) },
    { title: text("tokens.sites"), shown: (token) => token.site_ids.map(siteName).join(text("app.separator")) },
    { title: text("tokens.made"), shown: (token) => `${token.made_by} · ${day(token.made_at.slice(0, 10))}` },
    { title: text("tokens.last_used"), shown: (token) => (token.last_used_at ? `${moment(token.last_used_at)} · ${token.last_used_address}` : text("tokens.never")) },
    { title: text("tokens.ends"), shown: (token) => day(token.expires_at.slice(0, 10)) },
    { title: text("people.state"), shown: (token) => html`<${State} token=${token} revoke=${() => setRevoking(token)} />` },
  ];
  return html`
    <${Page} title=${text("tokens.title")} lead=${text("tokens.lead")} back="#/administration" error=${error} again=${again} isLoading=${isLoading} actions=${html`<a class="button" href="#/administration/tokens/new">${text("tokens.new")}</a>`}>
      <${Table} label=${text("tokens.title")} columns=${columns} rows=${answer?.api_tokens ?? []} empty=${text("tokens.none")} isLoading=${isLoading} />
      ${revoking &&
      html`<${Deed} title=${text("tokens.revoke")} effect=${text("tokens.revoke_effect", { name: revoking.name })} needsReason=${false} run=${() => send("POST", `api-tokens/${revoking.id}/revoke`)} close=${() => setRevoking(null)} done=${again} />`}
    <//>
  `;
}

function State({ token, revoke }) {
  if (token.revoked_at) return html`<${Badge} tone="plain">${text("tokens.revoked")}<//>`;
  if (Date.parse(token.expires_at) <= Date.now()) return html`<${Badge} tone="bad">${text("tokens.over")}<//>`;
  return html`<button class="button quiet" type="button" aria-label=${text("tokens.revoke_named", { name: token.name })} onClick=${revoke}>${text("tokens.revoke")}</button>`;
}
