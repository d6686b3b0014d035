"""Checklists as a synced collection: phones pull every published version and change none."""

from __future__ import annotations

from server.access import Permission
from server.checklists.service import COLLECTION
from server.offline.collection import Collection
from sync.policy import MergePolicy

checklists = Collection(COLLECTION, MergePolicy(), Permission.READ_MASTER_DATA)
