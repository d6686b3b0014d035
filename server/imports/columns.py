"""The columns of each kind of import: their headings, and how a cell of theirs is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.access import Permission, Role
from server.errors import Text
from server.imports.cells import (
    Reader,
    as_code,
    as_day,
    as_flag,
    as_name,
    as_whole_number,
    one_of,
    parts_of,
    some_of,
)
from server.master_data.vocabulary import CATEGORIES, LICENCE_KINDS, UNITS

STORAGE = {
    "ambient": Text("常温", "ambient"),
    "chilled": Text("冷藏", "chilled"),
    "frozen": Text("冷冻", "frozen"),
}
SPECIES = {
    "pork": Text("猪", "pork"),
    "beef": Text("牛", "beef"),
    "mutton": Text("羊", "mutton"),
    "poultry": Text("禽", "poultry"),
    "fish": Text("鱼", "fish"),
}
ROLES = {
    Role.ADMIN.value: Text("管理员", "administrator"),
    Role.MANAGER.value: Text("主管", "manager"),
    Role.QUALITY.value: Text("质量", "quality"),
    Role.INSPECTOR.value: Text("验收员", "inspector"),
    Role.SUPPLIER_CONTACT.value: Text("供货者联系人", "supplier contact"),
    Role.OBSERVER.value: Text("观察员", "observer"),
}
_LICENCES = ("business_licence", "food_production_licence", "food_operation_licence", "contract")
_CATEGORY_NAMES = {name: category.name for name, category in CATEGORIES.items()}


@dataclass(frozen=True, slots=True)
class Column:
    """*name* is the field of the record; *example* stands in the template."""

    name: str
    heading: Text
    read: Reader = as_name
    is_required: bool = False
    is_secret: bool = False
    example: str = ""

    def is_headed(self, written: str) -> bool:
        wanted = as_code(written).rstrip("*").strip().lower()
        return wanted in {self.name, as_code(self.heading.zh).lower(), self.heading.en.lower()}


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    title: Text
    columns: tuple[Column, ...]
    permission: Permission

    @property
    def key(self) -> Column:
        return self.columns[0]


def _licence_columns() -> tuple[Column, ...]:
    pairs = ((kind, LICENCE_KINDS[kind]) for kind in _LICENCES)
    return tuple(
        column
        for kind, word in pairs
        for column in (
            Column(
                f"{kind}_number", Text(f"{word.zh}号", f"{word.en} number"), as_code, example="JY1"
            ),
            Column(
                f"{kind}_valid_until",
                Text(f"{word.zh}到期日", f"{word.en} valid until"),
                as_day,
                example="2028-12-31",
            ),
        )
    )


SUPPLIERS = Kind(
    "suppliers",
    Text("供货者", "Suppliers"),
    (
        Column("code", Text("编码", "Code"), as_code, is_required=True, example="S001"),
        Column("name", Text("名称", "Name"), is_required=True, example="绿野蔬菜专业合作社"),
        Column("address", Text("地址", "Address")),
        Column("contact_name", Text("联系人", "Contact")),
        Column("phone", Text("电话", "Phone"), as_code),
        Column(
            "categories",
            Text("供货品类", "Categories"),
            some_of(_CATEGORY_NAMES),
            example="蔬菜水果",
        ),
        Column("is_suspended", Text("暂停供货", "Suspended"), as_flag, example="否"),
        Column("suspension_reason", Text("暂停原因", "Reason of suspension")),
        *_licence_columns(),
        Column("note", Text("备注", "Note")),
    ),
    Permission.WRITE_MASTER_DATA,
)
PRODUCTS = Kind(
    "products",
    Text("品种", "Products"),
    (
        Column("code", Text("编码", "Code"), as_code, is_required=True, example="P001"),
        Column("name", Text("名称", "Name"), is_required=True, example="大白菜"),
        Column(
            "category",
            Text("品类", "Category"),
            one_of(_CATEGORY_NAMES),
            is_required=True,
            example="蔬菜水果",
        ),
        Column("unit", Text("单位", "Unit"), one_of(UNITS), is_required=True, example="筐"),
        Column("specification", Text("规格", "Specification"), example="约 20 公斤/筐"),
        Column(
            "storage_class",
            Text("储存条件", "Storage"),
            one_of(STORAGE),
            is_required=True,
            example="常温",
        ),
        Column("species", Text("畜禽水产种类", "Species"), one_of(SPECIES)),
        Column("shelf_life_days", Text("保质期（天）", "Shelf life (days)"), as_whole_number),
        Column("checklist_code", Text("检查表", "Checklist"), as_code),
        Column("aql_b", Text("B 类 AQL", "AQL of class B"), as_code, example="4.0"),
        Column("aql_c", Text("C 类 AQL", "AQL of class C"), as_code, example="6.5"),
        Column("inspection_level", Text("检验水平", "Inspection level"), as_code, example="II"),
        Column("is_active", Text("在用", "In use"), as_flag, example="是"),
        Column("note", Text("备注", "Note")),
    ),
    Permission.WRITE_MASTER_DATA,
)
USERS = Kind(
    "users",
    Text("用户", "Users"),
    (
        Column("username", Text("用户名", "User name"), as_code, is_required=True, example="wang"),
        Column("display_name", Text("姓名", "Name"), is_required=True, example="王芳"),
        Column("roles", Text("角色", "Roles"), some_of(ROLES), is_required=True, example="验收员"),
        Column("sites", Text("站点编码", "Site codes"), parts_of, is_required=True, example="N1"),
        Column("password", Text("初始密码", "Initial password"), str, is_secret=True),
    ),
    Permission.MANAGE_USERS,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (SUPPLIERS, PRODUCTS, USERS)}
LICENCES = _LICENCES
