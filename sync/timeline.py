"""A value as it went through the versions since a mutation's base, and who wrote each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sync.values import alike, field_of


@dataclass(frozen=True, slots=True)
class Timeline:
    """One value in every version from the base (first) to the current one (last).

    ``own[i]`` tells whether the pushing device wrote version *i*; ``own[0]`` means nothing.
    """

    values: tuple[Any, ...]
    own: tuple[bool, ...]

    @property
    def current(self) -> Any:
        return self.values[-1]

    def of(self, part: Callable[[Any], Any]) -> Timeline:
        """The timeline of a part of the value."""
        return Timeline(tuple(part(value) for value in self.values), self.own)

    def field(self, name: str) -> Timeline:
        """The timeline of one field of an object, ``MISSING`` where it was not there."""
        return self.of(lambda value: field_of(value, name))

    def last_foreign_change(self) -> int:
        """Where somebody else last changed the value, as an index [≥ 1]; 0 if nobody did."""
        for index in range(len(self.values) - 1, 0, -1):
            if not self.own[index] and not alike(self.values[index], self.values[index - 1]):
                return index
        return 0

    def seen_by_device(self) -> Any:
        """What the pushing device last knew the value to be before somebody else changed it.

        That is the base, or what the device itself wrote after it: a device remembers its own
        edits even if the answer to them was lost.
        """
        seen = self.values[0]
        for index in range(1, self.last_foreign_change()):
            if self.own[index] and not alike(self.values[index], self.values[index - 1]):
                seen = self.values[index]
        return seen

    def own_steps(self) -> Sequence[tuple[Any, Any]]:
        """The (before, after) pairs of the versions the pushing device wrote."""
        return [
            (self.values[index - 1], self.values[index])
            for index in range(1, len(self.values))
            if self.own[index]
        ]

    def tip_of_own_run(self) -> int:
        """The index of the last of the versions the device wrote right upon its base [≥ 0]."""
        tip = 0
        while tip + 1 < len(self.values) and self.own[tip + 1]:
            tip += 1
        return tip

    def is_untouched_by_device(self, mine: Any) -> bool:
        """Whether *mine* is certainly what the device knew already.

        The tip of its own run is exactly that; what it wrote later was merged with what others
        had written, so that the stored value is not the one it knew.
        """
        tip = self.tip_of_own_run()
        own_later = any(
            self.own[index] and not alike(self.values[index], self.values[index - 1])
            for index in range(tip + 1, len(self.values))
        )
        return not own_later and alike(mine, self.values[tip])
