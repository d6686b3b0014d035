"""Carry out what a phone exported, as its author's, through the doors that phones use."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.attachments.storage import Storage
from server.config import Settings
from server.db.audit import record_audit
from server.db.scope import Scope, enter_scope, leave_scope, unscoped
from server.db.transaction import transaction
from server.errors import WORK_OF_DISABLED_USER, WORK_OF_REVOKED_DEVICE, Problem
from server.identity.models import Device, User
from server.identity.service import make_actor
from server.identity.setup import system_actor
from server.sync_api.export_file import ExportEntry, ExportHeader
from server.sync_api.service import Delivery, push_mutations, read_mutation
from server.uploads.transfer import Body, Transfer
from server.uploads.tus import NewUpload
from server.uploads.wire import Wire

_MUTATION = (
    "mutation_id",
    "collection",
    "id",
    "operation",
    "base_version",
    "captured_at",
    "document",
)


class UnknownAuthor(LookupError):
    """Nobody here has the account, or signed in on the phone, that the file names."""


@dataclass(frozen=True, slots=True)
class Imported:
    outcomes: Counter[str] = field(default_factory=Counter)
    """How the mutations ended: applied, merged, duplicate, conflict, rejected."""
    photos: int = 0
    refused_photos: list[tuple[str, Problem]] = field(default_factory=list)


def import_export(
    session: Session,
    settings: Settings,
    storage: Storage,
    header: ExportHeader,
    entries: Iterable[ExportEntry],
    now: datetime,
) -> Imported:
    """Push and upload what *entries* hold. Doing it again changes nothing.

    Work of a disabled account or a revoked phone goes into quarantine, as it does when it comes
    over the network.

    Raises
    ------
    UnknownAuthor
    """
    author, refusal = _author(session, header)
    with transaction(session, write=True), unscoped(session):
        told = {"author": author.user_id, "device_id": author.device_id}
        operator = system_actor(author.organisation_id)
        record_audit(session, operator, "phone_export_imported", now, details=told)
    sites = author.sites_with(Permission.CAPTURE_RECORDS)
    enter_scope(session, Scope(author.organisation_id, sites))
    try:
        return _carried_out(session, settings, storage, author, refusal, entries, now)
    finally:
        leave_scope(session)


def _author(session: Session, header: ExportHeader) -> tuple[Actor, Problem | None]:
    with transaction(session, write=False), unscoped(session):
        user = session.get(User, header.user_id)
        if user is None:
            raise UnknownAuthor
        device = session.get(Device, (user.organisation_id, header.device_id))
        if device is None:
            raise UnknownAuthor
        author = make_actor(session, user, device.id)
        if not user.is_active or not author.roles:
            return author, Problem(WORK_OF_DISABLED_USER)
        return author, Problem(WORK_OF_REVOKED_DEVICE) if device.revoked_at else None


def _carried_out(
    session: Session,
    settings: Settings,
    storage: Storage,
    author: Actor,
    refusal: Problem | None,
    entries: Iterable[ExportEntry],
    now: datetime,
) -> Imported:
    outcomes: Counter[str] = Counter()
    stored, refused = 0, []
    transfer = Transfer(session, author, settings, storage, now)
    for entry in entries:
        mutations = [read_mutation(_wire(raw)) for raw in entry.content.get("mutations", ())]
        if mutations:
            delivery = Delivery(refusal=refusal, outcomes=outcomes)
            push_mutations(session, author, mutations, now, delivery=delivery)
        if entry.photo:
            attachment_id = str(entry.content.get("photo", {}).get("id", ""))
            try:
                _upload(transfer, attachment_id, entry.photo)
                stored += 1
            except Problem as problem:
                refused.append((attachment_id, problem))
    return Imported(outcomes, stored, refused)


def _wire(raw: Any) -> Any:
    """A mutation as the network carries it, without what the phone notes beside it."""
    if not isinstance(raw, dict):
        return raw
    return {name: raw[name] for name in _MUTATION if name in raw}


def _upload(transfer: Transfer, attachment_id: str, content: bytes) -> None:
    wanted = NewUpload(len(content), hashlib.sha256(content).hexdigest(), attachment_id, "")
    transfer.begin(wanted, Body(Wire(io.BytesIO(content), {}), len(content), None))
