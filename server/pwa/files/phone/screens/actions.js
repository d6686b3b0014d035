/** Notices to put things right: what waits for the reader first, then the others. */

import { number, text } from "../../shared/language.js";
import { Choice } from "../parts/choice.js";
import { Part } from "../parts/entry.js";
import { Icon } from "../../shared/icons.js";
import { Screen } from "../parts/screen.js";
import { may, session } from "../session/session.js";
import { html, useLive, useState } from "../view.js";
import { NoticeEntry } from "./actions/notice_entry.js";
import { readAgenda } from "./today/read.js";

const OVER = new Set(["verified", "closed", "withdrawn"]);

export default function Actions() {
  const { database, user } = session();
  const [which, setWhich] = useState("live");
  const shown = useLive(() => readAgenda(database), [database, user.id]);
  const footer = may("capture_records") ? html`<a class="button" href="#/notices/new"><${Icon} name="plus" /> ${text("actions.new")}</a>` : null;
  const options = [{ value: "live", label: text("actions.live") }, { value: "over", label: text("actions.over") }];
  return html`
    <${Screen} title=${text("actions.title")} footer=${footer}>
      <${Choice} label=${text("actions.which")} options=${options} value=${which} onChoose=${setWhich} />
      ${shown && html`<${List} notices=${shown.notices.filter(({ action }) => OVER.has(action.status) === (which === "over"))} names=${shown.names} isLive=${which === "live"} />`}
    <//>
  `;
}

function List({ notices, names, isLive }) {
  const mine = notices.filter((notice) => notice.why || notice.isRefused);
  const others = notices.filter((notice) => !mine.includes(notice));
  const entries = (list) => html`<div class="entries">${list.map((notice) => html`<${NoticeEntry} key=${notice.action.id} notice=${notice} names=${names} />`)}</div>`;
  if (notices.length === 0) return html`<p class="muted empty-text">${text(isLive ? "actions.none_live" : "actions.none_over")}</p>`;
  return html`
    ${mine.length > 0 && html`<${Part} title=${text("actions.mine")} n=${number(mine.length)}>${entries(mine)}<//>`}
    ${others.length > 0 && html`<${Part} title=${text(isLive ? "actions.others" : "actions.over")} n=${number(others.length)}>${entries(others)}<//>`}
  `;
}
