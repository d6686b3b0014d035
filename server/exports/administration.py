"""People, devices and the audit log, for those who keep them in order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from sqlalchemy import select

from schemas.fields import parse_time
from server.custody.queries import page_of_entries
from server.errors import Text
from server.exports.listing import Cell, Wanted, every_row, listed, moment
from server.exports.words import YES_NO
from server.identity.models import Site, User
from server.identity.users import Account, list_accounts
from server.imports.columns import ROLES
from server.reports.tables import Table, Value
from server.sync_api.sessions import list_devices

Row = Mapping[str, Any]
_ENTRIES_AT_ONCE = 2_000
"""Entries are rows of one table, without documents to be read beside them."""


def users(wanted: Wanted) -> Table:
    sites = {site.id: site.name for site in wanted.session.scalars(select(Site))}

    def roles(account: Account) -> str:
        everywhere = wanted.said(Text("所有站点", "every site"))
        held = sorted((sites.get(m.site_id or "", everywhere), m.role) for m in account.held)
        return wanted.words.listed([f"{place} {wanted.said(ROLES[role])}" for place, role in held])

    cells = [
        Cell(Text("用户名", "User name"), lambda one: one.user.username, width=18),
        Cell(Text("姓名", "Name"), lambda one: one.user.display_name, width=14),
        Cell(Text("角色", "Roles"), roles, width=50),
        Cell(
            Text("帐户可用", "Active"),
            lambda one: wanted.said(YES_NO[one.user.is_active]),
            width=10,
        ),
        Cell(Text("建立时间", "Made at"), lambda one: one.user.created_at, "moment", 19),
    ]
    rows = iter(list_accounts(wanted.session, wanted.actor))
    return listed(wanted, Text("用户清单", "Users"), cells, rows)


def devices(wanted: Wanted) -> Table:
    names = _names(wanted)
    cells = [
        Cell(Text("设备", "Device"), lambda one: one["name"], width=24),
        Cell(Text("设备编号", "Device id"), lambda one: one["device_id"], width=38),
        Cell(Text("最近使用人", "Last used by"), lambda one: names.get(one["user_id"]), width=14),
        Cell(Text("最近同步", "Last sync"), lambda one: moment(one["last_sync_at"]), "moment", 19),
        Cell(Text("未上传", "Unsent"), lambda one: one["unpushed_count"], "number", 8),
        Cell(
            Text("时钟偏差（毫秒）", "Clock ahead (ms)"),
            lambda one: one["clock_offset_ms"],
            "number",
            12,
        ),
        Cell(Text("版本", "Version"), lambda one: one["app_version"], width=12),
        Cell(
            Text("最近错误", "Last error"),
            lambda one: one["last_error"] or one["reported_error"],
            width=30,
        ),
        Cell(Text("停用时间", "Revoked at"), lambda one: moment(one["revoked_at"]), "moment", 19),
    ]
    rows = iter(list_devices(wanted.session))
    return listed(wanted, Text("设备清单", "Devices"), cells, rows)


def audit_log(wanted: Wanted) -> Table:
    """Newest first, as the page shows it; each entry with the hash that chains it."""
    names = _names(wanted)
    sites = {site.id: site.name for site in wanted.session.scalars(select(Site))}
    cells = [
        Cell(Text("序号", "No."), lambda one: one["number"], "number", 10),
        Cell(Text("时间", "Time"), lambda one: parse_time(one["at"]), "moment", 19),
        Cell(Text("事项", "Deed"), lambda one: one["action"], width=22),
        Cell(Text("人员", "Person"), lambda one: names.get(one["user_id"], one["user_id"])),
        Cell(Text("站点", "Site"), lambda one: sites.get(one["site_id"]), width=18),
        Cell(Text("设备编号", "Device id"), lambda one: one["device_id"], width=38),
        Cell(Text("记录类别", "Collection"), lambda one: one["collection"], width=20),
        Cell(Text("记录编号", "Record id"), lambda one: one["record_id"], width=38),
        Cell(Text("版本", "Version"), lambda one: one["version"], "number", 8),
        Cell(Text("内容 SHA-256", "SHA-256 of the content"), lambda one: one["content_sha256"]),
        Cell(Text("详情", "Details"), _details, width=40),
        Cell(Text("本条哈希", "Hash of the entry"), lambda one: one["entry_hash"], width=24),
    ]
    page = partial(page_of_entries, wanted.session, wanted.actor, wanted.query)
    return listed(wanted, Text("审计日志", "Audit log"), cells, every_row(page, _ENTRIES_AT_ONCE))


def _details(entry: Row) -> Value:
    return None if entry["details"] is None else orjson.dumps(entry["details"]).decode()


def _names(wanted: Wanted) -> dict[str | None, str]:
    """The organisation's people by id, those who have left included."""
    rows = wanted.session.execute(select(User.id, User.display_name))
    return {row[0]: row[1] for row in rows}
