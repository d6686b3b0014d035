"""Staff as a synced collection: a morning check offline knows whose certificate is valid."""

from __future__ import annotations

from server.access import Permission
from server.offline.collection import Collection
from server.staff.service import COLLECTION
from sync.policy import MergePolicy

staff_members = Collection(COLLECTION, MergePolicy(), Permission.READ_MASTER_DATA)
