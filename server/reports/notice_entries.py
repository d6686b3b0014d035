"""From a stored notice to the entries its documents are set from. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.fields import parse_time
from server.corrective_actions.lifecycle import STATUS_LABELS, STEP_LABELS
from server.errors import NOT_VERIFIED_YET, Problem
from server.reports.notice_facts import NoticeFacts
from server.reports.notices import (
    Notice,
    NoticeAnswer,
    NoticeFinding,
    NoticeKind,
    NoticeStep,
)
from server.reports.wording import Wording

Document = Mapping[str, Any]
_VERIFIED = ("verified", "closed")


def notice_of(facts: NoticeFacts, words: Wording) -> Notice:
    """The notice as it is handed over: what was found, and what is to be done by when."""
    return _notice(facts, facts.document["kind"], words)


def verification_of(facts: NoticeFacts, words: Wording) -> Notice:
    """What was done and who verified it.

    Raises
    ------
    Problem
        ``not-verified-yet`` while nobody has verified it.
    """
    document = facts.document
    if document["status"] not in _VERIFIED:
        state = STATUS_LABELS[document["status"]]
        raise Problem(NOT_VERIFIED_YET, number=facts.number, state=state)
    return _notice(facts, "verification", words)


def _notice(facts: NoticeFacts, kind: NoticeKind, words: Wording) -> Notice:
    document = facts.document
    is_verification = kind == "verification"
    verification = document["verification"] or {"name": ""}
    return Notice(
        kind=kind,
        collection="corrective_actions",
        id=document["id"],
        version=facts.version,
        sha256=facts.sha256,
        organisation=facts.organisation_name,
        site=facts.site_name,
        number=facts.number,
        responsible=_responsible(facts),
        issuer=document["issued_by"]["name"],
        issued_at=parse_time(document["captured_at"]),
        due_at=parse_time(document["due_at"]),
        first_due_at=parse_time(document["first_due_at"]),
        status=STATUS_LABELS[document["status"]].render(words.language),
        findings=[_finding(finding, facts) for finding in facts.findings],
        steps=list(_steps(facts, words)) if is_verification else (),
        title=document["title"],
        requirement=document["requirement"],
        written_at=facts.written_at,
        answer=_answer(facts, words) if is_verification else None,
        verified_by=verification["name"],
        announced=facts.announced,
        stored=facts.stored,
    )


def _responsible(facts: NoticeFacts) -> str:
    contact = facts.document["supplier_contact"]
    if contact is None:
        return facts.responsible
    named = " ".join(part for part in (contact["name"], contact["phone"]) if part)
    return f"{facts.responsible}（{named}）"


def _finding(finding: Document, facts: NoticeFacts) -> NoticeFinding:
    earlier = finding["repeat_of"]
    return NoticeFinding(
        what=finding["title"],
        detail=finding["description"],
        place=facts.places.get(finding["place_id"] or "", finding["place_text"]),
        nonconformity_class=finding["effective_class"],
        basis=finding["clause"],
        found_before_at=None if earlier is None else parse_time(earlier["captured_at"]),
        earlier=() if earlier is None else earlier["attachment_ids"],
        before=finding["attachment_ids"],
        after=finding["fixed_attachment_ids"],
    )


def _steps(facts: NoticeFacts, words: Wording) -> Iterator[NoticeStep]:
    for step in facts.steps:
        what = STEP_LABELS[step["kind"]].render(words.language)
        written = [step[name] for name in ("text", "correction") if step[name]]
        yield NoticeStep(
            what, step["created_by"]["name"], parse_time(step["captured_at"]), "\n".join(written)
        )


def _answer(facts: NoticeFacts, words: Wording) -> NoticeAnswer | None:
    step = facts.submission
    if step is None:
        return None
    signature = step.get("signature")
    late = words.label("notice.late") if facts.document["submission"]["is_late"] else ""
    return NoticeAnswer(
        by=step["created_by"]["name"] + late,
        at=parse_time(step["captured_at"]),
        correction=step["correction"],
        cause=step["cause"],
        prevention=step["prevention"],
        photos=step["attachment_ids"],
        signature=None if signature is None else signature["attachment_id"],
        remark=_way(step, words),
    )


def _way(step: Document, words: Wording) -> str:
    """How an answer without an account came in: it is not known to be from who it says."""
    given = step.get("answered_by")
    if given is None:
        return ""
    return words.label(
        "notice.way_link", name=given["name"], address=given["address"], device=given["device"]
    )
