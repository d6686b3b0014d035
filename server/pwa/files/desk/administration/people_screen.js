/** The people of the sites whose users one manages. */

import { text } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { Filters, Search } from "../parts/fields.js";
import { ListFiles } from "../parts/files.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { changeQuery, html, useAnswer, useQuery } from "../view.js";
import { roleTexts } from "./roles.js";

export default function People() {
  const { q = "" } = useQuery();
  const { answer, error, isLoading, again } = useAnswer("users");
  const people = (answer?.users ?? []).filter((person) => `${person.username} ${person.display_name}`.toLowerCase().includes(q.toLowerCase()));
  const columns = [
    { title: text("people.name"), isName: true, shown: (person) => person.display_name },
    { title: text("people.username"), shown: (person) => person.username },
    { title: text("people.roles"), shown: (person) => roleTexts(person.roles).join(text("app.separator")) },
    { title: text("people.state"), shown: state },
  ];
  return html`
    <${Page} title=${text("administration.people")} back="#/administration" error=${error} again=${again} isLoading=${isLoading} actions=${html`
      <${ListFiles} list="users" label=${text("administration.people")} />
      <a class="button quiet" href="#/administration/import?kind=users">${text("administration.import")}</a>
      <a class="button" href="#/administration/people/new">${text("people.new")}</a>
    `}>
      <${Filters} label=${text("administration.people")}>
        <${Search} label=${text("search")} value=${q} onSearch=${(written) => changeQuery({ q: written })} />
      <//>
      <${Table} label=${text("administration.people")} columns=${columns} rows=${people} isLoading=${isLoading} hrefOf=${(person) => `#/administration/people/${person.id}`} />
    <//>
  `;
}

const state = (person) =>
  html`<${Badge} tone=${person.is_active ? "ok" : "plain"}>${text(person.is_active ? "people.active" : "people.disabled")}<//>`;
