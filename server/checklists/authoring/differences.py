"""What changed between two versions of a checklist, as data for a page or a report. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

_LISTS = ("sections", "head_items", "items")
_OWN_TO_EACH = frozenset({"id", "version", "reason", "valid_from", *_LISTS})


class Difference(NamedTuple):
    """*pointer* is the place in the newer version; in the older one for what was removed."""

    change: str
    pointer: str
    item_id: str | None
    before: Any
    after: Any


def differences(older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[Difference]:
    """Everything that differs; empty for two versions that ask and judge the same."""
    names = [name for name in dict.fromkeys((*older, *newer)) if name not in _OWN_TO_EACH]
    found = [*_of_fields(older, newer, names, "", None)]
    for name in _LISTS:
        found += _of_list(older.get(name, []), newer.get(name, []), f"/{name}")
    return found


def _of_fields(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: Sequence[str],
    pointer: str,
    item_id: str | None,
) -> Iterator[Difference]:
    for name in names:
        old, new = before.get(name), after.get(name)
        if old != new:
            yield Difference("changed", f"{pointer}/{name}", item_id, old, new)


def _of_list(
    older: Sequence[Mapping[str, Any]], newer: Sequence[Mapping[str, Any]], pointer: str
) -> Iterator[Difference]:
    before = {one["id"]: one for one in older}
    places = {one["id"]: f"{pointer}/{at}" for at, one in enumerate(newer)}
    for at, one in enumerate(older):
        if one["id"] not in places:
            yield Difference("removed", f"{pointer}/{at}", one["id"], one, None)
    moved = _moved([i for i in before if i in places], [i for i in places if i in before])
    for one in newer:
        item_id, place = one["id"], places[one["id"]]
        if item_id not in before:
            yield Difference("added", place, item_id, None, one)
            continue
        names = list(dict.fromkeys((*before[item_id], *one)))
        yield from _of_fields(before[item_id], one, names, place, item_id)
        if item_id in moved:
            yield Difference("moved", place, item_id, None, None)


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The fewest ids that must have been moved to get from one order to the other."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    kept = {
        after[at]
        for block in matcher.get_matching_blocks()
        for at in range(block.b, block.b + block.size)
    }
    return set(after) - kept
