"""What a conformance test may assume about the store under test, and the one in memory.

A world is one organisation with an empty store. To hold another store to the same tests, write a
world for it and name it in ``conftest.WORLDS``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from sync.memory import MemoryStore
from sync.ports import Store
from sync.records import KeptConflict, Quarantined


class World(Protocol):
    organisation_id: str
    interleaves: bool
    """Whether two writing transactions may be open at once; if not, the second has to wait."""

    def site(self, name: str) -> str:
        """The id of a site, made on first mention."""

    def device(self, name: str) -> str:
        """The id of a device, made on first mention."""

    def user(self, name: str) -> str:
        """The id of a user, made on first mention."""

    def transaction(self) -> AbstractContextManager[Store]:
        """A store whose writes are committed at the end of the block, undone if it raises."""

    def conflicts(self) -> Sequence[KeptConflict]:
        """The conflicts that wait for a person."""

    def quarantined(self) -> Sequence[Quarantined]:
        """The mutations that wait for an administrator."""

    def compact(self, up_to: int) -> None:
        """Forget tombstones, departures and superseded versions of sequence ≤ *up_to*."""

    def new_epoch(self) -> None:
        """What happens when a database is restored."""


def uid(*names: str) -> str:
    """A UUID for a name, the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(names)))


class MemoryWorld:
    interleaves = True

    def __init__(self) -> None:
        self.organisation_id = uid("organisation")
        self._store = MemoryStore()

    def site(self, name: str) -> str:
        return uid("site", name)

    def device(self, name: str) -> str:
        return uid("device", name)

    def user(self, name: str) -> str:
        return uid("user", name)

    def transaction(self) -> AbstractContextManager[Store]:
        return self._store.transaction()

    def conflicts(self) -> Sequence[KeptConflict]:
        return list(self._store.committed.conflicts.values())

    def quarantined(self) -> Sequence[Quarantined]:
        return list(self._store.committed.quarantine.values())

    def compact(self, up_to: int) -> None:
        self._store.compact(up_to)

    def new_epoch(self) -> None:
        self._store.new_epoch(self._store.committed.epoch + "'")
