"""What keeps a checklist from being published, each named with its item, in both languages."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.checklists import ChecklistSchema
from server.checklists.defaults import default_checklists
from server.checklists.validation import faults_of
from tests.checklists.random_checklists import random_case


def item(item_id, type_="check", **changes):
    return {
        "id": item_id, "type": type_, "nonconformity_class": "B", "zh": "项目", "en": "item",
        **changes,
    }  # fmt: skip


def choice(item_id, *values, **changes):
    options = [{"value": value, "zh": value, "en": value, "is_ok": True} for value in values]
    return item(item_id, "choice", options=options, **changes)


def template(*items, **changes):
    whole = {
        "code": "T", "version": 1, "kind": "inspection", "zh": "检查", "en": "Check",
        "items": list(items), **changes,
    }  # fmt: skip
    return ChecklistSchema().load(whole)


def told(*items, **changes):
    """Pointer and Chinese text of every fault; the English one must not be the same."""
    faults = faults_of(template(*items, **changes))
    for fault in faults:
        zh, en = (fault.text.render(language, **fault.params) for language in ("zh-CN", "en"))
        assert zh != en
        assert "{" not in zh + en
    return [(fault.pointer, fault.text.render("zh-CN", **fault.params)) for fault in faults]


METHOD = choice("method", "steam", "chlorine")
SOUND = {
    "one item": [item("a")],
    "shown by a choice": [METHOD, item("a", when={"item": "method", "in": ["steam"]})],
    "shown by a check": [item("a"), item("b", when={"item": "a", "in": ["not_ok"]})],
    "shown by a number": [
        item("a", "number", unit="kg"), item("b", when={"item": "a", "above": "5", "below": "6"}),
    ],
    "required by another": [item("a"), item("b", required_when={"item": "a", "in": ["not_ok"]})],
    "chained": [
        METHOD,
        item("a", when={"item": "method", "in": ["steam"]}),
        item("b", when={"item": "a", "in": ["ok"]}),
    ],
    "limits by choice": [
        METHOD,
        item("t", "temperature", unit="°C",
             limits={"by_choice": {"item": "method", "limits": {"steam": {"min": "100"}}}}),
    ],
    "hours after": [
        item("from", "time"),
        item("to", "time", limits={"min_hours": "48", "after_item": "from"}),
    ],
    "equal limits": [item("t", "temperature", unit="°C", limits={"min": "5", "max": "5"})],
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_checklist_has_no_fault(name):
    assert told(*SOUND[name]) == []


def test_the_checklists_that_come_with_the_product_have_no_fault():
    assert [fault for template in default_checklists() for fault in faults_of(template)] == []


def limited(**limits):
    return item("t", "temperature", unit="°C", limits=limits)


FAULTY = [
    ([], "/items", "检查表没有任何项目"),
    ([item("a"), item("a")], "/items/0/id", "项目 a 出现多次"),
    ([choice("a")], "/items/0/options", "项目 a 没有选项"),
    ([choice("a", "x", "x")], "/items/0/options/1/value", "项目 a 的选项 x 出现多次"),
    ([item("a", options=METHOD["options"])], "/items/0/options", "项目 a 不是选择题，却有选项"),
    ([limited(min="8", max="0")], "/items/0/limits", "项目 t 的下限 8 高于上限 0"),
    ([limited(by_storage_class={"frozen": {"min": "-9", "max": "-18"}})],
     "/items/0/limits/by_storage_class/frozen", "项目 t 的下限 -9 高于上限 -18"),
    ([METHOD, limited(by_choice={"item": "method", "limits": {"steam": {"min": "2", "max": "1"}}})],
     "/items/1/limits/by_choice/limits/steam", "项目 t 的下限 2 高于上限 1"),
    ([METHOD, limited(by_choice={"item": "method", "limits": {"smoke": {"min": "2"}}})],
     "/items/1/limits/by_choice/limits", "t：method 没有取值“smoke”"),
    ([limited(by_choice={"item": "gone", "limits": {}})],
     "/items/0/limits/by_choice/item", "项目 t 引用了不存在的 gone"),
    ([item("a"), limited(by_choice={"item": "a", "limits": {}})],
     "/items/1/limits/by_choice/item", "项目 t 引用的 a 应为 choice 类型"),
    ([item("t", "temperature")], "/items/0/unit", "项目 t 没有写单位"),
    ([item("n", "number", limits={"max": "5"})], "/items/0/unit", "项目 n 没有写单位"),
    ([item("a", "text", limits={"max": "5"})], "/items/0/limits", "项目 a 的类型不能有这种限值"),
    ([item("a", "date", limits={"min": "5"})], "/items/0/limits", "项目 a 的类型不能有这种限值"),
    ([item("a", "time", limits={"min_hours": "5"})],
     "/items/0/limits/after_item", "项目 a 引用了不存在的 —"),
    ([item("a", when={"item": "gone", "in": ["x"]})],
     "/items/0/when", "项目 a 引用了不存在的 gone"),
    ([item("a", required_when={"item": "gone", "is_answered": True})],
     "/items/0/required_when", "项目 a 引用了不存在的 gone"),
    ([METHOD, item("a", when={"item": "method", "in": ["smoke"]})],
     "/items/1/when", "a：method 没有取值“smoke”"),
    ([item("a"), item("b", when={"item": "a", "in": ["yes"]})],
     "/items/1/when", "b：a 没有取值“yes”"),
    ([METHOD, item("a", when={"item": "method", "above": "1"})],
     "/items/1/when", "a：method 不是数值，不能比较大小"),
    ([item("a", section="s9")], "/items/0/section", "项目 a 引用了不存在的分区 s9"),
    ([item("a", when={"item": "a", "is_answered": False})], "/items/0", "条件循环：a → a"),
    ([item("a", when={"item": "c", "in": ["ok"]}), item("b", when={"item": "a", "in": ["ok"]}),
      item("c", when={"item": "b", "in": ["ok"]})], "/items/0", "条件循环：a → c → b → a"),
    ([item("a", required_when={"item": "b", "in": ["ok"]}),
      item("b", when={"item": "a", "in": ["ok"]})], "/items/0", "条件循环：a → b → a"),
    ([METHOD, item("a", when={"all": [{"item": "method", "in": ["steam"]},
                                      {"item": "method", "in": ["chlorine"]}]})],
     "/items/1/when", "项目 a 的条件永远不成立，它不会出现"),
    ([item("n", "number", unit="kg"), item("a", when={"item": "n", "above": "6", "below": "5"})],
     "/items/1/when", "项目 a 的条件永远不成立，它不会出现"),
    ([METHOD, item("a", when={"item": "method", "in": ["steam"]}),
      item("b", when={"all": [{"item": "a", "in": ["ok"]},
                              {"item": "method", "in": ["chlorine"]}]})],
     "/items/2/when", "项目 b 的条件永远不成立，它不会出现"),
    ([METHOD, item("a", when={"not": {"any": [{"item": "method", "in": ["steam", "chlorine"]},
                                              {"not": {"item": "method", "is_answered": True}}]}})],
     "/items/1/when", "项目 a 的条件永远不成立，它不会出现"),
]  # fmt: skip


@pytest.mark.parametrize(("items", "pointer", "text"), FAULTY, ids=lambda value: str(value)[:30])
def test_a_fault_is_named_with_its_item(items, pointer, text):
    assert (pointer, text) in told(*items)


WHOLE = [
    ({"kind": "receipt"}, "/gates", "验收表需要关口"),
    ({"kind": "receipt"}, "/acceptance", "验收表需要允许不合格项数"),
    ({"gates": ["papers"]}, "/items/0/gate", "项目 a 没有关口"),
    ({"gates": ["papers", "papers"]}, "/gates", "同一关口出现多次"),
    ({"sections": [{"id": "s", "zh": "区", "en": "part"}]}, "/sections/0", "分区 s 没有项目"),
    ({"sections": [{"id": "s", "zh": "区", "en": "part"}] * 2},
     "/sections/1/id", "分区 s 出现多次"),
    ({"grading": {"method": "percent", "pass_percent": "60", "basic_percent": "90"}},
     "/grading/basic_percent", "基本合格线 90% 高于合格线 60%"),
    ({"grading": {"pass": {"A": 0, "B": 2, "C": 0}, "basic": {"A": 0, "B": 1, "C": 0}}},
     "/grading/basic/B", "B 类：基本合格允许的不合格项少于合格"),
    ({"head_items": [item("a")]}, "/items/0/id", "项目 a 出现多次"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "pointer", "text"), WHOLE, ids=lambda value: str(value)[:30])
def test_a_fault_of_the_whole_is_named(changes, pointer, text):
    assert (pointer, text) in told(item("a"), **changes)


def test_weights_of_nothing_cannot_make_a_percentage():
    rule = {"method": "percent", "pass_percent": "90", "basic_percent": "60"}
    assert [pointer for pointer, _ in told(item("a", weight="0"), grading=rule)] == ["/items"]


def test_a_section_shown_by_an_item_inside_it_goes_in_a_circle():
    section = {"id": "s", "zh": "区", "en": "part", "when": {"item": "a", "in": ["ok"]}}
    assert told(item("a", section="s"), sections=[section]) == [("/items/0", "条件循环：a → a")]


def test_conditions_without_end_are_refused_before_they_are_walked_into():
    deep = {"item": "a", "is_answered": True}
    for _ in range(800):
        deep = {"not": deep}
    errors = ChecklistSchema().validate(
        {"code": "T", "version": 1, "kind": "record", "zh": "检", "en": "c",
         "items": [item("a", when=deep)]}
    )  # fmt: skip
    assert "6" in str(errors["items"][0]["when"])


def test_five_hundred_items_in_a_chain_are_validated_quickly():
    items = [item("i0")]
    items += [item(f"i{n}", when={"item": f"i{n - 1}", "in": ["ok"]}) for n in range(1, 500)]
    assert told(*items) == []


def test_conditions_made_to_take_for_ever_do_not():
    checks = [item(f"c{n}") for n in range(7)]
    asked = [{"item": f"c{n}", "in": ["ok"]} for n in range(7)]
    never = {"all": [*asked, {"any": [{"not": test} for test in asked]}]}
    items = [*checks, *(item(f"i{n}", when=never) for n in range(490))]
    began = perf_counter()
    faults = told(*items)
    assert "永远不成立" in faults[0][1]
    assert perf_counter() - began < 30


@given(st.integers(0, 2**63))
def test_whatever_the_parts_are_validation_names_faults_and_never_breaks(seed):
    case = random_case(seed)["template"]
    whole = {**template(item("a")), **case, "kind": "inspection", "grading": None}
    for fault in faults_of({**whole, "acceptance": None, "head_items": []}):
        assert fault.text.render("en", **fault.params)
