"""Inspections as a synced collection."""

from __future__ import annotations

from schemas.inspections import InspectionSchema
from server.access import Permission
from server.inspection import service
from server.offline.collection import Collection
from sync.policy import FIXED, SERVER, MergePolicy, by_id, sealed_by

inspections = Collection(
    name=service.COLLECTION,
    policy=MergePolicy(
        fields={
            "id": FIXED,
            "site_id": FIXED,
            "checklist_id": FIXED,
            "captured_at": FIXED,
            "answers": by_id(),
            **dict.fromkeys(service.SERVER_OWNED, SERVER),
        },
        groups=(("unit_id", "place_id", "place_text", "storage_class"),),
        # Whoever finishes it says so of the answers they saw.
        must_not_merge=sealed_by(
            "finished_at", besides=frozenset({"site_id", *service.SERVER_OWNED})
        ),
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=InspectionSchema(),
    save=service.save_inspection,
    delete=service.delete_draft,
)
