"""Checklists, their confirmations and standards as synced collections: phones pull them and change
none of them."""

from __future__ import annotations

from server.access import Permission
from server.checklists.authoring.confirmation import COLLECTION as CONFIRMATIONS
from server.checklists.authoring.standards import COLLECTION as STANDARDS
from server.checklists.service import COLLECTION
from server.offline.collection import Collection
from sync.policy import MergePolicy

checklists = Collection(COLLECTION, MergePolicy(), Permission.READ_MASTER_DATA)
checklist_confirmations = Collection(CONFIRMATIONS, MergePolicy(), Permission.READ_MASTER_DATA)
standards = Collection(STANDARDS, MergePolicy(), Permission.READ_MASTER_DATA)
checklist_collections = (checklists, checklist_confirmations, standards)
