"""Master data as synced collections: phones pull them and change none of them."""

from __future__ import annotations

from server.access import Permission
from server.identity.setup import SITE_MEMBERS, SITES
from server.master_data.service import PRODUCTS, SUPPLIERS
from server.offline.collection import Collection
from sync.policy import MergePolicy

master_data_collections = tuple(
    Collection(name, MergePolicy(), Permission.READ_MASTER_DATA)
    for name in (SITES, SITE_MEMBERS, SUPPLIERS, PRODUCTS)
)
