"""Which collections phones know."""

from __future__ import annotations

from collections.abc import Mapping

from server.access import Actor
from server.attachments.mutations import attachments
from server.checklists.mutations import checklists
from server.master_data.mutations import master_data_collections
from server.offline.collection import Collection
from server.receiving.mutations import goods_receipt_amendments, goods_receipts
from server.switching.mutations import switching_states
from server.work_log.mutations import work_log_entries

COLLECTIONS: Mapping[str, Collection] = {
    collection.name: collection
    for collection in (
        *master_data_collections,
        checklists,
        switching_states,
        goods_receipts,
        goods_receipt_amendments,
        attachments,
        work_log_entries,
    )
}


def readable_by(actor: Actor) -> frozenset[str]:
    """The collections the actor may pull at one site or more."""
    return frozenset(
        name for name, collection in COLLECTIONS.items() if actor.may(collection.read_permission)
    )
