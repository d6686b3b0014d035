"""Judging attachments and accepting what was found. Flags are part of the published document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import column, select, table, update
from sqlalchemy.orm import Session

from schemas.fields import parse_time, time_text
from server.access import Actor, Permission
from server.attachments.flags import Evidence, Flag, FlagLimits, Position, flags_of
from server.attachments.models import Attachment, Blob, FlagAcceptance
from server.attachments.relations import older_alike, record_of, same_content
from server.attachments.service import COLLECTION, head_of
from server.config import Settings
from server.db.audit import record_audit
from server.db.change_store import RecordHead, document_of, publish
from server.db.documents import read_documents
from server.db.types import UuidText, new_id
from server.errors import FLAG_NOT_FOUND, RECORD_NOT_FOUND, Problem
from server.http.conditional import ExpectedVersion
from server.identity.models import Site
from server.identity.setup import system_actor

# Written by the layer above, which measures the clocks; read here without importing it.
_device_syncs = table(
    "device_syncs",
    column("organisation_id", UuidText),
    column("device_id"),
    column("clock_offset_ms"),
)


def flag_limits(settings: Settings) -> FlagLimits:
    return FlagLimits(
        before_entry=timedelta(seconds=settings.photo_entered_late_seconds),
        after_entry=timedelta(seconds=settings.photo_entered_early_seconds),
        clock_offset=timedelta(seconds=settings.clock_offset_seconds_max),
        site_radius_m=settings.site_radius_m,
    )


def judge_attachment(
    session: Session, organisation_id: str, attachment_id: str, limits: FlagLimits, now: datetime
) -> RecordHead | None:
    """Judge one attachment anew, and publish it if that changed its flags. For jobs: *session*
    looks across sites."""
    actor = system_actor(organisation_id)
    head = head_of(session, actor, attachment_id)
    _begin_judging(session, organisation_id, attachment_id)
    row = session.get(Attachment, (organisation_id, attachment_id), populate_existing=True)
    if head is None or head.deleted or row is None:
        return None
    document = document_of(head)
    if row.clock_offset_ms is None:
        row.clock_offset_ms = _measured_offset(session, row)
    same = same_content(session, row) if row.status == "stored" else []
    found = flags_of(_evidence(session, row, document, same), limits)
    _judge_those_that_miss_it(session, row, same)
    return _publish_flags(session, actor, row, head, _with_acceptances(session, row, found), now)


def judge_site_again(session: Session, organisation_id: str, site_id: str) -> None:
    """Have all photos of the site judged again before long: what they are judged by changed."""
    session.execute(
        update(Attachment)
        .where(Attachment.organisation_id == organisation_id, Attachment.site_id == site_id)
        .values(needs_examination=True),
        execution_options={"synchronize_session": False},
    )


def _begin_judging(session: Session, organisation_id: str, attachment_id: str) -> None:
    """Before anything is looked at: what changes from here on is a reason to judge again."""
    session.execute(
        update(Attachment)
        .where(Attachment.organisation_id == organisation_id, Attachment.id == attachment_id)
        .values(needs_examination=False),
        execution_options={"synchronize_session": False},
    )


def _publish_flags(
    session: Session,
    actor: Actor,
    row: Attachment,
    head: RecordHead,
    flags: list[dict[str, Any]],
    now: datetime,
) -> RecordHead | None:
    row.open_flags = sum(flag["accepted"] is None for flag in flags)
    session.flush()
    document = document_of(head)
    if (document.get("flags") or []) == flags:
        return None
    changed = {**document, "flags": flags}
    return publish(session, actor, COLLECTION, row.id, row.site_id, changed, now)


# -- what is known -------------------------------------------------------------------------------


def _evidence(
    session: Session, row: Attachment, document: Mapping[str, Any], same: list[Attachment]
) -> Evidence:
    is_stored = row.status == "stored"
    blob = session.get(Blob, row.sha256) if is_stored else None
    site = session.get_one(Site, row.site_id)
    alike = older_alike(session, row) if is_stored else []
    exif = document["exif"] or {}
    offset_ms = row.clock_offset_ms
    return Evidence(
        received_at=row.received_at,
        exif_captured_at=_moment(exif.get("captured_at")),
        claimed_captured_at=row.captured_at,
        entered_at=_moment(document["entered_at"]),
        clock_offset=None if offset_ms is None else timedelta(milliseconds=offset_ms),
        positions=tuple(_positions(exif, document)),
        accuracy_m=float(document["accuracy_m"] or 0),
        site_position=_position(site.latitude, site.longitude),
        site_radius_m=site.radius_m,
        source=document["source"],
        edited_with=None if blob is None else blob.edited_with,
        is_readable=blob is None or blob.is_readable,
        same_content_records=len({record_of(other) for other in same}),
        alike_records=len({record_of(other.attachment) for other in alike}),
        alike_bits=min((other.bits for other in alike), default=0),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse_time(text)


def _positions(*sources: Mapping[str, Any]) -> Iterator[Position]:
    for source in sources:
        position = _position(source.get("latitude"), source.get("longitude"))
        if position is not None:
            yield position


def _position(latitude: str | None, longitude: str | None) -> Position | None:
    if latitude is None or longitude is None:
        return None
    return float(latitude), float(longitude)


def _measured_offset(session: Session, row: Attachment) -> int | None:
    """How far the device's clock was ahead when it last synced. Asked once: it stands by the photo
    from then on, whatever the clock does later."""
    if row.device_id is None:
        return None
    offset: int | None = session.execute(
        select(_device_syncs.c.clock_offset_ms).where(
            _device_syncs.c.organisation_id == row.organisation_id,
            _device_syncs.c.device_id == row.device_id,
        )
    ).scalar_one_or_none()
    return offset


def _judge_those_that_miss_it(session: Session, row: Attachment, same: list[Attachment]) -> None:
    """The other records with this file must know of this one too, whichever came first."""
    documents = read_documents(
        session, row.organisation_id, COLLECTION, [other.id for other in same]
    )
    records = {record_of(row)} | {record_of(other) for other in same}
    for other in same:
        stored = documents.get(other.id)
        flags = (stored.document.get("flags") or []) if stored is not None else []
        told = [flag["params"]["records"] for flag in flags if flag["code"] == "same_content"]
        if told != [len(records - {record_of(other)})]:
            other.needs_examination = True


# -- accepting -----------------------------------------------------------------------------------


def accept_flag(
    session: Session,
    actor: Actor,
    attachment_id: str,
    code: str,
    reason: str,
    now: datetime,
    expected: ExpectedVersion,
) -> RecordHead:
    """Accept one flag of a photo, for a reason that stays on record. Accepting what is accepted
    already changes nothing.

    Raises
    ------
    Problem
        404 for a photo or flag that is not there; 403 without the permission at its site; and what
        *expected* says: somebody accepts what they have seen.
    """
    head = head_of(session, actor, attachment_id)
    if head is None or head.deleted or head.site_id is None:
        raise Problem(RECORD_NOT_FOUND)
    actor.require(Permission.ACCEPT_PHOTO_FLAG, head.site_id)
    document = document_of(head)
    flags = [dict(flag) for flag in document.get("flags") or []]
    flag = next((flag for flag in flags if flag["code"] == code), None)
    if flag is None:
        raise Problem(FLAG_NOT_FOUND, code=code)
    if flag["accepted"] is not None:
        return head
    expected.require(head.version)
    row = session.get_one(Attachment, (actor.organisation_id, attachment_id))
    acceptance = _new_acceptance(actor, row, flag, reason, now)
    session.add(acceptance)
    record_audit(
        session,
        actor,
        "flag_accepted",
        now,
        site_id=head.site_id,
        collection=COLLECTION,
        record_id=attachment_id,
        details={"code": code, "reason": reason},
    )
    flag["accepted"] = _shown(acceptance, row)
    published = _publish_flags(session, actor, row, head, flags, now)
    assert published is not None
    return published


def _new_acceptance(
    actor: Actor, row: Attachment, flag: Mapping[str, Any], reason: str, now: datetime
) -> FlagAcceptance:
    return FlagAcceptance(
        organisation_id=row.organisation_id,
        id=new_id(now),
        site_id=row.site_id,
        attachment_id=row.id,
        code=flag["code"],
        params=_params_text(flag["params"]),
        reason=reason,
        user_id=actor.user_id,
        user_name=actor.display_name,
        device_id=actor.device_id,
        accepted_at=now,
    )


def _with_acceptances(session: Session, row: Attachment, found: list[Flag]) -> list[dict[str, Any]]:
    """The flags as they are published. An acceptance holds for the very numbers it was given for:
    a third use of the same file is not what somebody accepted of the second."""
    statement = select(FlagAcceptance).where(
        FlagAcceptance.organisation_id == row.organisation_id,
        FlagAcceptance.attachment_id == row.id,
    )
    accepted: dict[tuple[str, str], FlagAcceptance] = {}
    order = (FlagAcceptance.accepted_at, FlagAcceptance.id)
    for acceptance in session.scalars(statement.order_by(*order)) if found else ():
        accepted.setdefault((acceptance.code, acceptance.params), acceptance)
    return [
        {
            "code": flag.code,
            "params": dict(flag.params),
            "text": flag.text(),
            "accepted": _shown(accepted.get((flag.code, _params_text(flag.params))), row),
        }
        for flag in found
    ]


def _params_text(params: Mapping[str, Any]) -> str:
    return orjson.dumps(params, option=orjson.OPT_SORT_KEYS).decode()


def _shown(acceptance: FlagAcceptance | None, row: Attachment) -> dict[str, Any] | None:
    if acceptance is None:
        return None
    return {
        "user_id": acceptance.user_id,
        "name": acceptance.user_name,
        "reason": acceptance.reason,
        "accepted_at": time_text(acceptance.accepted_at),
        "is_by_photographer": acceptance.user_id == row.user_id,
    }
