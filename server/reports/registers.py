"""Tables in the layouts that authorities ask for, as sheets to be printed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from server.reports.tables import Column, Table, Value
from server.reports.typesetting import Sheet
from server.reports.wording import KITCHEN_TIME, Wording, clock


@dataclass(frozen=True, slots=True)
class RetainedSample:
    """One entry of the register of retained food samples (留样)."""

    food: str
    retained_at: datetime
    weight_g: Decimal
    conditions: str
    keep_until: datetime
    ordered_by: str
    delivered_at: datetime | None
    retained_by: str


def sample_retention_table(
    samples: Iterable[RetainedSample], words: Wording, notes: Sequence[str]
) -> Table:
    """The register of retained samples. Source: 餐饮服务食品安全操作规范, annex C."""
    columns = [
        Column(words.label("samples.position"), "number", 6),
        Column(words.label("samples.food"), width=24),
        Column(words.label("samples.retained_at"), "moment", 16),
        Column(words.label("samples.weight_g"), "number", 10),
        Column(words.label("samples.conditions"), width=16),
        Column(words.label("samples.keep_until"), "moment", 16),
        Column(words.label("samples.ordered_by"), width=18),
        Column(words.label("samples.delivered_at"), "moment", 16),
        Column(words.label("samples.retained_by"), width=12),
    ]
    rows = (
        [
            at,
            sample.food,
            sample.retained_at,
            sample.weight_g,
            sample.conditions,
            sample.keep_until,
            sample.ordered_by,
            sample.delivered_at,
            sample.retained_by,
        ]
        for at, sample in enumerate(samples, start=1)
    )
    notes = [*notes, words.label("samples.basis"), words.label("times.note")]
    return Table(words.label("samples.title"), columns, rows, notes)


def register_sheet(table: Table, words: Wording, made_at: datetime, *, empty: str) -> Sheet:
    """Any table on A4 paper held sideways, its head repeated on every page.

    Parameters
    ----------
    made_at : datetime
        When what it shows last changed: the same entries give the same bytes.
    empty : str
        What is said where there is no row.
    """
    notes = [words.text(note) for note in table.notes]
    data = {
        "title": table.title,
        "head": {"number": " · ".join([table.title, *notes[:3]])},
        "notes": notes,
        "columns": [
            {
                "label": column.label,
                "group": column.group,
                "width": column.width,
                "kind": column.kind,
            }
            for column in table.columns
        ],
        "rows": [[_printed(value, words) for value in row] for row in table.rows],
        "empty": empty,
    }
    return Sheet("register.typ", words.language, data, made_at)


def _printed(value: Value, words: Wording) -> str:
    if isinstance(value, datetime):
        return clock(value)[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return words.narrow(value)


def start_of(day: date) -> datetime:
    """Midnight in the kitchen."""
    return datetime(day.year, day.month, day.day, tzinfo=KITCHEN_TIME)
