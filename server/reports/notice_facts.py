"""What the documents about a notice are made of, read in one short transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from server.access import Actor
from server.corrective_actions import issuing, queries
from server.db.documents import read_documents
from server.db.record_reading import read_heads
from server.identity.models import Organisation, Site
from server.master_data.queries import supplier_document
from server.premises.service import PLACES, unit_documents
from server.reports.receipt_facts import Picture, pictures_of

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """A notice as it stands, with its findings, its steps and every photo they name."""

    organisation_name: str
    site_name: str
    responsible: str
    version: int
    text: str
    document: Document
    written_at: datetime
    findings: tuple[Document, ...]
    steps: tuple[Document, ...]
    places: Mapping[str, str]
    pictures: tuple[Picture, ...]
    announced: int
    stored: int

    @property
    def number(self) -> str:
        return str(self.document["number"])

    @property
    def sha256(self) -> str:
        """The hash of the stored text, as in the audit log and the evidence pack."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def submission(self) -> Document | None:
        """The newest submission of what was done, if it counts."""
        if self.document["submission"] is None:
            return None
        wanted = self.document["submission"]["step_id"]
        return next(step for step in self.steps if step["id"] == wanted)


def read_notice(session: Session, actor: Actor, action_id: str) -> NoticeFacts:
    """Everything a document about the notice needs; 404 for whoever may not see it."""
    whole = queries.whole_action(session, actor, action_id)
    [head] = read_heads(session, actor.organisation_id, issuing.COLLECTION, [action_id])
    document = orjson.loads(head.document)
    findings, steps = whole.findings, whole.steps
    site = session.get(Site, document["site_id"])
    organisation = session.get(Organisation, actor.organisation_id)
    return NoticeFacts(
        organisation_name="" if organisation is None else organisation.name,
        site_name="" if site is None else site.name,
        responsible=responsible_of(session, actor, document),
        version=head.version,
        text=head.document,
        document=document,
        written_at=head.written_at,
        findings=tuple(findings),
        steps=tuple(steps),
        places=place_names(session, actor, findings),
        pictures=pictures_of(session, dict.fromkeys(_photos(document, findings, steps))),
        announced=whole.photos.announced,
        stored=whole.photos.stored,
    )


def responsible_of(session: Session, actor: Actor, document: Document) -> str:
    """The name of the unit or supplier that answers for it."""
    if document["unit_id"] is not None:
        units = unit_documents(session, actor, [document["unit_id"]])
        return str(units[document["unit_id"]]["name"])
    supplier = supplier_document(session, actor, document["supplier_id"])
    return "" if supplier is None else str(supplier["name"])


def place_names(session: Session, actor: Actor, findings: Iterable[Document]) -> dict[str, str]:
    ids = {finding["place_id"] for finding in findings if finding["place_id"]}
    found = read_documents(session, actor.organisation_id, PLACES, ids)
    return {id_: record.document["name"] for id_, record in found.items()}


def _photos(
    document: Document, findings: Iterable[Document], steps: Iterable[Document]
) -> Iterator[str]:
    yield from document["attachment_ids"]
    for finding in findings:
        yield from finding["attachment_ids"]
        yield from finding["fixed_attachment_ids"]
        yield from (finding["repeat_of"] or {"attachment_ids": ()})["attachment_ids"]
    for step in steps:
        yield from step["attachment_ids"]
        signature = step.get("signature")
        if signature is not None:
            yield signature["attachment_id"]
