/** The notice: who asks for what by when, what was found, and what happened since. */

import { moment, text, word } from "../shared/language.js";
import { make } from "./elements.js";
import { pictureRow } from "./pictures.js";

export function noticeCard(notice) {
  return make(
    "section.card.head",
    {},
    make("p.muted", {}, `${notice.organisation} · ${notice.site}`),
    make("h2", {}, notice.title),
    make("p.muted.small", {}, `${text(`answer.kind_${notice.kind}`)} ${notice.number}`),
    stateLine(notice),
    make(
      "dl.pairs",
      {},
      ...pair(text("answer.due"), moment(notice.due_at), notice.is_overdue ? "late" : ""),
      ...pair(text("answer.issued"), `${notice.issued_by} · ${moment(notice.issued_at)}`),
    ),
    notice.requirement && make("div.asked", {}, make("h3", {}, text("answer.requirement")), make("p.written", {}, notice.requirement)),
    notice.attachment_ids.length > 0 && pictureRow(notice.attachment_ids, text("answer.photos")),
  );
}

function stateLine(notice) {
  const kind = notice.is_overdue ? "overdue" : notice.status;
  return make("p.state-line", { "data-state": kind }, word("notice_state", kind));
}

function pair(label, value, kind = "") {
  return [make("dt", {}, label), make(kind ? `dd.${kind}` : "dd", {}, value)];
}

export function findingsCard(notice) {
  const found = notice.findings.map((finding, at) =>
    make(
      "li.finding",
      {},
      make("h3", {}, `${at + 1}. ${finding.title}`),
      make(
        "p.tags",
        {},
        make("span.tag", { "data-class": finding.nonconformity_class }, word("class", finding.nonconformity_class)),
        finding.place && make("span.muted.small", {}, finding.place),
        finding.is_repeat && make("span.tag.repeat", {}, text("answer.repeat")),
      ),
      finding.description && make("p.written", {}, finding.description),
      finding.clause && make("p.muted.small", {}, finding.clause),
      finding.attachment_ids.length > 0 && pictureRow(finding.attachment_ids, text("answer.photos")),
      finding.earlier_attachment_ids.length > 0 && make("p.muted.small", {}, text("answer.earlier")),
      finding.earlier_attachment_ids.length > 0 && pictureRow(finding.earlier_attachment_ids, text("answer.earlier")),
    ),
  );
  return make("section.card", {}, make("h2", {}, text("answer.findings")), make("ol.findings", {}, ...found));
}

export function historyCard(notice) {
  if (notice.steps.length === 0) return null;
  const steps = notice.steps.map((step) =>
    make(
      "li.past",
      { "data-kind": step.kind },
      make("p", {}, make("strong", {}, word("notice_step", step.kind)), " ", make("span.muted.small", {}, [moment(step.at), step.name].filter(Boolean).join(" · "))),
      (step.text || step.correction) && make("p.written", {}, step.text || step.correction),
      step.attachment_ids.length > 0 && pictureRow(step.attachment_ids, text("answer.photos")),
    ),
  );
  return make("section.card", {}, make("h2", {}, text("answer.history")), make("ol.history", {}, ...steps));
}

