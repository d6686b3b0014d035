"""The evidence of one notice, and of one inspection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.corrective_actions.issuing import COLLECTION as ACTIONS
from server.corrective_actions.steps import COLLECTION as STEPS
from server.db.transaction import transaction
from server.findings.service import COLLECTION as FINDINGS
from server.inspection.service import COLLECTION as INSPECTIONS
from server.reports.documents import Press
from server.reports.evidence.audit_part import audit_parts
from server.reports.evidence.pack import Named, PackContents, kept_versions, split_by_presence
from server.reports.inspection_facts import InspectionFacts, read_inspection
from server.reports.notice_entries import notice_of, verification_of
from server.reports.notice_facts import NoticeFacts, read_notice
from server.reports.receipt_facts import SIGNATURE, Picture
from server.reports.supervision_documents import inspection_sheet_of, notice_sheet_of
from server.reports.wording import Wording

Record = tuple[str, str]


def notice_pack(
    session: Session, actor: Actor, press: Press, action_id: str, language: str
) -> PackContents:
    """Everything about one notice: its sheet, its findings and steps, all photos, all versions.

    Raises
    ------
    Problem
        ``record-not-found``; ``forbidden`` for who may not hand evidence out at its site.
    """
    with transaction(session, write=False):
        facts = read_notice(session, actor, action_id)
        actor.require(Permission.EXPORT_EVIDENCE, facts.document["site_id"])
        records = list(_notice_records(facts))
        versions = kept_versions(session, actor.organisation_id, records)
        audit = audit_parts(session, actor.organisation_id, records, _hashes(facts.pictures))
    is_done = facts.document["status"] in {"verified", "closed"}
    sheet = notice_sheet_of(facts, press, language, verification_of if is_done else notice_of)
    named = _named(facts.pictures, press.words(language))
    here, missing = split_by_presence(press.storage, named)
    return PackContents(
        number=facts.number,
        site_id=facts.document["site_id"],
        collection=ACTIONS,
        record_id=action_id,
        version=facts.version,
        sha256=facts.sha256,
        made_at=sheet.made_at,
        sheet=sheet,
        files=here,
        missing=[*missing, *_unannounced(_named_by_notice(facts), facts.pictures)],
        versions=versions,
        extras=audit,
    )


def inspection_pack(
    session: Session, actor: Actor, press: Press, inspection_id: str, language: str
) -> PackContents:
    """Everything about one inspection: its report, its findings, all photos, all versions.

    Raises as for a notice.
    """
    with transaction(session, write=False):
        facts = read_inspection(session, actor, inspection_id)
        actor.require(Permission.EXPORT_EVIDENCE, facts.document["site_id"])
        records = list(_inspection_records(facts))
        versions = kept_versions(session, actor.organisation_id, records)
        audit = audit_parts(session, actor.organisation_id, records, _hashes(facts.pictures))
    sheet = inspection_sheet_of(facts, press, language)
    here, missing = split_by_presence(press.storage, _named(facts.pictures, press.words(language)))
    wanted = [id_ for answer in facts.document["answers"] for id_ in answer["attachment_ids"]]
    return PackContents(
        number=facts.number,
        site_id=facts.document["site_id"],
        collection=INSPECTIONS,
        record_id=inspection_id,
        version=facts.version,
        sha256=facts.sha256,
        made_at=sheet.made_at,
        sheet=sheet,
        files=here,
        missing=[*missing, *_unannounced(wanted, facts.pictures)],
        versions=versions,
        extras=audit,
    )


def _notice_records(facts: NoticeFacts) -> Iterator[Record]:
    yield ACTIONS, facts.document["id"]
    yield from ((FINDINGS, finding["id"]) for finding in facts.findings)
    yield from ((STEPS, step["id"]) for step in facts.steps)
    yield from (("attachments", picture.id) for picture in facts.pictures)


def _inspection_records(facts: InspectionFacts) -> Iterator[Record]:
    yield INSPECTIONS, facts.document["id"]
    yield from ((FINDINGS, finding["id"]) for finding in facts.findings)
    yield from (("attachments", picture.id) for picture in facts.pictures)


def _hashes(pictures: Iterable[Picture]) -> list[str]:
    return [picture.sha256 for picture in pictures]


def _named(pictures: Iterable[Picture], words: Wording) -> Iterator[Named]:
    for picture in pictures:
        folder = "signatures" if picture.role == SIGNATURE else "photos"
        yield Named(
            picture, folder, picture.caption or words.word("photo", picture.role or "other")
        )


def _named_by_notice(facts: NoticeFacts) -> Iterator[str]:
    yield from facts.document["attachment_ids"]
    for finding in facts.findings:
        yield from finding["attachment_ids"]
        yield from finding["fixed_attachment_ids"]
    for step in facts.steps:
        yield from step["attachment_ids"]


def _unannounced(named: Iterable[str], pictures: Iterable[Picture]) -> Iterator[Mapping[str, Any]]:
    """Photos a record names and no device has described yet: not even their hash is known."""
    known = {picture.id for picture in pictures}
    for id_ in dict.fromkeys(named):
        if id_ not in known:
            yield {"id": id_, "sha256": None, "title": "", "reason": "not_announced"}
