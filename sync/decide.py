"""What becomes of one mutation: a pure function of the record's versions and the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sync.merge import Clashes, impose, merge_record
from sync.policy import MergePolicy
from sync.records import Document, Head, Mutation, Operation, PastVersion
from sync.timeline import Timeline
from sync.values import MISSING, differing_fields

BASE_UNKNOWN = "base-unknown"
"""The server never had, or no longer has, the record that the device changed."""
NO_COMMON_BASE = "no-common-base"
"""The version the device worked from is in the future or compacted away."""
BOTH_CHANGED = "both-changed"
DELETED_BY_OTHER = "deleted-by-other"
CHANGED_BY_OTHER = "changed-by-other"
SEALED = "sealed"
MERGED_INVALID = "merged-invalid"
"""Each side stands alone, but together they break a rule."""

DELETED_FIELD = "deleted"
"""Stands among a conflict's fields for the record's being deleted or not."""

_BEFORE_BIRTH = PastVersion(version=0, deleted=True, document={})


@dataclass(frozen=True, slots=True)
class Apply:
    """Write *document* (``None``: delete). *changed_fields* differ from the current version."""

    document: Document | None
    merged: bool
    changed_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Already so. *merged*: the mutation's change was in vain, others' changes stand beside it."""

    merged: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing is written; both sides are kept. *fields* are paths, *reason* one of the above."""

    fields: tuple[str, ...]
    reason: str


Decision = Apply | Nothing | Conflict


def decide(
    policy: MergePolicy,
    head: Head | None,
    history: Sequence[PastVersion],
    mutation: Mutation,
    device_id: str,
) -> Decision:
    """Decide about *mutation*, pushed by *device_id*.

    Parameters
    ----------
    head
        The record's current version, ``None`` if the server does not know the record.
    history
        All versions from the mutation's base to the current one, both included, oldest first;
        from version 1 if there is no base. One that has gaps or does not begin at the base
        counts as "no common base".
    """
    if mutation.operation is Operation.DELETE:
        return _decide_delete(policy, head, history, mutation, device_id)
    return _decide_upsert(policy, head, history, mutation, device_id)


def _decide_upsert(
    policy: MergePolicy,
    head: Head | None,
    history: Sequence[PastVersion],
    mutation: Mutation,
    device_id: str,
) -> Decision:
    mine = mutation.document or {}
    if head is None:
        if mutation.base_version is not None:
            return Conflict((DELETED_FIELD,), BASE_UNKNOWN)
        document = impose(policy, mine, MISSING)
        return Apply(document, merged=False, changed_fields=tuple(sorted(document)))
    plain = impose(policy, mine, head.document)
    changed = differing_fields(plain, head.document)
    if not head.deleted and not changed:
        return Nothing()
    versions = _unbroken(head, history, mutation.base_version)
    if versions is None:
        fields = (DELETED_FIELD,) if head.deleted else changed
        return Conflict(fields, NO_COMMON_BASE)
    if head.deleted and _deleter(versions) not in (None, device_id):
        return Conflict((DELETED_FIELD,), DELETED_BY_OTHER)
    timeline = _timeline(versions, device_id)
    if not timeline.last_foreign_change():
        return Apply(plain, merged=False, changed_fields=changed)
    return _combine(policy, head, timeline, plain)


def _combine(
    policy: MergePolicy, head: Head, timeline: Timeline, plain: dict[str, object]
) -> Decision:
    """Put the device's document *plain* on top of what others changed since its base."""
    clashes: Clashes = []
    document = merge_record(policy, "", timeline, plain, clashes)
    if clashes:
        return Conflict(tuple(sorted(clashes)), BOTH_CHANGED)
    changed = differing_fields(document, head.document)
    merged = bool(differing_fields(document, plain))
    if not changed and not head.deleted:
        return Nothing(merged)
    if merged and policy.must_not_merge is not None:
        base = timeline.values[timeline.tip_of_own_run()]
        fields = policy.must_not_merge(base, plain, head.document)
        if fields:
            return Conflict(tuple(sorted(fields)), SEALED)
    return Apply(document, merged, changed)


def _decide_delete(
    policy: MergePolicy,
    head: Head | None,
    history: Sequence[PastVersion],
    mutation: Mutation,
    device_id: str,
) -> Decision:
    if head is None or head.deleted:
        return Nothing()
    versions = _unbroken(head, history, mutation.base_version)
    if versions is None:
        return Conflict((DELETED_FIELD,), NO_COMMON_BASE)
    fields = _foreign_fields(policy, versions, device_id)
    if fields:
        return Conflict(fields, CHANGED_BY_OTHER)
    return Apply(None, merged=False, changed_fields=(DELETED_FIELD,))


def _unbroken(
    head: Head, history: Sequence[PastVersion], base_version: int | None
) -> Sequence[PastVersion] | None:
    """The versions from the base to the head, or ``None`` if they are not all there."""
    versions = [_BEFORE_BIRTH, *history] if base_version is None else list(history)
    first = 0 if base_version is None else base_version
    expected = list(range(first, head.version + 1))
    return versions if [v.version for v in versions] == expected and expected else None


def _timeline(versions: Sequence[PastVersion], device_id: str) -> Timeline:
    return Timeline(
        values=tuple(version.document for version in versions),
        own=tuple(version.device_id == device_id for version in versions),
    )


def _deleter(versions: Sequence[PastVersion]) -> str | None:
    """Who deleted the record since the base: a device, "" for no device; ``None`` if nobody."""
    for before, after in reversed(list(pairwise(versions))):
        if after.deleted and not before.deleted:
            return after.device_id or ""
    return None


def _foreign_fields(
    policy: MergePolicy, versions: Sequence[PastVersion], device_id: str
) -> tuple[str, ...]:
    """What others changed since the base, the server's own fields aside."""
    fields: set[str] = set()
    for before, after in pairwise(versions):
        if after.device_id != device_id:
            unchanged = impose(policy, before.document, after.document)
            fields.update(differing_fields(unchanged, after.document))
            if before.deleted and not after.deleted:
                fields.add(DELETED_FIELD)
    return tuple(sorted(fields))
