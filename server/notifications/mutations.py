"""The inbox as a synced collection: everybody's lies at a place of their own."""

from __future__ import annotations

from schemas.notifications import NotificationSchema
from server.access import Permission
from server.notifications import service
from server.offline.collection import Collection
from sync.policy import FIXED, SERVER, MergePolicy

notifications = Collection(
    name=service.COLLECTION,
    policy=MergePolicy(fields={"id": FIXED, **dict.fromkeys(service.SERVER_OWNED, SERVER)}),
    read_permission=Permission.BE_NOTIFIED,
    write_permission=Permission.BE_NOTIFIED,
    schema=NotificationSchema(),
    save=service.mark_read,
)
