"""How a collection's documents merge, as data.

A policy is read once for every field of a document. What no policy names is a register: one value
that is taken whole from whoever changed it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sync.values import differing_fields


class Rule(Enum):
    """What happens to a field that was changed since the mutation's base."""

    REGISTER = "register"
    """The whole value of the side that changed it; changed differently by both is a conflict."""
    SERVER = "server"
    """The server's own: what a client sends is ignored, the current value is kept."""
    FIXED = "fixed"
    """The client's at creation, afterwards as the server's (identity, site, capture time)."""
    BY_ID = "by_id"
    """A list of objects with ``id``: merged object by object, field by field."""
    KEY_BY_KEY = "key_by_key"
    """An object as a map: each key is a register of its own."""
    MAP_MAX = "map_max"
    """An object of numbers: where both sides changed it, each key takes the larger value and no
    key is lost."""
    SET = "set"
    """A list whose order means nothing: additions and removals of both sides."""
    COUNTER = "counter"
    """A number to which both sides' differences are added."""


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    rule: Rule
    item: MergePolicy | None = None
    """For :attr:`Rule.BY_ID`: how one object of the list merges."""


Seal = Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]], tuple[str, ...]]
"""``must_not_merge(base, mine, theirs)`` → the fields that forbid merging, or ``()``."""


@dataclass(frozen=True, slots=True)
class SealedBy:
    """The :data:`Seal` that :func:`sealed_by` gives: data too, so that it can be told to others."""

    seals: frozenset[str]
    besides: frozenset[str]

    def __call__(
        self, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> tuple[str, ...]:
        seals = self.seals
        by_me, by_them = self._changed(base, mine), self._changed(base, theirs)
        sealed_by_one = (by_me & seals and by_them - seals) or (by_them & seals and by_me - seals)
        return tuple(sorted((by_me | by_them) & seals)) if sealed_by_one else ()

    def _changed(self, base: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
        return set(differing_fields(base, now)) - self.besides

    def to_dict(self) -> dict[str, Any]:
        return {"seals": sorted(self.seals), "besides": sorted(self.besides)}


@dataclass(frozen=True, slots=True)
class MergePolicy:
    """How the fields of one kind of object merge.

    Parameters
    ----------
    fields
        The rule of each field that is not a register.
    groups
        Fields that make sense only together (the quantities of a line): if two sides changed any
        of a group's fields, all of the group counts as changed. A grouped field has no rule.
    must_not_merge
        Asked when both sides changed different things: names what forbids combining them, for
        example a signature over content its signer has not seen. Only the outermost policy's is
        asked.
    """

    fields: Mapping[str, FieldPolicy] = field(default_factory=dict)
    groups: tuple[tuple[str, ...], ...] = ()
    must_not_merge: Seal | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for a device that merges by the same policy.

        Raises
        ------
        TypeError
            for a ``must_not_merge`` that is not :func:`sealed_by`: only that can be told.
        """
        seal = self.must_not_merge
        if not (seal is None or isinstance(seal, SealedBy)):
            raise TypeError("only sealed_by() can be told to a device")
        return {
            "fields": {
                name: {"rule": field.rule.value, "item": field.item and field.item.to_dict()}
                for name, field in self.fields.items()
            },
            "groups": [list(group) for group in self.groups],
            "sealed_by": seal and seal.to_dict(),
        }


REGISTER = FieldPolicy(Rule.REGISTER)
SERVER = FieldPolicy(Rule.SERVER)
FIXED = FieldPolicy(Rule.FIXED)
KEY_BY_KEY = FieldPolicy(Rule.KEY_BY_KEY)
MAP_MAX = FieldPolicy(Rule.MAP_MAX)
SET = FieldPolicy(Rule.SET)
COUNTER = FieldPolicy(Rule.COUNTER)
_PLAIN_ITEM = MergePolicy(fields={"id": FIXED})


def by_id(item: MergePolicy = _PLAIN_ITEM) -> FieldPolicy:
    """A list of objects with ``id``, each merged by *item*."""
    return FieldPolicy(Rule.BY_ID, item)


def sealed_by(*seal_fields: str, besides: frozenset[str] = frozenset()) -> SealedBy:
    """Forbid merging a change of a seal (a signature) with a change of anything else.

    Whichever side sealed, the other side's changes were not before the signer's eyes. Two seals on
    the same content merge: two people signed the same thing. *besides* names fields a seal does not
    cover.
    """
    return SealedBy(frozenset(seal_fields), besides)
