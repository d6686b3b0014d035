"""What an import would do, or did, row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from schemas.messages import shown
from server.errors import CHINESE, ENGLISH, Text
from server.imports.columns import Kind

Effect = Literal["created", "changed", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class CellError:
    """Why a row cannot be taken: its column by the record's field, and what stood there."""

    column: str | None
    value: str
    text: Text

    def to_dict(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "value": shown(self.value),
            "zh": self.text.render(CHINESE),
            "en": self.text.render(ENGLISH),
        }


@dataclass(slots=True)
class RowReport:
    number: int
    key: str
    effect: Effect = "unchanged"
    fields: list[str] = field(default_factory=list)
    """What becomes different, by the record's fields."""
    errors: list[CellError] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {
            "row": self.number,
            "key": self.key,
            "effect": self.effect,
            "fields": self.fields,
            "errors": [error.to_dict() for error in self.errors],
        }


@dataclass(slots=True)
class ImportReport:
    kind: Kind
    left_out: list[str]
    """Headings that name no column."""
    rows: list[RowReport] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)
    """Made for new people, by user name: told once, in the import's answer, and kept nowhere."""

    @property
    def refused(self) -> list[RowReport]:
        return [row for row in self.rows if row.effect == "refused"]

    def counts(self) -> dict[str, int]:
        found = Counter(row.effect for row in self.rows)
        return {name: found[name] for name in ("created", "changed", "unchanged", "refused")}

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind.name,
            "columns": [
                {"name": column.name, "zh": column.heading.zh, "en": column.heading.en}
                for column in self.kind.columns
            ],
            "counts": self.counts(),
            "left_out": self.left_out,
            "rows": [row.to_dict() for row in self.rows],
            "passwords": [
                {"username": name, "password": password}
                for name, password in self.passwords.items()
            ],
        }
