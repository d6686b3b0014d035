"""The lists that can be taken along, each once: its address, who may have it, and its filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from marshmallow import Schema

from schemas.audit import AuditFilterIn
from schemas.reports import DocumentIn, PeriodIn, ReceiptPeriodIn
from server.access import Permission
from server.corrective_actions.routes import ActionPageIn
from server.exports import administration, master_data, records
from server.exports.listing import MakeTable, Wanted
from server.findings.routes import FindingPageIn
from server.inspection.routes import InspectionPageIn
from server.master_data.routes import ProductPageIn
from server.reports.lists import MASTER_DATA_LISTS, RECORD_LISTS, Asked, MakeList
from server.reports.printed_lists import period_of
from server.reports.receipt_rows import Period
from server.reports.register_lists import REGISTER_LISTS
from server.reports.tables import Table
from server.staff.routes import StaffPageIn
from server.switching.routes import StatePageIn
from server.sync_api.seeing import write_down_now

_ALL_TIME = Period(date.min, date.max)


class _Whole(Schema.Meta):
    """An export is the whole list: it takes the filters of a page, and no page."""

    exclude = ("limit", "cursor")


class ProductListIn(DocumentIn, ProductPageIn):
    Meta = _Whole


class StaffListIn(DocumentIn, StaffPageIn):
    Meta = _Whole


class FindingListIn(DocumentIn, FindingPageIn):
    Meta = _Whole


class InspectionListIn(DocumentIn, InspectionPageIn):
    Meta = _Whole


class ActionListIn(DocumentIn, ActionPageIn):
    Meta = _Whole


class StateListIn(DocumentIn, StatePageIn):
    Meta = _Whole


class AuditListIn(DocumentIn, AuditFilterIn):
    """Which entries."""


@dataclass(frozen=True, slots=True)
class ExportableList:
    """*told* is the API's text; *reading* what a business tool's token needs, None where no token
    reaches; *before* runs ahead of the reading transaction."""

    name: str
    told: str
    permission: Permission
    arguments: type[Schema]
    make: MakeTable
    reading: str | None = None
    before: Callable[[], None] | None = None


def _of_period(make: MakeList) -> MakeTable:
    def table(wanted: Wanted) -> Table:
        period = period_of(wanted.query)
        return make(Asked(wanted.session, wanted.actor, wanted.words, period))

    return table


def _of_all_time(make: MakeList) -> MakeTable:
    def table(wanted: Wanted) -> Table:
        return make(Asked(wanted.session, wanted.actor, wanted.words, _ALL_TIME))

    return table


_READS, _MASTER = Permission.READ_RECORDS, Permission.READ_MASTER_DATA
_RECEIPTS: Mapping[str, type[PeriodIn]] = {
    "goods-receipts": ReceiptPeriodIn,
    "goods-receipt-lines": ReceiptPeriodIn,
}
_PERIODIC: Mapping[str, MakeList] = {**RECORD_LISTS, **REGISTER_LISTS}
_OF_PERIOD = (
    "Of a period of a year at most: receipts, their lines, the purchase checks, a register."
)
_LISTS = (
    *(
        ExportableList(
            name,
            _OF_PERIOD,
            _READS,
            _RECEIPTS.get(name, PeriodIn),
            _of_period(make),
            "registers" if name in REGISTER_LISTS else "goods_receipts",
        )
        for name, make in _PERIODIC.items()
    ),
    *(
        ExportableList(
            name,
            "Suppliers, or their licences.",
            _MASTER,
            DocumentIn,
            _of_all_time(make),
            "suppliers",
        )
        for name, make in MASTER_DATA_LISTS.items()
    ),
    ExportableList(
        "products", "Products, by code.", _MASTER, ProductListIn, master_data.products, "products"
    ),
    ExportableList(
        "health-certificates",
        "Staff of the reader's sites with their health certificates, by name.",
        _MASTER,
        StaffListIn,
        master_data.health_certificates,
        "staff",
    ),
    ExportableList(
        "switching-states",
        "How the next lot of each supplier and product is to be inspected.",
        _MASTER,
        StateListIn,
        records.switching_states,
        "switching",
    ),
    ExportableList(
        "findings",
        "Findings, the newest first.",
        _READS,
        FindingListIn,
        records.findings,
        "findings",
    ),
    ExportableList(
        "inspections",
        "Inspections with their grades, the newest first.",
        _READS,
        InspectionListIn,
        records.inspections,
        "inspections",
    ),
    ExportableList(
        "corrective-actions",
        "Notices with what became of them.",
        _READS,
        ActionListIn,
        records.corrective_actions,
        "corrective_actions",
    ),
    ExportableList(
        "users",
        "The people of the sites whose users one manages.",
        Permission.MANAGE_USERS,
        DocumentIn,
        administration.users,
    ),
    ExportableList(
        "devices",
        "Devices and how they sync.",
        Permission.MANAGE_DEVICES,
        DocumentIn,
        administration.devices,
        before=write_down_now,
    ),
    ExportableList(
        "audit-entries",
        "The audit log, the newest first.",
        Permission.READ_AUDIT_LOG,
        AuditListIn,
        administration.audit_log,
    ),
)
EXPORTS: Mapping[str, ExportableList] = {one.name: one for one in _LISTS}
