"""What became of a form that was read: row by row, so that nothing is lost unseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from server.errors import CHINESE, ENGLISH, Text

Effect = Literal["left_out", "changed", "assumed"]
"""``left_out``: not in the checklist; ``changed``: in it, with another meaning; ``assumed``: the
form does not say, so something was taken."""

_ENTRIES_MOST = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """*what* is the cell's text; *why* says what cannot be taken over."""

    sheet: str
    row: int | None
    column: str | None
    effect: Effect
    what: str
    why: Text

    def to_dict(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "effect": self.effect,
            "what": self.what,
            "zh": self.why.render(CHINESE),
            "en": self.why.render(ENGLISH),
        }


@dataclass(slots=True)
class Report:
    entries: list[Entry] = field(default_factory=list)
    _seen: set[tuple[str, int | None, str | None, str]] = field(default_factory=set)

    def add(
        self,
        where: tuple[str, int | None],
        column: str | None,
        effect: Effect,
        what: str,
        why: Text,
    ) -> None:
        """Enter it, once: the same cell may be looked at twice."""
        sheet, row = where
        key = (sheet, row, column, why.en)
        if key not in self._seen and len(self.entries) < _ENTRIES_MOST:
            self._seen.add(key)
            short = what if len(what) <= 120 else what[:119] + "…"
            self.entries.append(Entry(sheet, row, column, effect, short, why))

    def in_order(self) -> list[Entry]:
        return sorted(self.entries, key=lambda e: (_SHEETS.get(e.sheet, 9), e.sheet, e.row or 0))


_SHEETS = {"survey": 0, "choices": 1, "settings": 2}
