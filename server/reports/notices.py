"""Notices to put something right and their verification, as sheets. Pure: plain entries go in.

书面通知单 names what was found; 限期整改通知书 also orders cause, correction and prevention by a
day; 整改验证单 tells what was done and who verified it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from server.reports.qr import record_qr
from server.reports.receipt_sheet import picture_file
from server.reports.typesetting import Sheet
from server.reports.wording import NOTHING, Wording, clock

NoticeKind = Literal["written_notice", "rectification_order", "verification"]


@dataclass(frozen=True, slots=True)
class NoticeFinding:
    """One thing to be put right; photos by attachment id, taken before and after."""

    what: str
    place: str
    nonconformity_class: str
    basis: str = ""
    requirement: str = ""
    is_repeat: bool = False
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


def notice_sheet(
    notice: Notice, words: Wording, address: str, previews: Mapping[str, bytes]
) -> Sheet:
    """The notice with its findings, photos, deadline and places to sign.

    Parameters
    ----------
    address : str
        The service's own address, for the QR code back to the notice.
    previews : Mapping
        Small pictures without position, by attachment id; those that are not there are named.
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
            "made_at": clock(notice.issued_at),
        },
        "to": words.text(notice.responsible),
        "text": words.label(f"notice.{notice.kind}.text", due=clock(notice.due_at)[:16]),
        "is_order": notice.kind == "rectification_order",
        "is_verification": notice.kind == "verification",
        "facts": [
            {"label": words.label(key), "value": value}
            for key, value in (
                ("receipt.site", words.or_nothing(notice.site)),
                ("notice.issued_at", clock(notice.issued_at)),
                ("notice.issuer", words.or_nothing(notice.issuer)),
                ("notice.due_at", clock(notice.due_at)),
                ("notice.status", words.or_nothing(notice.status)),
                ("notice.first_due_at", clock(notice.first_due_at) if has_moved else NOTHING),
            )
        ],
        "findings": [
            _finding(at, finding, words, previews)
            for at, finding in enumerate(notice.findings, start=1)
        ],
        "steps": [_step(step, words) for step in notice.steps],
    }
    pictures = {picture_file(id_): content for id_, content in previews.items()}
    pictures["qr.svg"] = record_qr(address, "corrective-actions", notice.id)
    made_at = max([notice.issued_at, *(step.at for step in notice.steps)])
    return Sheet("notice.typ", words.language, data, made_at, pictures)


def _finding(
    at: int, finding: NoticeFinding, words: Wording, previews: Mapping[str, bytes]
) -> dict[str, Any]:
    def files(ids: Sequence[str]) -> list[str | None]:
        return [picture_file(id_) if id_ in previews else None for id_ in ids]

    return {
        "position": at,
        "what": words.text(finding.what),
        "place": words.or_nothing(finding.place),
        "class": words.label(f"class.{finding.nonconformity_class}"),
        "basis": words.text(finding.basis),
        "requirement": words.text(finding.requirement),
        "is_repeat": finding.is_repeat,
        "before": files(finding.before),
        "after": files(finding.after),
    }


def _step(step: NoticeStep, words: Wording) -> dict[str, str]:
    return {
        "what": words.text(step.what),
        "by": words.or_nothing(step.by),
        "at": clock(step.at),
        "text": words.text(step.text),
    }
