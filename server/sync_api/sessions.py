"""Writing tallies down, and what support reads of them: each device's last sync and its last
sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import delete, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.db.base import current_session, db
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.errors import RECORD_NOT_FOUND, Problem
from server.identity.models import Device
from server.sync_api.models import DeviceSync, SyncSession
from server.sync_api.tally import LONGEST, PAUSE, Counting, Tallies, Tally, Who

SESSIONS_KEPT = 100
_ATTEMPTS = 3
_AT_ONCE = 100
"""Devices in one transaction: others may write in between."""
_OUTCOMES = ("applied", "merged", "duplicate", "conflict", "rejected")
_REPORTED = ("clock_offset_ms", "unpushed_count", "app_version", "reported_error")
_log = structlog.get_logger("yanshou.sync")


# -- writing -------------------------------------------------------------------------------------


def write_down(counting: Counting, session: Session) -> int:
    """Write all tallies in short transactions of their own. Returns how many devices they were of.

    What fails waits for the next time; sync itself is never held up by it.
    """
    tallies, written = counting.take(), 0
    for part in _parts(tallies):
        if _is_written(session, part):
            written += len(part)
        else:
            counting.put_back(part.items())
    return written


def _is_written(session: Session, part: Tallies) -> bool:
    """Whether *part* could be written, where another process may be writing of the same devices."""
    for _ in range(_ATTEMPTS):
        try:
            with transaction(session, write=True), unscoped(session):
                _write(session, part)
            return True
        except IntegrityError:
            continue  # a device's first row was made by the other process in this moment
        except Exception as error:
            _log.warning("statistics of devices wait for the next time", exc_info=error)
            return False
    return False


def _parts(tallies: Tallies) -> Iterator[Tallies]:
    # In one order everywhere, so that two processes cannot wait for each other.
    ordered = iter(sorted(tallies.items(), key=lambda item: item[0]))
    while part := dict(islice(ordered, _AT_ONCE)):
        yield part


def _write(session: Session, tallies: Tallies) -> None:
    devices = _devices(session, tallies)
    latest = _latest_sessions(session, list(devices.values()))
    outdated: list[tuple[str, str, int]] = []
    for who, of_device in tallies.items():
        key = (who.organisation_id, who.device_id)
        device = devices[key]
        for tally in of_device:
            last = latest.get(key)
            if last is None or last.user_id != who.user_id or not _goes_on(last, tally):
                device.sessions += 1
                last = latest[key] = _new_session(who, device.sessions, tally)
                session.add(last)
                outdated.append((*key, device.sessions - SESSIONS_KEPT))
            _add(last, tally)
            _note(device, who, tally)
    session.flush()
    number = tuple_(SyncSession.organisation_id, SyncSession.device_id, SyncSession.number)
    gone = [key for key in outdated if key[2] > 0]
    if gone:
        session.execute(delete(SyncSession).where(number.in_(gone)))


def _devices(session: Session, tallies: Tallies) -> dict[tuple[str, str], DeviceSync]:
    keys = sorted({(who.organisation_id, who.device_id) for who in tallies})
    found = session.scalars(
        select(DeviceSync)
        .where(tuple_(DeviceSync.organisation_id, DeviceSync.device_id).in_(keys))
        .order_by(DeviceSync.organisation_id, DeviceSync.device_id)
        .with_for_update()
    )
    devices = {(device.organisation_id, device.device_id): device for device in found}
    for who, of_device in tallies.items():
        key = (who.organisation_id, who.device_id)
        if key not in devices:
            devices[key] = DeviceSync(
                organisation_id=who.organisation_id,
                device_id=who.device_id,
                user_id=who.user_id,
                last_sync_at=of_device[0].ended_at,
                sessions=0,
            )
            session.add(devices[key])
    return devices


def _latest_sessions(
    session: Session, devices: Sequence[DeviceSync]
) -> dict[tuple[str, str], SyncSession]:
    keys = [(d.organisation_id, d.device_id, d.sessions) for d in devices if d.sessions]
    if not keys:
        return {}
    number = tuple_(SyncSession.organisation_id, SyncSession.device_id, SyncSession.number)
    found = session.scalars(select(SyncSession).where(number.in_(keys)))
    return {(row.organisation_id, row.device_id): row for row in found}


def _goes_on(last: SyncSession, tally: Tally) -> bool:
    return (
        tally.began_at - last.ended_at <= PAUSE
        and last.began_at - tally.ended_at <= PAUSE
        and tally.ended_at - last.began_at <= LONGEST
    )


def _new_session(who: Who, number: int, tally: Tally) -> SyncSession:
    counts = dict.fromkeys(("pulls", "pushes", "changes_sent", "refused", *_OUTCOMES), 0)
    return SyncSession(
        organisation_id=who.organisation_id,
        device_id=who.device_id,
        number=number,
        user_id=who.user_id,
        began_at=tally.began_at,
        ended_at=tally.ended_at,
        **counts,
    )


def _add(row: SyncSession, tally: Tally) -> None:
    row.began_at = min(row.began_at, tally.began_at)
    row.ended_at = max(row.ended_at, tally.ended_at)
    for name in ("pulls", "pushes", "changes_sent", "refused"):
        setattr(row, name, getattr(row, name) + getattr(tally, name))
    for name in _OUTCOMES:
        setattr(row, name, getattr(row, name) + tally.outcomes[name])
    for name in (*_REPORTED, "last_error"):
        if getattr(tally, name) is not None:
            setattr(row, name, getattr(tally, name))


def _note(device: DeviceSync, who: Who, tally: Tally) -> None:
    device.user_id = who.user_id
    device.last_sync_at = max(device.last_sync_at, tally.ended_at)
    for name in (*_REPORTED, "last_push_at", "last_pull_at", "last_error", "last_error_at"):
        if getattr(tally, name) is not None:
            setattr(device, name, getattr(tally, name))


# -- reading -------------------------------------------------------------------------------------


def list_devices(session: Session) -> list[dict[str, Any]]:
    """The organisation's devices, the last to sync first; those that never did stand last."""
    known = {row.device_id: row for row in session.scalars(select(DeviceSync))}
    devices = session.scalars(select(Device).order_by(Device.last_login_at.desc())).all()
    documents = [_device_document(device, known.get(device.id)) for device in devices]
    return sorted(documents, key=lambda shown: shown["last_sync_at"] or "", reverse=True)


def device_document(session: Session, device_id: str) -> dict[str, Any]:
    device = session.scalar(select(Device).where(Device.id == device_id))
    if device is None:
        raise Problem(RECORD_NOT_FOUND)
    sync = session.scalar(select(DeviceSync).where(DeviceSync.device_id == device_id))
    return _device_document(device, sync)


def list_sessions(session: Session, device_id: str) -> list[dict[str, Any]]:
    """The device's last sessions, the newest first."""
    device_document(session, device_id)
    rows = session.scalars(
        select(SyncSession)
        .where(SyncSession.device_id == device_id)
        .order_by(SyncSession.number.desc())
        .limit(SESSIONS_KEPT)
    )
    return [_session_document(row) for row in rows]


_SEEN = (*_REPORTED, "last_error")


def _device_document(device: Device, sync: DeviceSync | None) -> dict[str, Any]:
    times = ("last_sync_at", "last_push_at", "last_pull_at", "last_error_at")
    return {
        "device_id": device.id,
        "name": device.name,
        "user_id": None if sync is None else sync.user_id,
        "revoked_at": _time(device.revoked_at),
        **{name: None if sync is None else _time(getattr(sync, name)) for name in times},
        **{name: None if sync is None else getattr(sync, name) for name in _SEEN},
    }


def _session_document(row: SyncSession) -> dict[str, Any]:
    counts = ("number", "user_id", "pulls", "pushes", "changes_sent", "refused", *_OUTCOMES)
    return {
        "began_at": time_text(row.began_at),
        "ended_at": time_text(row.ended_at),
        **{name: getattr(row, name) for name in (*counts, *_SEEN)},
    }


def _time(moment: Any) -> str | None:
    return None if moment is None else time_text(moment)


def write_down_in(app: Flask, counting: Counting) -> int:
    """:func:`write_down` outside a request."""
    with app.app_context():
        try:
            return write_down(counting, current_session())
        finally:
            db.session.remove()
