"""Findings, notices, and the states of the switching rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from schemas.fields import parse_time
from server.corrective_actions.board import names_of as responsible_names
from server.corrective_actions.queries import Filters, page_of_actions
from server.errors import Text
from server.exports.listing import Cell, Wanted, every_row, listed, moment
from server.exports.words import (
    ACTION_KINDS,
    ACTION_STATUSES,
    FINDING_KINDS,
    INSPECTION_STATUSES,
    SEVERITIES,
    YES_NO,
)
from server.findings.queries import page_of_findings
from server.http.paging import Page
from server.identity.models import Site
from server.inspection.queries import page_of_inspections
from server.reports.tables import Table, Value
from server.switching.queries import names_of, page_of_states

Row = Mapping[str, Any]


def _sites(wanted: Wanted) -> dict[str, str]:
    return {site.id: site.name for site in wanted.session.scalars(select(Site))}


def _photos(row: Row) -> Value:
    photos = row["photos"]
    return f"{photos['stored']}/{photos['announced']}" if photos["announced"] else None


def findings(wanted: Wanted) -> Table:
    sites = _sites(wanted)
    cells = [
        Cell(Text("发现时间", "Found at"), lambda one: moment(one["captured_at"]), "moment", 19),
        Cell(Text("站点", "Site"), lambda one: sites.get(one["site_id"]), width=18),
        Cell(Text("性质", "Kind"), lambda one: wanted.said(FINDING_KINDS[one["kind"]]), width=12),
        Cell(Text("问题", "Finding"), lambda one: one["title"], width=36),
        Cell(Text("说明", "Description"), lambda one: one["description"], width=36),
        Cell(Text("类别", "Class"), lambda one: one["nonconformity_class"], width=8),
        Cell(Text("按重复升级后的类别", "Class after repeats"), lambda one: one["effective_class"]),
        Cell(
            Text("屡查屡犯", "Repeated"),
            lambda one: wanted.said(YES_NO[one["repeat_of"] is not None]),
            width=10,
        ),
        Cell(Text("依据条款", "Clause"), lambda one: one["clause"], width=24),
        Cell(Text("责任方", "Responsible"), lambda one: one["responsible_name"], width=20),
        Cell(Text("地点", "Place"), lambda one: one["place_text"], width=18),
        Cell(
            Text("当场整改", "Put right on the spot"),
            lambda one: wanted.said(YES_NO[one["is_fixed_on_the_spot"]]),
            width=10,
        ),
        Cell(
            Text("已开通知", "On a notice"),
            lambda one: wanted.said(YES_NO[one["corrective_action_id"] is not None]),
            width=10,
        ),
        Cell(Text("记录人", "Recorded by"), lambda one: one["created_by"]["name"], width=12),
        Cell(Text("照片", "Photos"), _photos, width=8),
    ]

    def page(limit: int, cursor: str | None) -> Page[Row]:
        found = page_of_findings(wanted.session, wanted.actor, limit, cursor, **wanted.filters)
        return _with_responsible(wanted, found)

    return listed(wanted, Text("检查发现清单", "Findings"), cells, every_row(page))


def inspections(wanted: Wanted) -> Table:
    sites = _sites(wanted)

    def graded(name: str) -> Callable[[Row], Any]:
        return lambda one: (one["result"]["grade"] or {}).get(name)

    def failed(class_: str) -> Callable[[Row], Any]:
        return lambda one: (graded("failures")(one) or {}).get(class_)

    def grade(one: Row) -> Value:
        told = graded("grade")(one)
        return None if told is None else wanted.words.label(f"grade.{told}")

    def percent(one: Row) -> Value:
        told = graded("percent")(one)
        return None if told is None else Decimal(told)

    cells = [
        Cell(Text("编号", "Number"), lambda one: one["number"], width=22),
        Cell(
            Text("检查时间", "Inspected at"), lambda one: moment(one["captured_at"]), "moment", 19
        ),
        Cell(Text("站点", "Site"), lambda one: sites.get(one["site_id"]), width=18),
        Cell(
            Text("检查表", "Checklist"),
            lambda one: wanted.said(Text(one["checklist"]["zh"], one["checklist"]["en"])),
            width=28,
        ),
        Cell(Text("被检查单位", "Unit"), lambda one: one["responsible_name"], width=18),
        Cell(Text("地点", "Place"), lambda one: one["place_text"], width=18),
        Cell(
            Text("状态", "Status"),
            lambda one: wanted.said(INSPECTION_STATUSES[one["status"]]),
            width=12,
        ),
        Cell(Text("评定", "Grade"), grade, width=12),
        Cell(Text("加权得分", "Weighted score"), percent, "number", 10),
        *(
            Cell(Text(f"{class_} 类不合格", f"Failed {class_}"), failed(class_), "number", 10)
            for class_ in "ABC"
        ),
        Cell(Text("发现数", "Findings"), lambda one: len(one["finding_ids"]), "number", 8),
        Cell(Text("检查人", "Inspector"), lambda one: one["created_by"]["name"], width=12),
        *_times(("完成时间", "Finished at", lambda one: one["finished_at"])),
        Cell(Text("照片", "Photos"), _photos, width=8),
        Cell(Text("备注", "Note"), lambda one: one["note"], width=30),
    ]

    def page(limit: int, cursor: str | None) -> Page[Row]:
        found = page_of_inspections(wanted.session, wanted.actor, limit, cursor, **wanted.filters)
        return _with_responsible(wanted, found)

    return listed(wanted, Text("检查清单", "Inspections"), cells, every_row(page))


def _with_responsible(wanted: Wanted, found: Page[dict[str, Any]]) -> Page[Row]:
    ids = [one["unit_id"] or one.get("supplier_id") for one in found.rows]
    names = responsible_names(wanted.session, ids)
    rows: list[Row] = [
        {**one, "responsible_name": names.get(id_)}
        for one, id_ in zip(found.rows, ids, strict=True)
    ]
    return Page(rows, found.next_cursor)


def corrective_actions(wanted: Wanted) -> Table:
    sites = _sites(wanted)
    cells = [
        Cell(Text("编号", "Number"), lambda one: one["number"], width=22),
        Cell(Text("站点", "Site"), lambda one: sites.get(one["site_id"]), width=18),
        Cell(Text("种类", "Kind"), lambda one: wanted.said(ACTION_KINDS[one["kind"]])),
        Cell(Text("状态", "Status"), lambda one: wanted.said(ACTION_STATUSES[one["status"]])),
        Cell(Text("逾期", "Overdue"), lambda one: wanted.said(YES_NO[one["is_overdue"]]), width=8),
        Cell(Text("事由", "Subject"), lambda one: one["title"], width=36),
        Cell(Text("类别", "Class"), lambda one: one["nonconformity_class"], width=8),
        Cell(
            Text("屡查屡犯", "Repeated"), lambda one: wanted.said(YES_NO[one["is_repeat"]]), width=8
        ),
        Cell(Text("责任方", "Responsible"), lambda one: one["responsible_name"], width=20),
        Cell(Text("整改责任人", "Put right by"), lambda one: (one["assignee"] or {}).get("name")),
        Cell(Text("签发人", "Issued by"), lambda one: one["issued_by"]["name"], width=12),
        *_times(
            ("签发时间", "Issued at", lambda one: one["captured_at"]),
            ("整改期限", "Due by", lambda one: one["due_at"]),
            ("最初期限", "First due by", lambda one: one["first_due_at"]),
            ("提交时间", "Submitted at", lambda one: (one["submission"] or {}).get("at")),
            ("验证时间", "Verified at", lambda one: (one["verification"] or {}).get("at")),
            ("关闭时间", "Closed at", lambda one: one["closed_at"]),
        ),
        Cell(Text("退回次数", "Times returned"), lambda one: one["times_returned"], "number", 10),
        Cell(Text("延期次数", "Times extended"), lambda one: one["times_extended"], "number", 10),
        Cell(Text("照片", "Photos"), _photos, width=8),
    ]
    narrowed = dict(wanted.filters)
    before = narrowed.pop("due_before")
    filters = Filters(**narrowed, due_before=None if before is None else parse_time(before))

    def page(limit: int, cursor: str | None) -> Page[dict[str, Any]]:
        return page_of_actions(wanted.session, wanted.actor, limit, cursor, filters, wanted.now)

    return listed(wanted, Text("整改通知清单", "Corrective actions"), cells, every_row(page))


def _times(*named: tuple[str, str, Callable[[Row], str | None]]) -> list[Cell]:
    def cell(zh: str, en: str, read: Callable[[Row], str | None]) -> Cell:
        return Cell(Text(zh, en), lambda one: moment(read(one)), "moment", 19)

    return [cell(*each) for each in named]


def switching_states(wanted: Wanted) -> Table:
    language = "en" if wanted.words.is_english else "zh"
    cells = [
        Cell(Text("供货者", "Supplier"), lambda one: one["supplier_name"], width=28),
        Cell(Text("品种", "Product"), lambda one: one["product_name"], width=20),
        Cell(Text("类别", "Class"), lambda one: one["nonconformity_class"], width=8),
        Cell(
            Text("严格度", "Severity"),
            lambda one: wanted.said(SEVERITIES[one["severity"]]),
            width=10,
        ),
        Cell(Text("转移得分", "Switching score"), lambda one: one["switching_score"], "number", 10),
        *_times(("自", "Since", lambda one: one["since"])),
        Cell(Text("原因", "Why"), lambda one: one["reason"][language], width=40),
        Cell(Text("展望", "What would change it"), lambda one: one["outlook"][language], width=40),
        Cell(
            Text("生产稳定", "Production steady"),
            lambda one: wanted.said(YES_NO[one["production_steady"]]),
            width=10,
        ),
        Cell(Text("批数", "Lots"), lambda one: one["lot_count"], "number", 8),
        Cell(Text("有标记的批数", "Marked lots"), lambda one: one["marked_lot_count"], "number", 8),
        *_times(("最近检验", "Last inspected", lambda one: one["last_inspected_at"])),
    ]

    def page(limit: int, cursor: str | None) -> Page[Row]:
        found = page_of_states(wanted.session, wanted.actor, limit, cursor, **wanted.filters)
        documents = [stored.document for stored in found.rows]
        names = names_of(wanted.session, documents)
        rows: list[Row] = [
            {
                **one,
                "supplier_name": names[one["supplier_id"]],
                "product_name": names[one["product_id"]],
            }
            for one in documents
        ]
        return Page(rows, found.next_cursor)

    return listed(wanted, Text("转移规则状态", "Switching states"), cells, every_row(page))
