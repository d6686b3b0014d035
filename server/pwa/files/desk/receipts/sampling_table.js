/** The plan a lot was judged by, and the counts: one row for each nonconformity class. */

import { el } from "./dom.js";
import { number, text, word } from "../../shared/language.js";

export function samplingTable(sampling, verdict, sample, scheme) {
  const plans = Object.entries(sampling.classes);
  return el(
    "details",
    { class: "sampling", open: verdict?.lot_decision === "not_accepted" },
    el(
      "summary",
      {},
      el("span", {}, text("sampling.title")),
      verdict?.lot_decision && lotDecision(verdict.lot_decision),
    ),
    el("p", { class: "muted small" }, explained(sampling, sample, scheme)),
    el(
      "div",
      { class: "table-frame" },
      el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ["class", "n", "ac", "re", "found", "result"].map(column))),
        el("tbody", {}, plans.map(([class_, plan]) => row(class_, plan, verdict?.classes?.[class_]))),
      ),
    ),
  );
}

function lotDecision(decision) {
  const mark = { accepted: "mark is-ok", not_accepted: "mark is-not-ok" }[decision] ?? "mark";
  return el("span", { class: mark }, word("lot_decision", decision));
}

function column(name) {
  const title = text(`sampling.${name}_title`);
  return el("th", { scope: "col", title }, text(`sampling.${name}`));
}

function row(class_, rule, decision) {
  const aql = rule.zero_acceptance ? text("sampling.zero") : `AQL ${rule.plan.aql}`;
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, word("class", class_), " ", el("span", { class: "muted small" }, aql)),
    el("td", {}, number(rule.sample_size)),
    el("td", {}, number(rule.acceptance_number)),
    el("td", {}, number(rule.rejection_number)),
    el("td", {}, decision ? number(decision.nonconforming) : "—"),
    el("td", {}, decision ? lotDecision(decision.decision) : "—"),
  );
}

function explained(sampling, sample, scheme) {
  const plan = Object.values(sampling.classes).find((rule) => rule.plan)?.plan;
  const parts = [text("sampling.lot_size", { n: number(sampling.lot_size) })];
  if (sample) parts.push(text("sampling.inspected", { n: number(sample.inspected) }));
  if (sampling.full_inspection) parts.push(text("sampling.full_inspection"));
  if (plan) {
    parts.push(plan.standard, text("sampling.level", { level: plan.inspection_level }));
    parts.push(word("inspection_severity", plan.inspection_severity));
    parts.push(text("sampling.code_letter", { letter: plan.plan_code_letter }));
  }
  const line = [parts.join(" · ")];
  if (scheme && !scheme.is_confirmed) {
    line.push(" ", el("span", { class: "tag" }, text("unconfirmed")));
  }
  return line;
}
