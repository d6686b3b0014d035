/** Everything that is still 待核对, in one list, and who confirmed what when against which text. */

import { day, either, moment, text, word } from "../../shared/language.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { may } from "../session.js";
import { changeQuery, html, useAnswer, useQuery, useState } from "../view.js";
import { Filters, Select } from "../parts/fields.js";
import { shown } from "./differences.js";
import { Confirm } from "./figures.js";
import { limitWords } from "./limit_words.js";

export default function UnconfirmedScreen() {
  const { state = "open", code = "" } = useQuery();
  const { answer, error, isLoading, again } = useAnswer("checklist-figures");
  const calendars = useAnswer("work-calendars");
  const terms = useAnswer(may("manage_retention") ? "retention/rules" : null);
  const [chosen, setChosen] = useState(/** @type {any} */ (null));
  const figures = answer?.figures ?? [];
  const isWanted = (figure) => (state === "all" || (figure.confirmation === null) === (state === "open")) && (!code || figure.code === code);
  const rows = figures.filter(isWanted).map((figure) => ({ ...figure, id: `${figure.checklist_id}/${figure.part}/${figure.item_id}` }));
  const codes = [...new Set(figures.map((figure) => figure.code))];
  return html`
    <${Page} title=${text("authoring.unconfirmed_list")} lead=${text("authoring.unconfirmed_lead", { n: figures.filter((one) => one.confirmation === null).length })} back="#/administration/checklists" error=${error ?? calendars.error ?? terms.error} again=${again} isLoading=${isLoading && !answer}>
      <${Filters} label=${text("authoring.unconfirmed_list")}>
        <${Select} label=${text("authoring.state")} value=${state} options=${["open", "done", "all"].map((value) => ({ value, label: text(`authoring.state_${value}`) }))} onChoose=${(value) => changeQuery({ state: value })} />
        <${Select} label=${text("authoring.title")} value=${code} options=${[{ value: "", label: text("authoring.state_all") }, ...codes.map((value) => ({ value, label: value }))]} onChoose=${(value) => changeQuery({ code: value })} />
      <//>
      ${answer && html`<${Table} label=${text("authoring.figures")} rows=${rows} hrefOf=${(figure) => `#/administration/checklists/${figure.checklist_id}`} columns=${columns(setChosen)} />`}
      <${Others} calendars=${calendars.answer?.work_calendars ?? []} terms=${terms.answer?.rules ?? []} />
      ${chosen && html`<${Confirm} path=${`checklists/${chosen.checklist_id}/confirmations`} body=${{ part: chosen.part, item_id: chosen.item_id }} figure=${{ title: titleOf(chosen), says: saysOf(chosen) }} close=${() => setChosen(null)} done=${() => { setChosen(null); again(); }} />`}
    <//>
  `;
}

const titleOf = (figure) => (figure.part === "item" ? `${figure.item_id} ${either(figure)}` : word("figure_part", figure.part));

function saysOf({ part, figure, options }) {
  if (part !== "item") return shown(figure);
  return [limitWords(figure.limits, figure.unit, options), figure.basis && either(figure.basis)].filter(Boolean).join(" · ");
}

function columns(choose) {
  return [
    { title: text("authoring.figure"), isName: true, shown: titleOf },
    { title: text("authoring.title"), shown: (figure) => `${figure.code} · ${text("authoring.version_n", { n: figure.version })}` },
    { title: text("authoring.says"), shown: saysOf },
    {
      title: text("authoring.state"),
      shown: (figure) => {
        const done = figure.confirmation;
        if (done) return text("authoring.confirmed_by", { name: done.confirmed_by_name, when: moment(done.confirmed_at), source: done.source });
        if (!may("write_master_data")) return html`<span class="tag">${text("unconfirmed")}</span>`;
        return html`<button class="button quiet figure-confirm" type="button" onClick=${() => choose(figure)}>${text("authoring.confirm")}</button>`;
      },
    },
  ];
}

/** What else carries the mark: holidays of a year, terms of retention, cells of the sampling tables. */
function Others({ calendars, terms }) {
  const years = calendars.map(({ document }) => document).filter((one) => !one.is_confirmed);
  const rules = terms.filter((rule) => !rule.is_confirmed);
  return html`
    <section class="card">
      <h3>${text("authoring.others")}</h3>
      <ul class="figure-list">
        ${years.map((one) => html`<li><span class="figure-text"><strong>${text("authoring.calendar_year", { year: one.year })}</strong><span class="muted">${one.basis}${one.days_off.length > 0 ? ` · ${day(one.days_off[0].first_day)} …` : ""}</span></span><span class="tag">${text("unconfirmed")}</span></li>`)}
        ${rules.map((rule) => html`<li><span class="figure-text"><strong>${text("authoring.retention_of", { name: rule.collection })}</strong><span class="muted">${rule.basis}</span></span><span class="tag">${text("unconfirmed")}</span></li>`)}
        <li><span class="figure-text"><strong>${text("authoring.tables")}</strong><span class="muted">${text("authoring.tables_text")}</span></span><a class="button quiet" href="#/sampling/tables/2-A">${text("authoring.tables_open")}</a></li>
      </ul>
    </section>
  `;
}
