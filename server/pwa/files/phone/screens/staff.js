/** Who works here, with the health certificates that have ended or end soon first. */

import { certificateState } from "../../registers/registers.js";
import { counted, number, text } from "../../shared/language.js";
import { Part } from "../parts/entry.js";
import { Screen } from "../parts/screen.js";
import { session } from "../session/session.js";
import { today } from "../storage/ids.js";
import { html, useLive } from "../view.js";
import { readRegisters } from "./registers/read.js";
import { certificateText } from "./registers/words.js";

const SOON_DAYS = 60;
const DAY = 86_400_000;

export default function Staff() {
  const { database, user } = session();
  const held = useLive(() => readRegisters(database), [database, user.id]);
  return html`
    <${Screen} title=${text("staff.title")} back="#/registers">
      ${held && held.staff.length === 0 && html`<p class="muted empty-text">${text("staff.empty")}</p>`}
      ${held?.sites.map((site) => html`<${StaffOfSite} key=${site.id} name=${site.name} staff=${held.staff.filter((one) => one.site_id === site.id)} />`)}
    <//>
  `;
}

function StaffOfSite({ name, staff }) {
  if (staff.length === 0) return null;
  const on = today();
  const people = staff.map((member) => ({ member, state: certificateState(member.health_certificates, on) })).sort((one, other) => until(one).localeCompare(until(other)));
  return html`
    <${Part} title=${name} n=${number(people.length)}>
      <ul class="entries staff">${people.map(({ member, state }) => html`<li class="entry" key=${member.id} data-tone=${state.state === "valid" ? "plain" : "bad"}><span class="entry-text"><strong>${member.name}</strong><span class="muted small">${member.position}</span><span class=${state.state === "valid" ? "small" : "small is-bad"}>${certificateText(state)}</span>${state.state === "valid" && daysLeft(state, on) <= SOON_DAYS && html`<span class="tag">${counted("staff.days_left", daysLeft(state, on))}</span>`}</span></li>`)}</ul>
    <//>
  `;
}

const until = ({ state }) => (state.state === "valid" ? state.certificate.valid_until : "");
const daysLeft = ({ certificate }, on) => Math.round((Date.parse(certificate.valid_until) - Date.parse(on)) / DAY);
