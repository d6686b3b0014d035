"""The work log as a synced collection."""

from __future__ import annotations

from schemas.work_log import WorkLogEntry
from server.access import Permission
from server.offline.collection import Collection
from server.work_log import service
from sync.policy import FIXED, MAP_MAX, SERVER, MergePolicy

work_log_entries = Collection(
    name=service.COLLECTION,
    policy=MergePolicy(
        fields={
            "id": FIXED,
            "site_id": FIXED,
            "captured_at": FIXED,
            "marks": MAP_MAX,
            "received_at": SERVER,
        }
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=WorkLogEntry(),
    save=service.save_entry,
    delete=service.delete_entry,
)
