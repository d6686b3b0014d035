"""Whether the parts of a checklist fit together. Asked before it is published.

Shapes (types, lengths, words) are the schema's business. Here is what only the whole can show, and
each fault names the item it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from server.checklists.outcomes import CLASSES
from server.checklists.reachability import circles, unreachable
from server.checklists.references import conditions_of, tests_in
from server.errors import FieldError, Text

Template = Mapping[str, Any]
Item = Mapping[str, Any]
PARTS = ("head_items", "items")
MEASURED = frozenset({"temperature", "number", "count"})
_MARKS = frozenset({"ok", "not_ok"})
_UNITS_NEEDED = frozenset({"temperature"})


def faults_of(template: Template) -> list[FieldError]:
    """Everything that keeps *template* from being published; empty if nothing does."""
    faults = [*_faults_of_whole(template), *_faults_of_sections(template)]
    for part in PARTS:
        for position, item in enumerate(template[part]):
            faults += _faults_of_item(template, part, item, f"/{part}/{position}")
    # Circles and dead ends only mean something once every name is known.
    return faults or [*_circular(template), *_unreachable(template)]


def _fault(pointer: str, zh: str, en: str, **params: Any) -> FieldError:
    return FieldError(pointer, Text(zh, en), params)


# -- the whole -----------------------------------------------------------------------------------


def _faults_of_whole(template: Template) -> Iterator[FieldError]:
    if not template["items"]:
        yield _fault("/items", "检查表没有任何项目", "The checklist has no item.")
    if template["kind"] == "receipt" and not template["gates"]:
        yield _fault("/gates", "验收表需要关口", "A receipt's checklist needs its gates.")
    if template["kind"] == "receipt" and template["acceptance"] is None:
        yield _fault(
            "/acceptance",
            "验收表需要允许不合格项数",
            "A receipt's checklist needs the most failed items allowed.",
        )
    if len(set(template["gates"])) != len(template["gates"]):
        yield _fault("/gates", "同一关口出现多次", "A gate stands more than once.")
    yield from _faults_of_grading(template)


def _faults_of_grading(template: Template) -> Iterator[FieldError]:
    rule = template["grading"]
    if rule is None:
        return
    if rule["method"] == "percent":
        if Decimal(rule["basic_percent"]) > Decimal(rule["pass_percent"]):
            yield _fault(
                "/grading/basic_percent",
                "基本合格线 {basic}% 高于合格线 {passing}%",
                "The line for basic, {basic} %, is above the one for pass, {passing} %.",
                basic=rule["basic_percent"],
                passing=rule["pass_percent"],
            )
        if not any(Decimal(item["weight"]) for item in template["items"]):
            yield _fault(
                "/items", "所有项目的权重都为 0，无法计算得分", "Every item's weight is 0."
            )
        return
    for class_ in CLASSES:
        if rule["basic"][class_] < rule["pass"][class_]:
            yield _fault(
                f"/grading/basic/{class_}",
                "{class_} 类：基本合格允许的不合格项少于合格",
                "Class {class_}: basic allows fewer failed items than pass.",
                class_=class_,
            )


def _faults_of_sections(template: Template) -> Iterator[FieldError]:
    ids = [section["id"] for section in template["sections"]]
    used = {item["section"] for part in PARTS for item in template[part]}
    for position, section in enumerate(template["sections"]):
        pointer, name = f"/sections/{position}", section["id"]
        if ids.index(name) != position:
            yield _fault(
                f"{pointer}/id", "分区 {name} 出现多次", "Section {name} stands twice.", name=name
            )
        elif name not in used:
            yield _fault(pointer, "分区 {name} 没有项目", "Section {name} has no item.", name=name)
        if section["when"] is not None:
            yield from _faults_of_condition(
                template["items"], section["when"], f"{pointer}/when", name
            )


# -- one item ------------------------------------------------------------------------------------


def _faults_of_item(
    template: Template, part: str, item: Item, pointer: str
) -> Iterator[FieldError]:
    name = item["id"]
    ids = [other["id"] for every in PARTS for other in template[every]]
    if ids.count(name) > 1:
        yield _fault(
            f"{pointer}/id", "项目 {name} 出现多次", "Item {name} stands more than once.", name=name
        )
    if template["gates"] and item["gate"] not in template["gates"]:
        yield _fault(
            f"{pointer}/gate", "项目 {name} 没有关口", "Item {name} belongs to no gate.", name=name
        )
    sections = {section["id"] for section in template["sections"]}
    if item["section"] is not None and item["section"] not in sections:
        yield _fault(
            f"{pointer}/section",
            "项目 {name} 引用了不存在的分区 {section}",
            "Item {name} names section {section}, which is not there.",
            name=name,
            section=item["section"],
        )
    yield from _faults_of_options(item, pointer)
    yield from _faults_of_limits(template[part], item, pointer)
    for place in ("when", "required_when"):
        if item[place] is not None:
            yield from _faults_of_condition(template[part], item[place], f"{pointer}/{place}", name)


def _faults_of_options(item: Item, pointer: str) -> Iterator[FieldError]:
    name, options = item["id"], [option["value"] for option in item["options"]]
    if item["type"] == "choice" and not options:
        yield _fault(
            f"{pointer}/options", "项目 {name} 没有选项", "Item {name} has no options.", name=name
        )
    if item["type"] != "choice" and options:
        yield _fault(
            f"{pointer}/options",
            "项目 {name} 不是选择题，却有选项",
            "Item {name} is no choice and has options.",
            name=name,
        )
    for position, value in enumerate(options):
        if options.index(value) != position:
            yield _fault(
                f"{pointer}/options/{position}/value",
                "项目 {name} 的选项 {value} 出现多次",
                "Item {name}: option {value} stands more than once.",
                name=name,
                value=value,
            )


# -- limits --------------------------------------------------------------------------------------


def _faults_of_limits(items: Sequence[Item], item: Item, pointer: str) -> Iterator[FieldError]:
    name, limits, place = item["id"], item["limits"], f"{pointer}/limits"
    is_bare = limits is None or item["type"] != "number"
    if not item["unit"] and (item["type"] in _UNITS_NEEDED or not is_bare):
        yield _fault(
            f"{pointer}/unit", "项目 {name} 没有写单位", "Item {name} has no unit.", name=name
        )
    if limits is None:
        return
    if not set(limits) <= _limits_allowed(item["type"]):
        yield _fault(
            place,
            "项目 {name} 的类型不能有这种限值",
            "Item {name}: an item of its type has no such limit.",
            name=name,
        )
    for where, pair in _ranges(limits):
        if "min" in pair and "max" in pair and Decimal(pair["min"]) > Decimal(pair["max"]):
            yield _fault(
                place + where,
                "项目 {name} 的下限 {min} 高于上限 {max}",
                "Item {name}: the smallest value {min} is above the largest {max}.",
                name=name,
                min=pair["min"],
                max=pair["max"],
            )
    yield from _faults_of_limit_references(items, item, place)


def _limits_allowed(type_: str) -> frozenset[str]:
    measured = frozenset({"min", "max", "by_choice", "by_storage_class"})
    return {
        "temperature": measured | {"product_limits_first", "max_rule", "fallback_max"},
        "number": measured,
        "count": frozenset({"min", "max"}),
        "date": frozenset({"min_remaining_ratio"}),
        "time": frozenset({"min_hours", "after_item"}),
    }.get(type_, frozenset())


def _ranges(limits: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "", limits
    for storage_class, pair in limits.get("by_storage_class", {}).items():
        yield f"/by_storage_class/{storage_class}", pair
    for choice, pair in limits.get("by_choice", {}).get("limits", {}).items():
        yield f"/by_choice/limits/{choice}", pair


def _faults_of_limit_references(
    items: Sequence[Item], item: Item, place: str
) -> Iterator[FieldError]:
    limits, by_id = item["limits"], {other["id"]: other for other in items}
    if "by_choice" in limits:
        rule = limits["by_choice"]
        yield from _reference(by_id, item["id"], rule["item"], "choice", f"{place}/by_choice/item")
        chosen = by_id.get(rule["item"])
        if chosen is not None:
            yield from _faults_of_values(
                chosen, rule["limits"], f"{place}/by_choice/limits", item["id"]
            )
    if "min_hours" in limits or "after_item" in limits:
        after = limits.get("after_item", "")
        if "min_hours" not in limits:
            yield _fault(
                place, "项目 {name} 没有写小时数", "Item {name} says no hours.", name=item["id"]
            )
        yield from _reference(by_id, item["id"], after, "time", f"{place}/after_item")


def _reference(
    by_id: Mapping[str, Item], name: str, other: str, type_: str | None, pointer: str
) -> Iterator[FieldError]:
    if other not in by_id:
        yield _fault(
            pointer,
            "项目 {name} 引用了不存在的 {other}",
            "Item {name} names {other}, which is not there.",
            name=name,
            other=other or "—",
        )
    elif type_ is not None and by_id[other]["type"] != type_:
        yield _fault(
            pointer,
            "项目 {name} 引用的 {other} 应为 {type} 类型",
            "Item {name} names {other}, which should be of the type {type}.",
            name=name,
            other=other,
            type=type_,
        )


def _faults_of_values(
    chosen: Item, values: Sequence[str] | Mapping[str, Any], pointer: str, name: str
) -> Iterator[FieldError]:
    """Values that *chosen* can never have."""
    known = _MARKS if chosen["type"] == "check" else {o["value"] for o in chosen["options"]}
    if chosen["type"] in {"choice", "check"}:
        for value in values:
            if value not in known:
                yield _fault(
                    pointer,
                    "{name}：{other} 没有取值“{value}”",
                    "{name}: {other} has no value “{value}”.",
                    name=name,
                    other=chosen["id"],
                    value=value,
                )


# -- conditions ----------------------------------------------------------------------------------


def _faults_of_condition(
    items: Sequence[Item], condition: Mapping[str, Any], pointer: str, name: str
) -> Iterator[FieldError]:
    by_id = {item["id"]: item for item in items}
    for test in tests_in(condition):
        if "fact" in test:
            continue
        yield from _reference(by_id, name, test["item"], None, pointer)
        other = by_id.get(test["item"])
        if other is None:
            continue
        if "in" in test:
            yield from _faults_of_values(other, test["in"], pointer, name)
        elif "is_answered" not in test and other["type"] not in MEASURED:
            yield _fault(
                pointer,
                "{name}：{other} 不是数值，不能比较大小",
                "{name}: {other} is no number and cannot be compared.",
                name=name,
                other=other["id"],
            )


def _circular(template: Template) -> Iterator[FieldError]:
    for part in PARTS:
        positions = {item["id"]: position for position, item in enumerate(template[part])}
        for circle in circles(template, part):
            yield _fault(
                f"/{part}/{positions[circle[0]]}",
                "条件循环：{circle}",
                "The conditions go in a circle: {circle}.",
                circle=" → ".join((*circle, circle[0])),
            )


def _unreachable(template: Template) -> Iterator[FieldError]:
    if any(conditions_of(template, part) for part in PARTS):
        for part in PARTS:
            for position in unreachable(template, part):
                yield _fault(
                    f"/{part}/{position}/when",
                    "项目 {name} 的条件永远不成立，它不会出现",
                    "Item {name} can never be reached: its condition is never true.",
                    name=template[part][position]["id"],
                )
