"""Which collections phones know."""

from __future__ import annotations

from collections.abc import Mapping

from server.access import Actor
from server.offline.collection import Collection
from server.work_log.mutations import work_log_entries

COLLECTIONS: Mapping[str, Collection] = {
    collection.name: collection for collection in (work_log_entries,)
}


def readable_by(actor: Actor) -> frozenset[str]:
    """The collections the actor may pull at one site or more."""
    return frozenset(
        name for name, collection in COLLECTIONS.items() if actor.may(collection.read_permission)
    )
