"""Notices to put something right and their verification, as sheets. Pure: plain entries go in.

书面通知单 names what was found; 限期整改通知书 also orders cause, correction and prevention by a
day; 整改验证单 tells what was done and who verified it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from server.reports.qr import qr_picture, record_qr
from server.reports.receipt_sheet import photo_count, picture_file
from server.reports.typesetting import Sheet
from server.reports.wording import NOTHING, Wording, clock

NoticeKind = Literal["written_notice", "rectification_order", "verification"]


@dataclass(frozen=True, slots=True)
class NoticeFinding:
    """One thing to be put right; photos by attachment id, taken before and after, and of what was
    found there the time before."""

    what: str
    place: str
    nonconformity_class: str
    detail: str = ""
    basis: str = ""
    requirement: str = ""
    found_before_at: datetime | None = None
    earlier: Sequence[str] = ()
    before: Sequence[str] = ()
    after: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NoticeStep:
    """One step of a notice's life: who did what, when, and in which words."""

    what: str
    by: str
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class NoticeAnswer:
    """What whoever answers for it says was done, and shows; pictures by attachment id."""

    by: str
    at: datetime
    correction: str
    cause: str = ""
    prevention: str = ""
    photos: Sequence[str] = ()
    signature: str | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it is handed over. *version* and *sha256* are those of its stored document."""

    kind: NoticeKind
    collection: str
    id: str
    version: int
    sha256: str
    organisation: str
    site: str
    number: str
    responsible: str
    issuer: str
    issued_at: datetime
    due_at: datetime
    first_due_at: datetime
    status: str
    findings: Sequence[NoticeFinding]
    steps: Sequence[NoticeStep] = field(default_factory=tuple)
    title: str = ""
    requirement: str = ""
    written_at: datetime | None = None
    answer: NoticeAnswer | None = None
    verified_by: str = ""
    announced: int = 0
    stored: int = 0
    """Photos of the notice, its findings and its steps."""


def notice_sheet(
    notice: Notice,
    words: Wording,
    address: str,
    previews: Mapping[str, bytes],
    answer_address: str | None = None,
) -> Sheet:
    """The notice with its findings, photos, deadline and places to sign.

    Parameters
    ----------
    address : str
        The service's own address, for the QR code back to the notice.
    previews : Mapping
        Small pictures without position, by attachment id; those that are not there are named.
    answer_address : str, optional
        Where whoever gets the notice answers without an account: printed as a code of its own.
    """
    has_moved = notice.due_at != notice.first_due_at
    data = {
        "title": words.label(f"notice.{notice.kind}"),
        "head": {
            "organisation": words.text(notice.organisation),
            "number": words.text(notice.number),
            "collection": notice.collection,
            "id": notice.id,
            "version": notice.version,
            "sha256": notice.sha256,
            "made_at": clock(notice.written_at or notice.issued_at),
        },
        "subject": words.text(notice.title),
        "requirement": words.text(notice.requirement),
        "to": words.text(notice.responsible),
        "text": words.label(f"notice.{notice.kind}.text", due=clock(notice.due_at)[:16]),
        "is_order": notice.kind == "rectification_order",
        "is_verification": notice.kind == "verification",
        "facts": [
            {"label": words.label(key), "value": value}
            for key, value in (
                ("notice.site", words.or_nothing(notice.site)),
                ("notice.issued_at", clock(notice.issued_at)),
                ("notice.issuer", words.or_nothing(notice.issuer)),
                ("notice.due_at", clock(notice.due_at)),
                ("notice.status", words.or_nothing(notice.status)),
                ("notice.first_due_at", clock(notice.first_due_at) if has_moved else NOTHING),
                ("receipt.photos", photo_count(notice.announced, notice.stored, words)),
            )
        ],
        "findings": [
            _finding(at, finding, words, previews)
            for at, finding in enumerate(notice.findings, start=1)
        ],
        "steps": [_step(step, words) for step in notice.steps],
        "answer": None if notice.answer is None else _answer(notice.answer, words, previews),
        "verified_by": words.text(notice.verified_by),
        "answer_address": answer_address,
    }
    pictures = {picture_file(id_): content for id_, content in previews.items()}
    pictures["qr.svg"] = record_qr(address, "corrective-actions", notice.id)
    if answer_address is not None:
        pictures["answer.svg"] = qr_picture(answer_address)
    made_at = notice.written_at or max([notice.issued_at, *(step.at for step in notice.steps)])
    return Sheet("notice.typ", words.language, data, made_at, pictures)


def _finding(
    at: int, finding: NoticeFinding, words: Wording, previews: Mapping[str, bytes]
) -> dict[str, Any]:
    return {
        "position": at,
        "what": words.text(finding.what),
        "place": words.or_nothing(finding.place),
        "class": words.label(f"class.{finding.nonconformity_class}"),
        "detail": words.text(finding.detail),
        "basis": words.text(finding.basis),
        "requirement": words.text(finding.requirement),
        "repeat": _repeat(finding, words),
        "earlier": _files(finding.earlier, previews),
        "before": _files(finding.before, previews),
        "after": _files(finding.after, previews),
    }


def _repeat(finding: NoticeFinding, words: Wording) -> str:
    at = finding.found_before_at
    return "" if at is None else words.label("notice.repeat", at=clock(at))


def _files(ids: Sequence[str], previews: Mapping[str, bytes]) -> list[str | None]:
    """None for a picture that is not there: the document says so in its place."""
    return [picture_file(id_) if id_ in previews else None for id_ in ids]


def _answer(answer: NoticeAnswer, words: Wording, previews: Mapping[str, bytes]) -> dict[str, Any]:
    signed = answer.signature is not None
    return {
        "by": words.or_nothing(answer.by),
        "at": clock(answer.at),
        "correction": words.or_nothing(answer.correction),
        "cause": words.or_nothing(answer.cause),
        "prevention": words.or_nothing(answer.prevention),
        "photos": _files(answer.photos, previews),
        "signature": _files([answer.signature], previews)[0] if answer.signature else None,
        "is_signed": signed,
        "remark": words.text(answer.remark),
    }


def _step(step: NoticeStep, words: Wording) -> dict[str, str]:
    return {
        "what": words.text(step.what),
        "by": words.or_nothing(step.by),
        "at": clock(step.at),
        "text": words.text(step.text),
    }
