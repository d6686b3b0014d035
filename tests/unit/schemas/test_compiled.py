"""The quick way answers exactly what marshmallow answers, or nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import (
    INCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates,
    validates_schema,
)

from schemas.compiled import Unsure, compiled
from schemas.fields import Choice, Day, DecimalText, Text, UtcTime, UuidText, WholeNumber
from schemas.receiving import GoodsReceiptSchema
from schemas.sync import MutationIn
from server.sync_api.registry import COLLECTIONS
from tests.receipts import add_line, begin_receipt

UUID = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 2**40, 1.5, 2.0, [], {}, [None], [1], {"x": 1}, "", " ", "a"),
    *("café", "cafe\u0301", "验收", "a\x00b", "a\nb", "\ud800", "\u2028", "x" * 5000, "__proto__"),
    *("0", "-0", "-1", "12.50", "12.5", "0.001", "0.0005", "1e3", "99999999999", "٣", "NaN"),
    *("2026-03-02", "2026-02-30", "1989-12-31", "2026-3-2", "2026-03-02\n"),
    *("2026-03-02T01:30:00Z", "2026-03-02T01:30:00.123Z", "2026-03-02T01:30:00.1234567Z"),
    *("2026-03-02T24:00:00Z", "2026-03-02T01:30:60Z", "2026-02-30T01:30:00Z"),
    *("2026-03-02T01:30:00+08:00", "0001-01-01T00:00:00+08:00", "2026-03-02T01:30:00Z\n"),
    *(UUID, UUID.upper(), UUID.replace("-", ""), "{" + UUID[:-2] + "}", UUID + "\n"),
    *("accepted", "normal", "A", {"A": "normal"}, {"B": "nonsense"}),
]
odd = st.sampled_from(ODD)


def plausible(field: fields.Field[Any], depth: int) -> st.SearchStrategy[Any]:
    """Values that *field* often accepts."""
    if isinstance(field, fields.Nested):
        return documents_of(field.schema, depth + 1)
    if isinstance(field, fields.List):
        return st.lists(value_of(field.inner, depth), max_size=2 if depth else 3)
    if isinstance(field, Choice):
        return st.sampled_from(list(field.validators[0].choices))
    if isinstance(field, WholeNumber):
        return st.integers(field.lowest - 1, field.highest + 1)
    if isinstance(field, DecimalText):
        return st.decimals(-100, 10**7, allow_nan=False, places=2).map(str)
    if isinstance(field, Day):
        return st.dates().map(str)
    if isinstance(field, UtcTime):
        return st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z")
    if isinstance(field, UuidText):
        return st.uuids().map(str)
    if isinstance(field, Text):
        return st.text(max_size=12)
    return odd


def value_of(field: fields.Field[Any], depth: int = 0) -> st.SearchStrategy[Any]:
    usual = plausible(field, depth)
    return st.one_of(usual, usual, usual, usual, st.none() if field.allow_none else usual, odd)


def documents_of(schema: Schema, depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    named = {
        field.data_key or name: value_of(field, depth) for name, field in schema.load_fields.items()
    }
    needed = {name: value for name, value in named.items() if _by_key(schema, name).required}
    rest = {name: value for name, value in named.items() if name not in needed}
    whole = st.fixed_dictionaries(needed, optional=rest)
    strange = st.dictionaries(st.sampled_from([*named, "unknown"]), odd, max_size=1)
    return st.one_of(whole, whole, whole, st.builds(lambda one, two: one | two, whole, strange))


def _by_key(schema: Schema, key: str) -> fields.Field[Any]:
    return next(f for name, f in schema.load_fields.items() if (f.data_key or name) == key)


def outcome(load: Any, document: Any) -> Any:
    try:
        # As text: 1 is not True, and the order of the fields is part of the answer.
        return json.dumps(load(document))
    except ValidationError as error:
        return error.messages


def assert_same(schema: Schema, document: Any) -> None:
    try:
        quickly = json.dumps(compiled(schema).load_at_once(document))
    except Unsure:
        pass
    else:
        assert quickly == outcome(schema.load, document)
    assert outcome(compiled(schema).load, document) == outcome(schema.load, document)


SCHEMAS = [
    MutationIn(),
    *(collection.schema for collection in COLLECTIONS.values() if collection.schema is not None),
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: type(schema).__name__)
def test_whatever_arrives_both_ways_agree(schema: Schema) -> None:
    @settings(max_examples=60, derandomize=True, deadline=None, database=None)
    @given(documents_of(schema))
    def agree(document: dict[str, Any]) -> None:
        assert_same(schema, document)

    agree()


class OfEveryKind(Schema):
    """Each of the fields, and what fields and lists can be told."""

    text = Text(longest=10, shortest=2)
    renamed = Text(data_key="wire-name", attribute="kept_name")
    number = WholeNumber(lowest=1, highest=5, load_default=3)
    checked_text = Text(validate=validate.Regexp("^a"))
    short_list = fields.List(Text(allow_none=True), validate=validate.Length(max=2))
    long_list = fields.List(Text(), validate=validate.Length(min=1))
    many = fields.Nested(lambda: Inside(), many=True)
    one = fields.Nested(lambda: Inside(), load_default=dict)
    plain = fields.Integer()


class Inside(Schema):
    at = UtcTime(required=True)
    amount = DecimalText(lowest="0", highest="9")


OF_EVERY_KIND = OfEveryKind()


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(documents_of(OF_EVERY_KIND))
def test_both_ways_agree_on_every_kind_of_field(document: dict[str, Any]) -> None:
    assert_same(OF_EVERY_KIND, document)


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_both_ways_agree_on_every_odd_value_in_every_field(value: Any) -> None:
    for schema in (OF_EVERY_KIND, *SCHEMAS):
        assert_same(schema, value)
        for name, field in schema.load_fields.items():
            assert_same(schema, {field.data_key or name: value})


def test_what_a_phone_usually_sends_takes_the_quick_way() -> None:
    assert compiled(GoodsReceiptSchema()).load_at_once(_receipt())["lines"]


def test_rules_over_several_fields_are_asked_on_the_quick_way_too() -> None:
    receipt = _receipt()
    receipt["lines"][0]["rejected_quantity"] = "1"
    with pytest.raises(Unsure):
        compiled(GoodsReceiptSchema()).load_at_once(receipt)
    with pytest.raises(ValidationError, match="delivered_quantity"):
        compiled(GoodsReceiptSchema()).load(receipt)


def _receipt() -> dict[str, Any]:
    product = {"id": UUID, "shelf_life_days": 7, "unit": "box", "storage_class": "chilled"}
    item = {"id": "look", "type": "check", "photo": "none"}
    draft = begin_receipt(UUID, None, "2026-03-02")
    add_line(draft, product, {"id": UUID, "head_items": [], "items": [item]})
    return draft.document


def _with(hook: Any, **options: Any) -> Schema:
    return type("Hooked", (Schema,), {"name": Text(), "hook": hook, **options})()


@pytest.mark.parametrize(
    "schema",
    [
        _with(pre_load(lambda self, data, **_: {"name": "before"})),
        _with(post_load(lambda self, data, **_: {"name": "after"})),
        _with(validates("name")(lambda self, value, **_: _refuse())),
        _with(validates_schema(pass_original=True)(lambda self, data, original, **_: _refuse())),
        _with(None, Meta=type("Meta", (), {"unknown": INCLUDE})),
    ],
    ids=["pre_load", "post_load", "validates", "pass_original", "include"],
)
def test_what_a_schema_does_besides_is_never_left_out(schema: Schema) -> None:
    assert_same(schema, {"name": "given", "other": 1})
    assert_same(schema, {"name": "given"})


def _refuse() -> None:
    raise ValidationError("refused")
