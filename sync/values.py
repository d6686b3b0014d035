"""JSON values compared as JSON, not as Python: ``true`` is not 1, an absent field may be empty."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final


class Missing(Enum):
    """The value of a field that is not there."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_empty(value: Any) -> bool:
    """Whether *value* says nothing: missing, null, or an empty text, list or object."""
    return value is MISSING or value is None or value == "" or value in ([], {})


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON value; 1 and 1.0 are, 1 and true are not."""
    # Python's equality is the looser one, and by far the faster.
    if one is other:
        return True
    if one != other:
        return False
    if is_number(one) and is_number(other):
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return True


def alike(one: Any, other: Any) -> bool:
    """Whether two states of a field are the same, an absent one being as good as an empty one.

    A device that never knew a field leaves it out; that alone must not look like a change.
    """
    if one is MISSING or other is MISSING:
        return is_empty(one) and is_empty(other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(map(alike, one, other))
    return same(one, other)


def field_of(value: Any, name: str) -> Any:
    """``value[name]``, or :data:`MISSING` if there is no such field or *value* is no object."""
    return value.get(name, MISSING) if isinstance(value, Mapping) else MISSING


def differing_fields(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """The names, in alphabetical order, of fields that are not alike in two documents."""
    names = {*one, *other}
    return tuple(
        sorted(name for name in names if not alike(field_of(one, name), field_of(other, name)))
    )
