"""Schemas prepared for speed: marshmallow's answer, without marshmallow's way there.

A schema is walked once and becomes a chain of small checks that know the everyday values: the right
type, in range, spelled as we spell it. What a check does not know it hands to the schema's own
field, and where that objects, the whole document goes to ``schema.load``. So the schema stays the
only definition, and every refusal is worded by it. ``tests/unit/test_schemas_compiled.py`` holds
that both ways always give the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple
from unicodedata import is_normalized

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, missing, validate
from marshmallow.decorators import VALIDATES_SCHEMA

from schemas.fields import (
    Choice,
    Day,
    DecimalText,
    Flag,
    ServerOwned,
    Text,
    UtcTime,
    UuidText,
    WholeNumber,
)

Check = Callable[[Any], Any]
"""Gives a value's canonical form, or raises :class:`Unsure` or marshmallow's error."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}(?:\.[0-9]{3})?Z"
).fullmatch
_WITH_MILLISECONDS = len("2026-03-01T08:30:00.000Z")
_REMEMBERED = 2048


class Unsure(Exception):
    """The quick way does not know; nothing is said about the document."""


_UNSURE = Unsure()


class CompiledSchema:
    """``load`` as the schema's, several times as fast for documents in which nothing is wrong."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._check = _object_check(schema, ())

    def load(self, document: Any) -> dict[str, Any]:
        """What ``schema.load(document)`` gives.

        Raises
        ------
        ValidationError
            The schema's own.
        """
        try:
            return self.load_at_once(document)
        except Unsure:
            loaded: dict[str, Any] = self._schema.load(document)
            return loaded

    def load_at_once(self, document: Any) -> dict[str, Any]:
        """The same by the quick way alone.

        Raises
        ------
        Unsure
            for everything but a document that the schema accepts.
        """
        try:
            loaded: dict[str, Any] = self._check(document)
        except ValidationError:
            raise _UNSURE from None
        return loaded


@cache
def compiled(schema: Schema) -> CompiledSchema:
    """The one compiled form of *schema*."""
    return CompiledSchema(schema)


# -- objects ---------------------------------------------------------------------------------------


class _Entry(NamedTuple):
    """One field of an object: where it stands, and what happens to it."""

    name: str
    key: str
    check: Check
    is_nullable: bool
    default: Any
    makes_default: bool


def _object_check(schema: Schema, inside: tuple[type[Schema], ...]) -> Check:
    """The check of a whole object. *inside* are the schemas around it: none holds itself."""
    validators = _schema_validators(schema)
    if validators is None or type(schema) in inside or schema.unknown not in (RAISE, EXCLUDE):
        return _refuse
    inside = (*inside, type(schema))
    plan = tuple(_entry(name, field, inside) for name, field in schema.load_fields.items())
    refuses_unknown = schema.unknown == RAISE

    def check(document: Any) -> dict[str, Any]:
        if type(document) is not dict:
            raise _UNSURE
        result: dict[str, Any] = {}
        found = _fill(result, plan, document)
        if refuses_unknown and found != len(document):
            raise _UNSURE
        for validator in validators:
            validator(result)
        return result

    return check


def _fill(result: dict[str, Any], plan: tuple[_Entry, ...], document: dict[str, Any]) -> int:
    """Put the checked values of *document* into *result*; gives how many fields it had."""
    found = 0
    for name, key, check, is_nullable, default, makes_default in plan:
        value = document.get(name, missing)
        if value is missing:
            if default is not missing:
                result[key] = default() if makes_default else default
            continue
        found += 1
        if value is not None:
            result[key] = check(value)
        elif is_nullable:
            result[key] = None
        else:
            raise _UNSURE
    return found


def _entry(name: str, field: fields.Field[Any], inside: tuple[type[Schema], ...]) -> _Entry:
    key = field.attribute if field.attribute is not None else name
    default = _refuse_missing if field.required else field.load_default
    check = _field_check(field, inside) if "." not in key else _refuse
    return _Entry(
        name=field.data_key if field.data_key is not None else name,
        key=key,
        check=check,
        is_nullable=bool(field.allow_none),
        default=default,
        makes_default=callable(default),
    )


def _schema_validators(schema: Schema) -> list[Check] | None:
    """The schema's own checks over several fields; None if it does anything else besides."""
    hooks = {tag: found for tag, found in schema._hooks.items() if found}
    if hooks.keys() - {VALIDATES_SCHEMA}:
        return None
    validators: list[Check] = []
    for name, takes_many, options in hooks.get(VALIDATES_SCHEMA, ()):
        if takes_many or options.get("pass_original"):
            return None
        validators.append(_schema_validator(getattr(schema, name), schema.unknown))
    return validators


def _schema_validator(method: Callable[..., Any], unknown: Any) -> Check:
    return lambda data: method(data, partial=None, many=False, unknown=unknown)


def _refuse(_value: Any) -> Any:
    raise _UNSURE


def _refuse_missing() -> Any:
    raise _UNSURE


# -- fields ----------------------------------------------------------------------------------------


def _field_check(field: fields.Field[Any], inside: tuple[type[Schema], ...]) -> Check:
    """The quick check for exactly this type of field, with its validators; or the field itself."""
    if type(field) is fields.Nested:
        return _nested_check(field, inside)
    if type(field) is fields.List:
        return _list_check(field, inside)
    if type(field) is Choice:
        return _choice_check(field)
    make = _MAKERS.get(type(field))
    if make is not None and not field.validators:
        return make(field)
    if type(field)._deserialize is fields.Field._deserialize and not field.validators:
        return _as_it_is
    return field.deserialize


def _as_it_is(value: Any) -> Any:
    return value


def _nested_check(field: fields.Nested, inside: tuple[type[Schema], ...]) -> Check:
    if field.many or field.unknown is not None or field.validators:
        return _refuse
    return _object_check(field.schema, inside)


def _list_check(field: fields.List[Any], inside: tuple[type[Schema], ...]) -> Check:
    longest = _longest(field)
    if longest is None or field.inner.required:
        return _refuse
    check, is_nullable = _field_check(field.inner, inside), field.inner.allow_none

    def check_list(value: Any) -> list[Any]:
        if type(value) is not list or len(value) > longest or (not is_nullable and None in value):
            raise _UNSURE
        return [None if one is None else check(one) for one in value]

    return check_list


def _longest(field: fields.List[Any]) -> float | None:
    """How long a list may be; None if more than that is asked of it."""
    if not field.validators:
        return float("inf")
    only = field.validators[0]
    if len(field.validators) > 1 or type(only) is not validate.Length:
        return None
    return None if only.min is not None or only.equal is not None else only.max


def _choice_check(field: Choice) -> Check:
    only = field.validators[0]
    if len(field.validators) > 1 or type(only) is not validate.OneOf:
        return field.deserialize
    words = {word: word for word in only.choices}

    def check(value: Any) -> Any:
        if type(value) is str and value in words:
            return words[value]
        raise _UNSURE

    return check


def _text_check(field: Text) -> Check:
    shortest, longest, slowly = field.shortest, field.longest, field.deserialize

    def check(value: Any) -> Any:
        if (
            type(value) is str
            and len(value) <= longest
            and value.isprintable()
            and (value.isascii() or is_normalized("NFC", value))
            and (not shortest or len(value.strip()) >= shortest)
        ):
            return value
        return slowly(value)

    return check


def _number_check(field: WholeNumber) -> Check:
    lowest, highest = field.lowest, field.highest

    def check(value: Any) -> Any:
        if type(value) is int and lowest <= value <= highest:
            return value
        raise _UNSURE

    return check


def _uuid_check(field: UuidText) -> Check:
    slowly = field.deserialize

    def check(value: Any) -> Any:
        return value if type(value) is str and _UUID(value) else slowly(value)

    return check


def _time_check(field: UtcTime) -> Check:
    slowly = field.deserialize

    def check(value: Any) -> Any:
        if type(value) is str and _TIME(value) and _is_calendar_day(value[:10]):
            return value if len(value) == _WITH_MILLISECONDS else f"{value[:-1]}.000Z"
        return slowly(value)

    return check


@lru_cache(_REMEMBERED)
def _is_calendar_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _flag_check(_field: Flag) -> Check:
    def check(value: Any) -> Any:
        if type(value) is bool:
            return value
        raise _UNSURE

    return check


def _remembering_check(field: fields.Field[Any]) -> Check:
    """For short texts that come again and again: days, quantities."""
    slowly = lru_cache(_REMEMBERED)(field.deserialize)

    def check(value: Any) -> Any:
        if type(value) is str:
            return slowly(value)
        raise _UNSURE

    return check


_MAKERS: Mapping[type, Callable[[Any], Check]] = {
    Text: _text_check,
    WholeNumber: _number_check,
    UuidText: _uuid_check,
    UtcTime: _time_check,
    Flag: _flag_check,
    Day: _remembering_check,
    DecimalText: _remembering_check,
    ServerOwned: lambda _field: _as_it_is,
}
