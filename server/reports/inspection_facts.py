"""What the report of an inspection is made of, read in one short transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.completeness import count_photos
from server.checklists.queries import required_checklist
from server.corrective_actions.issuing import COLLECTION as ACTIONS
from server.db.documents import read_documents
from server.db.record_reading import read_heads
from server.findings.service import COLLECTION as FINDINGS
from server.identity.models import Organisation, Site
from server.inspection.queries import the_inspection
from server.inspection.service import COLLECTION
from server.premises.service import unit_documents
from server.reports.notice_facts import place_names
from server.reports.receipt_facts import Picture, pictures_of

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InspectionFacts:
    """An inspection as it stands, by the checklist it was made with."""

    organisation_name: str
    site_name: str
    unit_name: str
    place_name: str
    version: int
    text: str
    document: Document
    written_at: datetime
    checklist: Document
    findings: tuple[Document, ...]
    notice_numbers: Mapping[str, str]
    """Of the notices that name its findings, by their ids."""
    pictures: tuple[Picture, ...]
    announced: int
    stored: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def number(self) -> str:
        """What was finished before inspections had numbers, and a draft: what it used, the day, and
        its id's end."""
        given = self.document.get("number")
        if given is not None:
            return str(given)
        day = str(self.document["captured_at"])[:10].replace("-", "")
        return f"{self.document['checklist']['code']}-{day}-{self.document['id'][-8:].upper()}"


def read_inspection(session: Session, actor: Actor, inspection_id: str) -> InspectionFacts:
    """Everything the report needs; 404 for whoever may not see it."""
    the_inspection(session, actor, inspection_id)
    [head] = read_heads(session, actor.organisation_id, COLLECTION, [inspection_id])
    document = orjson.loads(head.document)
    findings = _findings(session, actor, document)
    site = session.get(Site, document["site_id"])
    organisation = session.get(Organisation, actor.organisation_id)
    unit_id, place_id = document["unit_id"], document["place_id"]
    units = unit_documents(session, actor, [unit_id] if unit_id else [])
    places = place_names(session, actor, [document])
    parts = {inspection_id: findings}
    photos = count_photos(session, COLLECTION, [document], parts)[inspection_id]
    return InspectionFacts(
        organisation_name="" if organisation is None else organisation.name,
        site_name="" if site is None else site.name,
        unit_name=units[unit_id]["name"] if unit_id in units else "",
        place_name=places.get(place_id or "", document["place_text"]),
        version=head.version,
        text=head.document,
        document=document,
        written_at=head.written_at,
        checklist=required_checklist(session, actor, document["checklist_id"]),
        findings=tuple(findings),
        notice_numbers=_notice_numbers(session, actor, findings),
        pictures=pictures_of(session, dict.fromkeys(_photos(document, findings))),
        announced=photos.announced,
        stored=photos.stored,
    )


def _findings(session: Session, actor: Actor, document: Document) -> list[Document]:
    ids = document["finding_ids"]
    stored = read_documents(session, actor.organisation_id, FINDINGS, ids)
    return [stored[id_].document for id_ in ids if id_ in stored and not stored[id_].deleted]


def _notice_numbers(session: Session, actor: Actor, findings: list[Document]) -> dict[str, str]:
    ids = {one["corrective_action_id"] for one in findings if one["corrective_action_id"]}
    stored = read_documents(session, actor.organisation_id, ACTIONS, ids)
    return {id_: record.document["number"] for id_, record in stored.items()}


def _photos(document: Document, findings: list[Document]) -> Iterator[str]:
    for answer in document["answers"]:
        yield from answer["attachment_ids"]
    for finding in findings:
        yield from (finding["repeat_of"] or {"attachment_ids": ()})["attachment_ids"]
