"""Checklists, what was confirmed and retired of them, and standards, as synced collections: phones
pull them and change none."""

from __future__ import annotations

from server.access import Permission
from server.checklists.authoring.confirmation import COLLECTION as CONFIRMATIONS
from server.checklists.authoring.standards import COLLECTION as STANDARDS
from server.checklists.service import COLLECTION, RETIREMENTS
from server.offline.collection import Collection
from sync.policy import MergePolicy

checklists = Collection(COLLECTION, MergePolicy(), Permission.READ_MASTER_DATA)
checklist_confirmations = Collection(CONFIRMATIONS, MergePolicy(), Permission.READ_MASTER_DATA)
checklist_retirements = Collection(RETIREMENTS, MergePolicy(), Permission.READ_MASTER_DATA)
standards = Collection(STANDARDS, MergePolicy(), Permission.READ_MASTER_DATA)
checklist_collections = (
    checklists,
    checklist_confirmations,
    checklist_retirements,
    standards,
)
