"""Switching states as a synced collection: phones pull them and change none of them."""

from __future__ import annotations

from server.access import Permission
from server.offline.collection import Collection
from server.switching.service import COLLECTION
from sync.policy import MergePolicy

switching_states = Collection(COLLECTION, MergePolicy(), Permission.READ_MASTER_DATA)
