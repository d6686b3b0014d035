/** The four steps: who you are, where goods arrive, who works there, and what is asked. */

import { either, text, word } from "../shared/language.js";
import { html } from "../shared/view.js";
import { newPassword } from "./passwords.js";
import { withEntry, withPerson, withSite } from "./state.js";

const ROLES = ["inspector", "quality", "manager", "admin", "observer"];
const EVERYWHERE = "";
const PASSWORD_SHORTEST = 10;

/** @typedef {{wanted: import("./state.js").Wanted, setWanted: (wanted: any) => void, refused: import("./request.js").Refused | null, offered: any[]}} Step */

/** @param {Step} step */
export function Begin({ wanted, setWanted, refused }) {
  const { administrator } = wanted;
  const me = (changes) => setWanted({ ...wanted, administrator: { ...administrator, ...changes } });
  return html`
    <${Entry} label=${text("setup.code")} hint=${text("setup.code_hint")} error=${refused?.at("/code")} value=${wanted.code} set=${(code) => setWanted({ ...wanted, code })} attributes=${{ autocomplete: "off", autocapitalize: "none", spellcheck: false, maxlength: 64 }} />
    <${Entry} label=${text("setup.organisation")} error=${refused?.at("/organisation")} value=${wanted.organisation} set=${(organisation) => setWanted({ ...wanted, organisation })} attributes=${{ autocomplete: "organization", maxlength: 200 }} />
    <${Entry} label=${text("setup.your_name")} error=${refused?.at("/administrator/display_name")} value=${administrator.display_name} set=${(display_name) => me({ display_name })} attributes=${{ autocomplete: "name", maxlength: 100 }} />
    <${Entry} label=${text("setup.username")} hint=${text("setup.username_hint")} error=${refused?.at("/administrator/username")} value=${administrator.username} set=${(username) => me({ username })} attributes=${USERNAME} />
    <${Entry} label=${text("setup.password")} hint=${text("setup.password_hint", { n: PASSWORD_SHORTEST })} error=${refused?.at("/administrator/password")} value=${administrator.password} set=${(password) => me({ password })} attributes=${{ type: "password", autocomplete: "new-password", minlength: PASSWORD_SHORTEST, maxlength: 200 }} />
  `;
}

const USERNAME = { autocomplete: "off", autocapitalize: "none", spellcheck: false, maxlength: 64, pattern: "[A-Za-z0-9][A-Za-z0-9._@\\-]{1,63}" };
const SITE_CODE = { autocomplete: "off", maxlength: 8, pattern: "[A-Z0-9]{1,8}" };

/** @param {Step} step */
export function Sites({ wanted, setWanted, refused }) {
  const change = (at, changes) => setWanted(withEntry(wanted, "sites", at, changes));
  return html`
    ${wanted.sites.map(
      (site, at) => html`
        <fieldset class="setup-entry" key=${at}>
          <legend>${text("setup.site_n", { n: at + 1 })}</legend>
          <${Entry} label=${text("setup.site_name")} error=${refused?.at(`/sites/${at}/name`)} value=${site.name} set=${(name) => change(at, { name })} attributes=${{ maxlength: 200 }} />
          <${Entry} label=${text("setup.site_code")} hint=${text("setup.site_code_hint", { code: site.code || "C1" })} error=${refused?.at(`/sites/${at}/code`)} value=${site.code} set=${(code) => change(at, { code: code.toUpperCase() })} attributes=${SITE_CODE} />
          <${Entry} label=${text("setup.site_address")} error=${refused?.at(`/sites/${at}/address`)} value=${site.address} set=${(address) => change(at, { address })} isOptional=${true} attributes=${{ maxlength: 300 }} />
          ${wanted.sites.length > 1 && html`<button class="button quiet" type="button" onClick=${() => change(at, null)}>${text("setup.remove")}</button>`}
        </fieldset>
      `,
    )}
    <button class="button quiet" type="button" onClick=${() => setWanted(withSite(wanted))}>${text("setup.add_site")}</button>
  `;
}

/** @param {Step} step */
export function People({ wanted, setWanted, refused }) {
  const change = (at, changes) => setWanted(withEntry(wanted, "people", at, changes));
  return html`
    ${wanted.people.map((person, at) => html`<${Person} key=${at} at=${at} person=${person} sites=${wanted.sites} refused=${refused} change=${(changes) => change(at, changes)} />`)}
    <button class="button quiet" type="button" onClick=${() => setWanted(withPerson(wanted))}>${text("setup.add_person")}</button>
  `;
}

function Person({ at, person, sites, refused, change }) {
  const error = (name) => refused?.at(`/people/${at}/${name}`);
  return html`
    <fieldset class="setup-entry">
      <legend>${text("setup.person_n", { n: at + 1 })}</legend>
      <${Entry} label=${text("setup.their_name")} error=${error("display_name")} value=${person.display_name} set=${(display_name) => change({ display_name })} attributes=${{ autocomplete: "off", maxlength: 100 }} />
      <${Entry} label=${text("setup.username")} error=${error("username")} value=${person.username} set=${(username) => change({ username })} attributes=${USERNAME} />
      <label><span>${text("setup.role")}</span>
        <select value=${person.role} onChange=${(event) => change({ role: event.target.value })}>
          ${ROLES.map((role) => html`<option value=${role} selected=${role === person.role}>${word("role", role)}</option>`)}
        </select>
      </label>
      <label><span>${text("setup.where")}</span>
        <select value=${person.site_code ?? EVERYWHERE} onChange=${(event) => change({ site_code: event.target.value || null })}>
          ${sites.map((site) => html`<option value=${site.code} selected=${site.code === person.site_code}>${site.name || site.code}</option>`)}
          <option value=${EVERYWHERE} selected=${person.site_code === null}>${text("setup.everywhere")}</option>
        </select>
      </label>
      <${Entry} label=${text("setup.their_password")} hint=${text("setup.their_password_hint")} error=${error("password")} value=${person.password} set=${(password) => change({ password })} attributes=${{ autocomplete: "off", autocapitalize: "none", spellcheck: false, minlength: PASSWORD_SHORTEST, maxlength: 200 }} />
      <div class="setup-row">
        <button class="button quiet" type="button" onClick=${() => change({ password: newPassword() })}>${text("setup.another_password")}</button>
        <button class="button quiet" type="button" onClick=${() => change(null)}>${text("setup.remove")}</button>
      </div>
    </fieldset>
  `;
}

/** @param {Step} step */
export function Checklists({ wanted, setWanted, offered }) {
  const all = offered.map(({ code }) => code);
  const chosen = new Set(wanted.checklist_codes ?? all);
  const tick = (code, isChosen) => {
    const codes = all.filter((one) => (one === code ? isChosen : chosen.has(one)));
    setWanted({ ...wanted, checklist_codes: codes.length === all.length ? null : codes });
  };
  const kinds = [...new Set(offered.map(({ kind }) => kind))];
  return kinds.map(
    (kind) => html`
      <fieldset class="setup-entry" key=${kind}>
        <legend>${text(`setup.kind_${kind}`)}</legend>
        ${offered
          .filter((one) => one.kind === kind)
          .map(
            (one) => html`
              <label class="setup-tick">
                <input type="checkbox" checked=${chosen.has(one.code)} onChange=${(event) => tick(one.code, event.target.checked)} />
                <span>${either(one)} <small class="muted">${one.code}</small></span>
              </label>
            `,
          )}
      </fieldset>
    `,
  );
}

function Entry({ label, hint, error, value, set, isOptional = false, attributes = {} }) {
  return html`
    <label class=${error ? "is-wrong" : null}>
      <span>${label}${isOptional && html` <small class="muted">${text("setup.optional")}</small>`}</span>
      <input required=${!isOptional} value=${value} aria-invalid=${String(Boolean(error))} onInput=${(event) => set(event.target.value)} ...${attributes} />
      ${hint && html`<small class="muted">${hint}</small>`}
      ${error && html`<small class="field-error" role="alert">${error}</small>`}
    </label>
  `;
}
