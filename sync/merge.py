"""Three-way merge of documents by policy. Total: whatever JSON a device sends, nothing raises.

"Mine" is the pushing device's, "theirs" is what stands on the server. A value of unexpected shape
(a list where the policy expects an object) is treated as a register; judging shapes is the
handler's business, which sees the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync.canonical import canonical_json
from sync.policy import FieldPolicy, MergePolicy, Rule
from sync.timeline import Timeline
from sync.values import MISSING, alike, field_of, is_number

Clashes = list[str]
"""Paths of real conflicts, collected while merging: ``title``, ``lines/<id>/unit``."""


def join_path(path: str, name: str) -> str:
    """Append a step to a path, escaped as in a JSON pointer (RFC 6901, section 3)."""
    step = name.replace("~", "~0").replace("/", "~1")
    return f"{path}/{step}" if path else step


def impose(policy: MergePolicy, mine: Mapping[str, Any], theirs: Any) -> dict[str, Any]:
    """*mine* with the server-owned fields of *theirs* (which may be ``MISSING``)."""
    result = dict(mine)
    for name, field in policy.fields.items():
        current = field_of(theirs, name)
        if field.rule is Rule.SERVER:
            _put(result, name, current)
        elif field.rule is Rule.FIXED and current is not MISSING:
            result[name] = current
        elif field.rule is Rule.BY_ID and name in result:
            result[name] = _impose_items(field, result[name], current)
    return result


def _impose_items(field: FieldPolicy, mine: Any, theirs: Any) -> Any:
    my_items, their_items = _items(mine), _items(theirs)
    if not isinstance(mine, list) or my_items is None or field.item is None:
        return mine
    stored = their_items or {}
    return [impose(field.item, item, stored.get(key, MISSING)) for key, item in my_items.items()]


def merge_record(
    policy: MergePolicy, path: str, timeline: Timeline, mine: Mapping[str, Any], clashes: Clashes
) -> dict[str, Any]:
    """Merge one object field by field; conflicting paths are added to *clashes*."""
    if not timeline.last_foreign_change():
        return impose(policy, mine, timeline.current)
    theirs: Mapping[str, Any] = timeline.current if isinstance(timeline.current, dict) else {}
    result: dict[str, Any] = {}
    grouped = {name for group in policy.groups for name in group}
    for name in dict.fromkeys([*theirs, *mine]):
        if name in grouped:
            continue
        part = timeline.field(name)
        merged = _merge_field(
            policy.fields.get(name), join_path(path, name), part, field_of(mine, name), clashes
        )
        _put(result, name, merged)
    for group in policy.groups:
        _merge_group(group, path, timeline, mine, result, clashes)
    return result


def _merge_field(
    field: FieldPolicy | None, path: str, timeline: Timeline, mine: Any, clashes: Clashes
) -> Any:
    if timeline.last_foreign_change() and timeline.is_untouched_by_device(mine):
        return timeline.current
    merge = _MERGES[field.rule if field else Rule.REGISTER]
    return merge(field, path, timeline, mine, clashes)


def _put(result: dict[str, Any], name: str, value: Any) -> None:
    if value is MISSING:
        result.pop(name, None)
    else:
        result[name] = value


def _settle(timeline: Timeline, mine: Any) -> tuple[Any, bool]:
    """The register rule: the value that stands, and whether the two sides clash.

    A device never conflicts with itself: only a change by somebody else, of this very value, that
    the device had not seen when it made its own, is a clash.
    """
    theirs = timeline.current
    if alike(mine, theirs):
        return theirs, False
    if not timeline.last_foreign_change():
        return mine, False
    return theirs, not alike(mine, timeline.seen_by_device())


def _merge_register(
    _field: FieldPolicy | None, path: str, timeline: Timeline, mine: Any, clashes: Clashes
) -> Any:
    value, is_clash = _settle(timeline, mine)
    if is_clash:
        clashes.append(path)
    return value


def _merge_group(
    group: tuple[str, ...],
    path: str,
    timeline: Timeline,
    mine: Mapping[str, Any],
    result: dict[str, Any],
    clashes: Clashes,
) -> None:
    """Fields that make sense only together are settled as one value."""

    def together(value: Any) -> tuple[Any, ...]:
        return tuple(field_of(value, name) for name in group)

    part, my_values = timeline.of(together), together(mine)
    values, is_clash = _settle(part, my_values)
    for name, value, my_value in zip(group, values, my_values, strict=True):
        _put(result, name, value)
        if is_clash and not alike(my_value, value):
            clashes.append(join_path(path, name))


def _merge_server(
    _field: FieldPolicy | None, _path: str, timeline: Timeline, _mine: Any, _clashes: Clashes
) -> Any:
    return timeline.current


def _merge_fixed(
    _field: FieldPolicy | None, _path: str, timeline: Timeline, mine: Any, _clashes: Clashes
) -> Any:
    return mine if timeline.current is MISSING else timeline.current


def _merge_counter(
    field: FieldPolicy | None, path: str, timeline: Timeline, mine: Any, clashes: Clashes
) -> Any:
    numbers = [0 if value is MISSING else value for value in timeline.values]
    # Who took the counter away did not count: that is settled as for any other value.
    is_removed = timeline.current is MISSING or mine is MISSING
    if is_removed or not all(map(is_number, [*numbers, mine])):
        return _merge_register(field, path, timeline, mine, clashes)
    steps = Timeline(tuple(numbers), timeline.own)
    known = numbers[0] + sum(after - before for before, after in steps.own_steps())
    return numbers[-1] + mine - known


def _merge_map_max(
    field: FieldPolicy | None, path: str, timeline: Timeline, mine: Any, clashes: Clashes
) -> Any:
    if not timeline.last_foreign_change():
        return mine
    theirs, ours = _map(timeline.current), _map(mine)
    if (
        theirs is None
        or ours is None
        or not all(map(is_number, [*theirs.values(), *ours.values()]))
    ):
        return _merge_register(field, path, timeline, mine, clashes)
    return {
        key: max(side[key] for side in (theirs, ours) if key in side)
        for key in dict.fromkeys([*theirs, *ours])
    }


def _merge_key_by_key(
    field: FieldPolicy | None, path: str, timeline: Timeline, mine: Any, clashes: Clashes
) -> Any:
    maps = [_map(value) for value in (*timeline.values, mine)]
    if not timeline.last_foreign_change() or any(value is None for value in maps):
        return _merge_register(field, path, timeline, mine, clashes)
    result: dict[str, Any] = {}
    for key in dict.fromkeys([*(maps[-2] or {}), *(maps[-1] or {})]):
        part = timeline.of(lambda value, key=key: _entry(value, key))  # type: ignore[misc]
        entry, is_clash = _settle(part, _entry(mine, key))
        if is_clash:
            clashes.append(join_path(path, key))
        if entry is not MISSING:
            result[key] = entry[0]
    return result


def _entry(value: Any, key: str) -> Any:
    """A map's entry in a tuple: unlike a field, an empty entry is not as good as none."""
    entry = field_of(value, key)
    return MISSING if entry is MISSING else (entry,)


def _merge_set(
    field: FieldPolicy | None, path: str, timeline: Timeline, mine: Any, clashes: Clashes
) -> Any:
    sets = [_elements(value) for value in (*timeline.values, mine)]
    if not timeline.last_foreign_change() or any(value is None for value in sets):
        return _merge_register(field, path, timeline, mine, clashes)
    base, *later, ours = [value or {} for value in sets]
    known = set(base)
    for before, after in Timeline((base, *later), timeline.own).own_steps():
        known = (known | (after.keys() - before.keys())) - (before.keys() - after.keys())
    theirs = later[-1] if later else base
    kept = (theirs.keys() | (ours.keys() - known)) - (known - ours.keys())
    # Sorted, so that the result does not depend on who arrived first.
    return [{**theirs, **ours}[text] for text in sorted(kept)]


def _merge_by_id(
    field: FieldPolicy | None, path: str, timeline: Timeline, mine: Any, clashes: Clashes
) -> Any:
    lists = [_items(value) for value in (*timeline.values, mine)]
    if field is None or field.item is None or any(value is None for value in lists):
        return _merge_register(field, path, timeline, mine, clashes)
    base, *_, theirs, ours = [value or {} for value in lists]
    if not timeline.last_foreign_change():
        return _impose_items(field, mine, timeline.current)
    versions = Timeline(tuple(value or {} for value in lists[:-1]), timeline.own)
    merged: dict[str, Any] = {}
    for key in dict.fromkeys([*theirs, *ours]):
        part = versions.field(key)
        item = _merge_item(field.item, join_path(path, key), part, ours.get(key, MISSING), clashes)
        _put(merged, key, item)
    return [merged[key] for key in _order(base, theirs, ours, merged)]


def _merge_item(
    policy: MergePolicy, path: str, timeline: Timeline, mine: Any, clashes: Clashes
) -> Any:
    if mine is not MISSING and timeline.current is not MISSING:
        return merge_record(policy, path, timeline, mine, clashes)
    value, is_clash = _settle(timeline, mine)
    if is_clash:
        clashes.append(path)
    return impose(policy, value, timeline.current) if value is mine is not MISSING else value


def _order(
    base: Iterable[str], theirs: Iterable[str], ours: Iterable[str], merged: Mapping[str, Any]
) -> list[str]:
    """The order of a merged list: as it was, as whoever rearranged it wants it, additions last.

    Additions of both sides stand in the order of their ids, so that the result does not depend on
    who arrived first; with UUIDv7 that is the order in which they were made.
    """
    known = set(base)

    def arranged(side: Iterable[str]) -> list[str]:
        return [key for key in side if key in known]

    kept_by_both = [key for key in arranged(theirs) if key in set(ours)]
    mine_rearranged = [key for key in arranged(ours) if key in set(theirs)]
    theirs_untouched = kept_by_both == [key for key in base if key in set(kept_by_both)]
    first = mine_rearranged if theirs_untouched else kept_by_both
    rest = [key for key in [*arranged(theirs), *arranged(ours)] if key not in set(first)]
    old = [key for key in dict.fromkeys([*first, *rest]) if key in merged]
    return [*old, *sorted(merged.keys() - set(old))]


def _map(value: Any) -> dict[str, Any] | None:
    if value is MISSING or value is None:
        return {}
    return value if isinstance(value, dict) else None


def _items(value: Any) -> dict[str, Any] | None:
    """A list of objects as a dict by id, or ``None`` if it is not such a list."""
    if value is MISSING or value is None:
        return {}
    if not isinstance(value, list):
        return None
    items = {}
    for item in value:
        key = item.get("id") if isinstance(item, dict) else None
        if not isinstance(key, str) or key in items:
            return None
        items[key] = item
    return items


def _elements(value: Any) -> dict[str, Any] | None:
    """A list as a dict from canonical text to element, or ``None`` if it is no list."""
    if value is MISSING or value is None:
        return {}
    return {canonical_json(item): item for item in value} if isinstance(value, list) else None


_Merge = Callable[[FieldPolicy | None, str, Timeline, Any, Clashes], Any]
_MERGES: Mapping[Rule, _Merge] = {
    Rule.REGISTER: _merge_register,
    Rule.SERVER: _merge_server,
    Rule.FIXED: _merge_fixed,
    Rule.BY_ID: _merge_by_id,
    Rule.KEY_BY_KEY: _merge_key_by_key,
    Rule.MAP_MAX: _merge_map_max,
    Rule.SET: _merge_set,
    Rule.COUNTER: _merge_counter,
}
