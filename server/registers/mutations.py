"""Register entries, their events and menus as synced collections."""

from __future__ import annotations

from schemas.registers import MenuSchema, RegisterEntryEventSchema, RegisterEntrySchema
from server.access import Permission
from server.offline.collection import Collection
from server.registers import events, menus, service
from sync.policy import FIXED, SERVER, MergePolicy, by_id

register_entries = Collection(
    name=service.COLLECTION,
    policy=MergePolicy(
        fields={"id": FIXED, "site_id": FIXED, **dict.fromkeys(service.SERVER_OWNED, SERVER)}
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=RegisterEntrySchema(),
    save=service.save_entry,
)

register_entry_events = Collection(
    name=events.COLLECTION,
    policy=MergePolicy(
        fields={"id": FIXED, "site_id": FIXED, **dict.fromkeys(events.SERVER_OWNED, SERVER)}
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=RegisterEntryEventSchema(),
    save=events.record_event,
)

menus_of_meals = Collection(
    name=menus.COLLECTION,
    policy=MergePolicy(
        fields={
            "id": FIXED,
            "site_id": FIXED,
            "served_on": FIXED,
            "meal": FIXED,
            "dishes": by_id(),
        }
    ),
    read_permission=Permission.READ_RECORDS,
    write_permission=Permission.CAPTURE_RECORDS,
    schema=MenuSchema(),
    save=menus.save_menu,
)
register_collections = (register_entries, register_entry_events, menus_of_meals)
