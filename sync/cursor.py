"""A client's place in the change log, as a value and as the opaque text the client carries.

The text is signed: what it says about sites and positions is believed only because the server
itself wrote it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass

from sync.canonical import canonical_json, content_hash_of
from sync.errors import CursorExpired, CursorInvalid
from sync.records import Scope

Places = frozenset[str | None]
NOWHERE: Places = frozenset()

_FORMAT = 1
_MAC_BYTES = 16
_MAX_TEXT = 65_536


@dataclass(frozen=True, slots=True)
class Phase:
    """Work on some places that has to be done before the log goes on.

    ``after`` is the sequence number [≥ 0] up to which the work is done.
    """

    places: Places = NOWHERE
    after: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a client holds: everything of ``served`` with a sequence number ≤ ``position``.

    While ``leaving`` has places, tombstones for them are under way; while ``entering`` has, their
    records with a sequence number ≤ ``position``. ``position`` stands still until both are done.
    """

    epoch: str
    organisation_id: str
    user_id: str
    collections: str
    """A digest of the names of the collections asked for."""
    position: int
    served: Places
    leaving: Phase = Phase()
    entering: Phase = Phase()


def digest_of(collections: Collection[str]) -> str:
    """A short text that differs when the set of *collections* differs."""
    return content_hash_of(sorted(collections))[:16]


def fresh_cursor(scope: Scope, epoch: str, position: int) -> Cursor:
    """A cursor that holds nothing yet and will be filled up to *position* first."""
    return Cursor(
        epoch=epoch,
        organisation_id=scope.organisation_id,
        user_id=scope.user_id,
        collections=digest_of(scope.collections),
        position=position,
        served=NOWHERE,
        entering=Phase(scope.places),
    )


def encode_cursor(cursor: Cursor, key: bytes) -> str:
    """Write *cursor* as URL-safe text, signed with *key* (HMAC-SHA-256)."""
    body = zlib.compress(
        canonical_json(
            [
                _FORMAT,
                cursor.epoch,
                cursor.organisation_id,
                cursor.user_id,
                cursor.collections,
                cursor.position,
                _listed(cursor.served),
                _listed(cursor.leaving.places),
                cursor.leaving.after,
                _listed(cursor.entering.places),
                cursor.entering.after,
            ]
        ).encode("utf-8")
    )
    return base64.urlsafe_b64encode(_mac(body, key) + body).rstrip(b"=").decode("ascii")


def decode_cursor(text: str, key: bytes) -> Cursor:
    """Read what :func:`encode_cursor` wrote.

    Raises
    ------
    CursorInvalid
        For anything that was not written with the same *key*.
    """
    if len(text) > _MAX_TEXT:
        raise CursorInvalid("too long")
    try:
        raw = text.encode("ascii")
        signed = base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise CursorInvalid("not base64url") from error
    mac, body = signed[:_MAC_BYTES], signed[_MAC_BYTES:]
    # Nothing of the body is looked at, let alone decompressed, before it is known to be ours.
    if not hmac.compare_digest(mac, _mac(body, key)):
        raise CursorInvalid("not signed by this server")
    content = json.loads(zlib.decompress(body))
    if content[0] != _FORMAT:
        raise CursorExpired("written by another release")
    _, epoch, organisation_id, user_id, collections, position, served, *phases = content
    leaving, left_after, entering, entered_after = phases
    return Cursor(
        epoch,
        organisation_id,
        user_id,
        collections,
        position,
        frozenset(served),
        Phase(frozenset(leaving), left_after),
        Phase(frozenset(entering), entered_after),
    )


def check_cursor(
    cursor: Cursor, scope: Scope, epoch: str, position: int, oldest_position: int
) -> None:
    """Refuse a cursor that cannot be served.

    Raises
    ------
    CursorInvalid
        It belongs to somebody else, or lies in the future of this epoch.
    CursorExpired
        It is of another epoch, asked for other collections, or lies before what was compacted.
    """
    if (cursor.organisation_id, cursor.user_id) != (scope.organisation_id, scope.user_id):
        raise CursorInvalid("made for somebody else")
    if cursor.epoch != epoch:
        raise CursorExpired("of another epoch")
    if cursor.collections != digest_of(scope.collections):
        raise CursorExpired("made for other collections")
    if cursor.position > position:
        raise CursorInvalid("in the future")
    if cursor.position < oldest_position:
        raise CursorExpired("compacted away")


def adjust_to_scope(cursor: Cursor, places: Places) -> Cursor:
    """Take note of what left or entered the caller's scope since the cursor was made.

    A phase that gets more places begins again: sending a tombstone or a record twice harms
    nobody, leaving one out does.
    """
    held = cursor.served | cursor.entering.places
    lost = held - places
    leaving = (cursor.leaving.places - places) | lost
    entering = (cursor.entering.places & places) | (places - held)
    return Cursor(
        cursor.epoch,
        cursor.organisation_id,
        cursor.user_id,
        cursor.collections,
        cursor.position,
        cursor.served & places,
        _phase(cursor.leaving, leaving),
        _phase(cursor.entering, entering),
    )


def _phase(phase: Phase, places: Places) -> Phase:
    if not places:
        return Phase()
    return Phase(places, phase.after if places <= phase.places else 0)


def _listed(places: Places) -> list[str | None]:
    return sorted(places, key=lambda place: (place is not None, place or ""))


def _mac(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, b"yanshou cursor\0" + body, hashlib.sha256).digest()[:_MAC_BYTES]
