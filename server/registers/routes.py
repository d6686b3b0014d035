"""Registers over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response
from marshmallow import Schema

from schemas.fields import Choice, Day, FlagArgument, Text, UuidText
from schemas.records import RecordOut
from schemas.registers import (
    ENTRY_STATUSES,
    REGISTERS,
    MenuListOut,
    MenuSchema,
    RegisterDayOut,
    RegisterEntryEventSchema,
    RegisterEntryListOut,
    RegisterEntrySchema,
)
from server.access import Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.db.base import current_session
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import readable, requires
from server.http.paging import PageIn
from server.registers import events, menus, queries, service
from server.registers.day import registers_of_day

routes = Blueprint("registers", __name__, url_prefix="/api/v1", description="台账 / Registers")


class EntryPageIn(PageIn):
    register = Choice(REGISTERS, load_default=None)
    checklist_code = Text(load_default=None, longest=32)
    site_id = UuidText(load_default=None)
    unit_id = UuidText(load_default=None)
    place_id = UuidText(load_default=None)
    staff_member_id = UuidText(load_default=None)
    meal = Text(load_default=None, longest=32)
    status = Choice(ENTRY_STATUSES, load_default=None)
    is_ok = FlagArgument(load_default=None)
    is_discardable = FlagArgument(
        load_default=None, metadata={"description": "Samples whose time is over, or not yet"}
    )
    from_ = Day(load_default=None, data_key="from")
    to = Day(load_default=None)


class MenuPageIn(PageIn):
    site_id = UuidText(load_default=None)
    served_on = Day(load_default=None)


class DayIn(Schema):
    on = Day(load_default=None, metadata={"description": "Without it, today in kitchen time"})
    site_id = UuidText(load_default=None)


@routes.route("/register-entries", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("registers")
@routes.arguments(EntryPageIn, location="query")
@routes.response(200, RegisterEntryListOut)
def list_register_entries(query: dict[str, Any]) -> dict[str, Any]:
    """Entries of the reader's sites, the newest first; ``from`` and ``to`` are days."""
    page = queries.page_of_entries(current_session(), current_actor(), current_time(), **query)
    return {"register_entries": page.rows, "next_cursor": page.next_cursor}


@routes.route("/register-entries/<entry_id>", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("registers")
@routes.response(200, RecordOut)
def get_register_entry(entry_id: str) -> Response:
    """One entry as it stands, with what was first written and every correction."""
    found = queries.the_entry(current_session(), current_actor(), record_id(entry_id))
    return record_response(found.version, found.text)


@routes.route("/register-entries/<entry_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(RegisterEntrySchema)
@routes.response(200, RecordOut)
def put_register_entry(document: dict[str, Any], entry_id: str) -> Response:
    """Record an entry. It stands; the same again changes nothing."""
    require_same_id(document, entry_id)
    head = service.save_entry(current_session(), current_actor(), document, current_time())
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/register-entry-events/<event_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(RegisterEntryEventSchema)
@routes.response(200, RecordOut)
def put_register_entry_event(document: dict[str, Any], event_id: str) -> Response:
    """Correct or strike an entry with a reason; discard, hold or release a sample."""
    require_same_id(document, event_id)
    head = events.record_event(current_session(), current_actor(), document, current_time())
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


@routes.route("/registers/day", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("registers")
@routes.arguments(DayIn, location="query")
@routes.response(200, RegisterDayOut)
def get_registers_of_day(query: dict[str, Any]) -> dict[str, Any]:
    """Site by site which registers are done on a day, and the dishes, meals and people missing."""
    now = current_time()
    today = now.astimezone(KITCHEN_TIME).date()
    on = today if query["on"] is None else date.fromisoformat(query["on"])
    sites = registers_of_day(current_session(), current_actor(), on, query["site_id"], now)
    return {"on": on.isoformat(), "sites": sites}


@routes.route("/menus", methods=["GET"])
@requires(Permission.READ_RECORDS)
@routes.arguments(MenuPageIn, location="query")
@routes.response(200, MenuListOut)
def list_menus(query: dict[str, Any]) -> dict[str, Any]:
    """Menus of the reader's sites, the newest day first."""
    page = queries.page_of_menus(current_session(), current_actor(), **query)
    return {"menus": page.rows, "next_cursor": page.next_cursor}


@routes.route("/menus/<menu_id>", methods=["PUT"])
@requires(Permission.CAPTURE_RECORDS)
@routes.arguments(MenuSchema)
@routes.response(200, RecordOut)
def put_menu(document: dict[str, Any], menu_id: str) -> Response:
    """Say what is served at a meal, with If-Match when there is a menu; its id follows."""
    require_same_id(document, menu_id)
    head = menus.save_menu(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)
