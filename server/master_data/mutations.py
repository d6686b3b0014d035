"""Master data as synced collections: phones pull them and change none of them."""

from __future__ import annotations

from server.access import Permission
from server.identity.setup import SITE_MEMBERS, SITES
from server.master_data.service import PRODUCTS, SUPPLIERS
from server.offline.collection import Collection
from sync.policy import MergePolicy


def _read_only(name: str) -> Collection:
    return Collection(name, MergePolicy(), Permission.READ_MASTER_DATA)


sites = _read_only(SITES)
site_members = _read_only(SITE_MEMBERS)
suppliers = _read_only(SUPPLIERS)
products = _read_only(PRODUCTS)
master_data_collections = (sites, site_members, suppliers, products)
