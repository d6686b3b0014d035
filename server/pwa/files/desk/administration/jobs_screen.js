/** The regular jobs: when each ran, how it went, when it runs next, and which process runs them. */

import { either, moment, number, text } from "../../shared/language.js";
import { Badge } from "../parts/badge.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { html, useAnswer } from "../view.js";

export default function Jobs() {
  const { answer, error, isLoading, again } = useAnswer("jobs");
  const columns = [
    { title: text("jobs.name"), isName: true, shown: (job) => either(job) },
    { title: text("jobs.result"), shown: result },
    { title: text("jobs.last"), shown: (job) => moment(job.last_finished_at ?? job.last_started_at) },
    { title: text("jobs.count"), kind: /** @type {const} */ ("number"), shown: (job) => (job.count === null ? "—" : number(job.count)) },
    { title: text("jobs.next"), shown: (job) => moment(job.next_run_at) },
  ];
  return html`
    <${Page} title=${text("administration.jobs")} back="#/administration" error=${error} again=${again} isLoading=${isLoading}
      actions=${html`<button class="button quiet" type="button" onClick=${again}>${text("jobs.again")}</button>`}>
      ${answer && html`<p class=${answer.runner.is_alive ? "card" : "card notice"}>${text(answer.runner.is_alive ? "jobs.alive" : "jobs.dead", { host: answer.runner.host ?? "—", seen: moment(answer.runner.seen_at) })}</p>`}
      <${Table} label=${text("administration.jobs")} columns=${columns} rows=${answer?.jobs ?? []} idOf=${(job) => job.name} isLoading=${isLoading} />
    <//>
  `;
}

function result(job) {
  if (job.is_late) return html`<${Badge} tone="part">${text("jobs.late")}<//>`;
  if (job.result === "failed") return html`<${Badge} tone="bad">${text("jobs.failed", { n: number(job.failures_in_a_row) })}<//> <span class="muted small">${job.reason}</span>`;
  if (job.result === "running") return html`<${Badge} tone="wait">${text("jobs.running")}<//>`;
  if (job.result === "ok") return html`<${Badge} tone="ok">${text("jobs.ok")}<//>`;
  return html`<${Badge} tone="plain">${text("jobs.never")}<//>`;
}
