"""Findings as a synced collection."""

from __future__ import annotations

from schemas.findings import FindingSchema
from server.access import Permission
from server.findings import service
from server.offline.collection import Collection
from sync.policy import FIXED, SERVER, SET, MergePolicy

findings = Collection(
    name=service.COLLECTION,
    policy=MergePolicy(
        fields={
            "id": FIXED,
            "site_id": FIXED,
            "captured_at": FIXED,
            "attachment_ids": SET,
            "fixed_attachment_ids": SET,
            **dict.fromkeys(service.SERVER_OWNED, SERVER),
        },
        # Who answers for it is one decision: a unit or a supplier.
        groups=(("unit_id", "supplier_id"), ("kind", "nonconformity_class")),
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=FindingSchema(),
    save=service.save_finding,
    delete=service.delete_finding,
)
