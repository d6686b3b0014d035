"""The evidence of one register entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from schemas.fields import parse_time
from server.access import Actor, Permission
from server.db.record_reading import read_heads
from server.db.transaction import transaction
from server.registers.events import COLLECTION as EVENTS
from server.registers.queries import the_entry
from server.registers.service import COLLECTION
from server.reports.documents import Press
from server.reports.evidence.audit_part import audit_parts
from server.reports.evidence.pack import Named, PackContents, kept_versions, split_by_presence
from server.reports.receipt_facts import Picture, pictures_of
from server.reports.register_lists import MAKE_TABLE, other_register
from server.reports.register_rows import EntryOfPeriod, whole_entries
from server.reports.registers import register_sheet
from server.reports.typesetting import Sheet


def register_pack(
    session: Session, actor: Actor, press: Press, entry_id: str, language: str
) -> PackContents:
    """Everything about one entry: its table, photos, corrections and versions.

    Raises
    ------
    Problem
        ``record-not-found``; ``forbidden`` for who may not hand evidence out at its site.
    """
    press.fonts.check()
    with transaction(session, write=False):
        stored = the_entry(session, actor, entry_id)
        assert stored.site_id is not None
        actor.require(Permission.EXPORT_EVIDENCE, stored.site_id)
        [entry] = whole_entries(session, actor, [entry_id])
        [head] = read_heads(session, actor.organisation_id, COLLECTION, [entry_id])
        pictures = pictures_of(session, _photo_ids(entry.document))
        records = list(_records(entry.document, pictures))
        versions = kept_versions(session, actor.organisation_id, records)
        sums = [picture.sha256 for picture in pictures]
        audit = audit_parts(session, actor.organisation_id, records, sums)
        sheet = _sheet(entry, press, language)
    named = (Named(one, "photos", one.caption or one.role or "photo") for one in pictures)
    here, missing = split_by_presence(press.storage, named)
    known = {picture.id for picture in pictures}
    return PackContents(
        number=f"{entry.document['checklist']['code']}-{entry.document['business_on']}-{entry_id[-8:]}",
        site_id=stored.site_id,
        collection=COLLECTION,
        record_id=entry_id,
        version=head.version,
        sha256=hashlib.sha256(stored.text.encode()).hexdigest(),
        made_at=sheet.made_at,
        sheet=sheet,
        files=here,
        missing=[
            *missing,
            *(_unannounced(id_) for id_ in _photo_ids(entry.document) if id_ not in known),
        ],
        versions=versions,
        extras=audit,
    )


def _sheet(entry: EntryOfPeriod, press: Press, language: str) -> Sheet:
    words = press.words(language)
    notes = [words.either(entry.document["checklist"])]
    table = MAKE_TABLE.get(entry.register.kind, other_register)([entry], words, notes)
    changed = [entry.document["received_at"]]
    changed += [event["received_at"] for event in entry.document["events"]]
    made_at = parse_time(max(changed))
    return register_sheet(table, words, made_at, empty=words.label("registers.none"))


def _photo_ids(entry: Mapping[str, Any]) -> list[str]:
    """Of its answers as first written, of every correction and event."""
    answers = [*entry["answers"], *(a for event in entry["events"] for a in event["answers"])]
    named = [id_ for answer in answers for id_ in answer["attachment_ids"]]
    named += [id_ for event in entry["events"] for id_ in event["attachment_ids"]]
    return list(dict.fromkeys(named))


def _records(entry: Mapping[str, Any], pictures: tuple[Picture, ...]) -> Iterator[tuple[str, str]]:
    yield COLLECTION, entry["id"]
    for event in entry["events"]:
        yield EVENTS, event["id"]
    for picture in pictures:
        yield "attachments", picture.id


def _unannounced(attachment_id: str) -> dict[str, Any]:
    return {"id": attachment_id, "sha256": None, "title": "", "reason": "not_announced"}
