"""Which collections phones know."""

from __future__ import annotations

from collections.abc import Mapping

from server.access import Actor
from server.attachments.mutations import attachments
from server.calendars.mutations import calendar_collections
from server.checklists.mutations import checklist_collections
from server.corrective_actions.mutations import corrective_action_collections
from server.findings.mutations import findings
from server.inspection.mutations import inspections
from server.master_data.mutations import master_data_collections
from server.notifications.mutations import notifications
from server.offline.collection import Collection
from server.planning.mutations import planning_collections
from server.premises.mutations import premises_collections
from server.receiving.mutations import goods_receipt_amendments, goods_receipts
from server.registers.mutations import register_collections
from server.staff.mutations import staff_members
from server.switching.mutations import switching_states
from server.work_log.mutations import work_log_entries

COLLECTIONS: Mapping[str, Collection] = {
    collection.name: collection
    for collection in (
        *master_data_collections,
        *premises_collections,
        *calendar_collections,
        *checklist_collections,
        switching_states,
        goods_receipts,
        goods_receipt_amendments,
        findings,
        inspections,
        staff_members,
        *register_collections,
        *corrective_action_collections,
        *planning_collections,
        attachments,
        work_log_entries,
        notifications,
    )
}


def readable_by(actor: Actor) -> frozenset[str]:
    """The collections the actor may pull at one site or more."""
    return frozenset(
        name for name, collection in COLLECTIONS.items() if actor.may(collection.read_permission)
    )
