/** One account: name, roles at sites, a new password, and its end. */

import { newId } from "../../shared/device.js";
import { moment, text } from "../../shared/language.js";
import { go } from "../../shared/router.js";
import { Sheet } from "../../shared/sheet.js";
import { send } from "../api.js";
import { Deed } from "../parts/deed.js";
import { RecordForm } from "../parts/form.js";
import { Page } from "../parts/page.js";
import { account } from "../session.js";
import { html, useAnswer, useState } from "../view.js";
import { Roles } from "./roles.js";

/** @param {{id: string}} properties */
export default function Person({ id }) {
  return id === "new" ? html`<${NewPerson} />` : html`<${KnownPerson} id=${id} />`;
}

const name = () => ({ name: "display_name", label: text("people.name"), isRequired: true, longest: 100 });
const password = () => ({ name: "password", label: text("people.password"), kind: /** @type {const} */ ("password"), isRequired: true, hint: text("people.password_hint") });

function NewPerson() {
  // The same id again: an answer that was lost on the way makes no second account.
  const [id] = useState(newId);
  const first = account()?.sites[0]?.site_id ?? null;
  const fields = [name(), { name: "username", label: text("people.username"), isRequired: true, longest: 64, hint: text("people.username_hint") }, password()];
  return html`
    <${Page} title=${text("people.new")} back="#/administration/people">
      <${RecordForm} fields=${fields} value=${{ id, roles: [{ role: "inspector", site_id: first }] }} save=${(given) => send("POST", "users", given)} done=${() => go("#/administration/people")}>
        ${(record, change, errorAt) => html`<${Roles} roles=${record.roles} onChange=${(roles) => change("roles", roles)} error=${errorAt("roles")} />`}
      <//>
    <//>
  `;
}

function KnownPerson({ id }) {
  const { answer: person, error, isLoading, again } = useAnswer(`users/${id}`);
  const [deed, setDeed] = useState(/** @type {"password" | "end" | "begin" | null} */ (null));
  const isOwn = id === account()?.id;
  const close = () => setDeed(null);
  return html`
    <${Page} title=${person?.display_name ?? text("administration.people")} lead=${person && `${person.username} · ${moment(person.created_at)}`} back="#/administration/people" error=${error} again=${again} isLoading=${isLoading}
      actions=${person && html`
        <button class="button quiet" type="button" onClick=${() => setDeed("password")}>${text("people.set_password")}</button>
        ${!isOwn && html`<button class="button quiet" type="button" onClick=${() => setDeed(person.is_active ? "end" : "begin")}>${text(person.is_active ? "people.disable" : "people.enable")}</button>`}
      `}>
      ${person && !person.is_active && html`<p class="card notice">${text("people.is_disabled")}</p>`}
      ${person && html`<${ChangePerson} key=${JSON.stringify(person)} person=${person} isOwn=${isOwn} done=${again} />`}
      ${deed === "password" && html`<${NewPassword} id=${id} close=${close} />`}
      ${(deed === "end" || deed === "begin") &&
      html`<${Deed} title=${text(deed === "end" ? "people.disable" : "people.enable")} effect=${text(deed === "end" ? "people.disable_effect" : "people.enable_effect")} needsReason=${false} run=${() => send("PATCH", `users/${id}`, { is_active: deed === "begin" })} close=${close} done=${again} />`}
    <//>
  `;
}

function ChangePerson({ person, isOwn, done }) {
  const save = ({ display_name: display, roles }) => send("PATCH", `users/${person.id}`, isOwn ? { display_name: display } : { display_name: display, roles });
  return html`
    <${RecordForm} fields=${[name()]} value=${{ display_name: person.display_name, roles: person.roles }} save=${save} done=${done}>
      ${(record, change, errorAt) => (isOwn ? html`<p class="muted">${text("people.own")}</p>` : html`<${Roles} roles=${record.roles} onChange=${(roles) => change("roles", roles)} error=${errorAt("roles")} />`)}
    <//>
  `;
}

function NewPassword({ id, close }) {
  return html`
    <${Sheet} title=${text("people.set_password")} close=${close}>
      <p>${text("people.set_password_effect")}</p>
      <${RecordForm} fields=${[password()]} value=${{ password: "" }} submit=${text("people.set_password")} save=${(given) => send("PUT", `users/${id}/password`, given)} done=${close} />
    <//>
  `;
}
