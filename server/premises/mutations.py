"""Units and places as synced collections: phones pull them and change none of them."""

from __future__ import annotations

from server.access import Permission
from server.offline.collection import Collection
from server.premises.service import PLACES, UNITS
from sync.policy import MergePolicy

units = Collection(UNITS, MergePolicy(), Permission.READ_MASTER_DATA)
places = Collection(PLACES, MergePolicy(), Permission.READ_MASTER_DATA)
premises_collections = (units, places)
