"""Products, and the people in the kitchens with their health certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from server.errors import Text
from server.exports.listing import Cell, Wanted, day, every_row, listed
from server.exports.words import YES_NO
from server.identity.models import Site
from server.imports.columns import SPECIES, STORAGE
from server.master_data.queries import page_of_products
from server.master_data.vocabulary import CATEGORIES, UNITS
from server.reports.tables import Table, Value
from server.staff.queries import page_of_staff


def products(wanted: Wanted) -> Table:
    def named(words: Mapping[str, Text], name: str) -> Any:
        return lambda one: wanted.said(words[one[name]]) if one[name] else None

    categories = {key: category.name for key, category in CATEGORIES.items()}
    cells = [
        Cell(Text("编码", "Code"), lambda one: one["code"], width=12),
        Cell(Text("名称", "Name"), lambda one: one["name"], width=24),
        Cell(Text("品类", "Category"), named(categories, "category"), width=22),
        Cell(Text("单位", "Unit"), named(UNITS, "unit"), width=8),
        Cell(Text("规格", "Specification"), lambda one: one["specification"]),
        Cell(Text("储存条件", "Storage"), named(STORAGE, "storage_class"), width=10),
        Cell(Text("畜禽水产种类", "Species"), named(SPECIES, "species"), width=10),
        Cell(
            Text("保质期（天）", "Shelf life (days)"),
            lambda one: one["shelf_life_days"],
            "number",
            10,
        ),
        Cell(Text("最低温度（℃）", "Coldest (°C)"), partial(_limit, "min"), "number", 10),
        Cell(Text("最高温度（℃）", "Warmest (°C)"), partial(_limit, "max"), "number", 10),
        Cell(Text("检查表", "Checklist"), lambda one: one["checklist_code"], width=12),
        Cell(Text("B 类 AQL", "AQL of class B"), partial(_of_class, "B", "aql"), width=10),
        Cell(Text("C 类 AQL", "AQL of class C"), partial(_of_class, "C", "aql"), width=10),
        Cell(
            Text("检验水平", "Inspection level"),
            partial(_of_class, "B", "inspection_level"),
            width=10,
        ),
        Cell(Text("在用", "In use"), lambda one: wanted.said(YES_NO[one["is_active"]]), width=8),
        Cell(Text("备注", "Note"), lambda one: one["note"], width=30),
    ]
    page = partial(page_of_products, wanted.session, wanted.actor, **wanted.filters)
    rows = (stored.document for stored in every_row(page))
    return listed(wanted, Text("品种清单", "Products"), cells, rows, notes=False)


def _limit(side: str, product: Mapping[str, Any]) -> Value:
    limits = product["temperature_limits"]
    return None if limits is None or limits[side] is None else Decimal(limits[side])


def _of_class(name: str, field: str, product: Mapping[str, Any]) -> Value:
    """As the product says it; without a word of its own, the category's scheme counts."""
    scheme = product["sampling_scheme"]
    if scheme is None:
        scheme = CATEGORIES[product["category"]].sampling_scheme()
    told: str | None = scheme["classes"].get(name, {}).get(field)
    return told


def health_certificates(wanted: Wanted) -> Table:
    """A row for each certificate on file; who has none stands there without one."""
    sites = {site.id: site.name for site in wanted.session.scalars(select(Site))}
    cells = [
        Cell(Text("站点", "Site"), lambda one: sites.get(one["site_id"]), width=18),
        Cell(Text("姓名", "Name"), lambda one: one["name"]),
        Cell(Text("岗位", "Position"), lambda one: one["position"]),
        Cell(
            Text("在岗", "Works here"), lambda one: wanted.said(YES_NO[one["is_active"]]), width=8
        ),
        Cell(Text("健康证编号", "Certificate number"), lambda one: one["number"], width=24),
        Cell(Text("发证日期", "Issued on"), lambda one: day(one["issued_on"]), "date", 12),
        Cell(Text("有效期至", "Valid until"), lambda one: day(one["valid_until"]), "date", 12),
        Cell(Text("备注", "Note"), lambda one: one["note"], width=30),
    ]
    page = partial(page_of_staff, wanted.session, wanted.actor, **wanted.filters)
    rows = (row for stored in every_row(page) for row in _certificates(stored.document))
    title = Text("从业人员健康证", "Staff and health certificates")
    return listed(wanted, title, cells, rows, notes=False)


_NONE: Mapping[str, Any] = {"number": None, "issued_on": None, "valid_until": None}


def _certificates(person: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for certificate in person["health_certificates"] or [_NONE]:
        yield {**person, **{name: certificate[name] for name in _NONE}}
