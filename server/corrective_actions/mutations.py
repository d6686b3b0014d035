"""Notices and their steps as synced collections."""

from __future__ import annotations

from schemas.corrective_actions import CorrectiveActionSchema, CorrectiveActionStepSchema
from server.access import Permission
from server.corrective_actions import issuing, steps
from server.offline.collection import Collection
from sync.policy import FIXED, SERVER, MergePolicy

corrective_actions = Collection(
    name=issuing.COLLECTION,
    policy=MergePolicy(
        fields={"id": FIXED, "site_id": FIXED, **dict.fromkeys(issuing.SERVER_OWNED, SERVER)}
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=CorrectiveActionSchema(),
    save=issuing.issue_corrective_action,
)

corrective_action_steps = Collection(
    name=steps.COLLECTION,
    policy=MergePolicy(
        fields={"id": FIXED, "site_id": FIXED, **dict.fromkeys(steps.SERVER_OWNED, SERVER)}
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=CorrectiveActionStepSchema(),
    save=steps.record_step,
)
corrective_action_collections = (corrective_actions, corrective_action_steps)
