"""Attachments as a synced collection."""

from __future__ import annotations

from schemas.attachments import AttachmentSchema
from server.access import Permission
from server.attachments import service
from server.offline.collection import Collection
from sync.policy import FIXED, SERVER, MergePolicy

attachments = Collection(
    name=service.COLLECTION,
    # sha256, size and owner are ordinary fields here: a phone that changes them must be told that
    # it cannot, not find its change silently dropped.
    policy=MergePolicy(
        fields={
            "id": FIXED,
            "site_id": FIXED,
            "status": SERVER,
            "stored_at": SERVER,
            "received_at": SERVER,
            "width": SERVER,
            "height": SERVER,
            "exif": SERVER,
            "flags": SERVER,
        },
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=AttachmentSchema(),
    save=service.announce_attachment,
    delete=service.delete_attachment,
)
