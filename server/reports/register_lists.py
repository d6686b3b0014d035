"""The registers as tables: samples, disinfection, morning checks, temperatures, waste, pests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.fields import parse_time
from server.reports.lists import ROWS_MAX, Asked, require_at_most, whose
from server.reports.register_rows import EntryOfPeriod, count_entries, entries_of
from server.reports.registers import RetainedSample, sample_retention_table
from server.reports.tables import Column, Kind, Table, Value
from server.reports.wording import Wording

MakeTable = Callable[[Iterable[EntryOfPeriod], Wording, Sequence[str]], Table]


def _columns(words: Wording, *columns: tuple[str, Kind, int]) -> list[Column]:
    return [Column(words.label(f"registers.{key}"), kind, width) for key, kind, width in columns]


def samples(entries: Iterable[EntryOfPeriod], words: Wording, notes: Sequence[str]) -> Table:
    return sample_retention_table((_sample(entry, words) for entry in entries), words, notes)


def _sample(entry: EntryOfPeriod, words: Wording) -> RetainedSample:
    sample = entry.document["sample"]
    degrees = entry.number("temperature", "°C")
    conditions = " ".join([entry.place, "" if degrees is None else f"{degrees}℃"]).strip()
    return RetainedSample(
        food=sample["dish"],
        retained_at=parse_time(sample["retained_at"]),
        weight_g=Decimal(sample["weight_g"]),
        conditions=conditions,
        keep_until=parse_time(sample["keep_until"]),
        ordered_by="",
        delivered_at=None,
        retained_by=entry.document["created_by"]["name"],
    )


def disinfection(entries: Iterable[EntryOfPeriod], words: Wording, notes: Sequence[str]) -> Table:
    columns = _columns(
        words,
        ("position", "number", 6),
        ("on", "date", 12),
        ("meal", "text", 10),
        ("method", "text", 14),
        ("heat", "number", 10),
        ("minutes", "number", 10),
        ("concentration", "number", 12),
        ("who", "text", 20),
        ("result", "text", 10),
        ("measure", "text", 24),
        ("recorder", "text", 12),
        ("photos", "text", 8),
    )
    rows = ([at, *_disinfected(entry, words)] for at, entry in enumerate(entries, start=1))
    return Table(words.label("registers.disinfection"), columns, rows, [*notes, _times(words)])


def _disinfected(entry: EntryOfPeriod, words: Wording) -> list[Value]:
    document = entry.document
    return [
        date.fromisoformat(document["business_on"]),
        words.word("meal", document["meal"]),
        entry.chosen("method", words),
        entry.number("temperature", "°C"),
        entry.number("minutes", "min"),
        entry.number("concentration", "mg/L"),
        entry.said("who"),
        *_end(entry, words),
    ]


def _end(entry: EntryOfPeriod, words: Wording) -> list[Value]:
    """How it came out, what was done about it, who wrote it down, and whether its photos came."""
    document = entry.document
    result = words.label("registers.ok" if document["is_ok"] else "registers.not_ok")
    return [
        result,
        document["now"]["measure"],
        document["created_by"]["name"],
        entry.photo_count(),
    ]


def morning_checks(entries: Iterable[EntryOfPeriod], words: Wording, notes: Sequence[str]) -> Table:
    columns = _columns(
        words,
        ("position", "number", 6),
        ("on", "date", 12),
        ("name", "text", 12),
        ("body_temperature", "number", 10),
        ("symptoms", "text", 16),
        ("certificate_until", "date", 14),
        ("hygiene", "text", 10),
        ("outcome", "text", 12),
        ("cleared", "text", 12),
        ("reasons", "text", 28),
        ("recorder", "text", 12),
        ("photos", "text", 8),
    )
    rows = ([at, *_checked(entry, words)] for at, entry in enumerate(entries, start=1))
    return Table(words.label("registers.morning_check"), columns, rows, [*notes, _times(words)])


def _checked(entry: EntryOfPeriod, words: Wording) -> list[Value]:
    document = entry.document
    duty = document["duty"]
    certificate = duty["certificate"]
    return [
        date.fromisoformat(document["business_on"]),
        entry.staff_member,
        entry.number("temperature", "°C"),
        entry.chosen("symptoms", words),
        None if certificate is None else date.fromisoformat(certificate["valid_until"]),
        entry.mark(entry.register.items["hygiene"], words),
        entry.chosen("outcome", words),
        words.label("registers.may_work" if duty["is_cleared"] else "registers.off_duty"),
        words.listed([words.either(reason) for reason in duty["reasons"]]),
        document["created_by"]["name"],
        entry.photo_count(),
    ]


def temperatures(entries: Iterable[EntryOfPeriod], words: Wording, notes: Sequence[str]) -> Table:
    columns = _columns(
        words,
        ("position", "number", 6),
        ("at", "moment", 18),
        ("place", "text", 20),
        ("storage", "text", 12),
        ("temperature", "number", 12),
        ("result", "text", 10),
        ("measure", "text", 28),
        ("recorder", "text", 12),
        ("photos", "text", 8),
    )
    rows = ([at, *_measured(entry, words)] for at, entry in enumerate(entries, start=1))
    return Table(words.label("registers.temperature_log"), columns, rows, [*notes, _times(words)])


def _measured(entry: EntryOfPeriod, words: Wording) -> list[Value]:
    return [
        parse_time(entry.document["captured_at"]),
        entry.place,
        entry.chosen("storage", words),
        entry.number("temperature", "°C"),
        *_end(entry, words),
    ]


def waste(entries: Iterable[EntryOfPeriod], words: Wording, notes: Sequence[str]) -> Table:
    columns = _columns(
        words,
        ("position", "number", 6),
        ("at", "moment", 18),
        ("waste_kind", "text", 14),
        ("waste_quantity", "number", 12),
        ("collector", "text", 28),
        ("result", "text", 10),
        ("measure", "text", 28),
        ("recorder", "text", 12),
        ("photos", "text", 8),
    )
    rows = ([at, *_handed_over(entry, words)] for at, entry in enumerate(entries, start=1))
    return Table(words.label("registers.waste"), columns, rows, [*notes, _times(words)])


def _handed_over(entry: EntryOfPeriod, words: Wording) -> list[Value]:
    return [
        parse_time(entry.document["captured_at"]),
        entry.chosen("kind", words),
        entry.number("quantity", "kg"),
        entry.said("collector"),
        *_end(entry, words),
    ]


def pest_control(entries: Iterable[EntryOfPeriod], words: Wording, notes: Sequence[str]) -> Table:
    columns = _columns(
        words,
        ("position", "number", 6),
        ("at", "moment", 18),
        ("place", "text", 20),
        ("pest_work", "text", 20),
        ("pest_product", "text", 28),
        ("pest_signs", "text", 12),
        ("result", "text", 10),
        ("measure", "text", 28),
        ("recorder", "text", 12),
        ("photos", "text", 8),
    )
    rows = ([at, *_treated(entry, words)] for at, entry in enumerate(entries, start=1))
    return Table(words.label("registers.pest_control"), columns, rows, [*notes, _times(words)])


def _treated(entry: EntryOfPeriod, words: Wording) -> list[Value]:
    return [
        parse_time(entry.document["captured_at"]),
        entry.place,
        entry.chosen("work", words),
        entry.said("product"),
        entry.mark(entry.register.items["signs"], words),
        *_end(entry, words),
    ]


def _times(words: Wording) -> str:
    return words.label("times.note")


@dataclass(frozen=True, slots=True)
class RegisterList:
    """One register that can be taken along; callable as every list is."""

    register: str
    make: MakeTable

    def __call__(self, asked: Asked, rows_max: int = ROWS_MAX) -> Table:
        """The register's entries of a period.

        Raises
        ------
        Problem
            ``period-too-long`` for more than a year or more than *rows_max* rows.
        """
        asked.period.check(asked.actor, rows_max)
        require_at_most(count_entries(asked.session, asked.period, self.register), rows_max)
        entries = entries_of(asked.session, asked.actor, asked.period, self.register)
        return self.make(entries, asked.words, whose(asked))


REGISTER_LISTS: Mapping[str, RegisterList] = {
    "sample-retention": RegisterList("sample_retention", samples),
    "disinfection": RegisterList("disinfection", disinfection),
    "morning-checks": RegisterList("morning_check", morning_checks),
    "temperature-log": RegisterList("temperature_log", temperatures),
    "kitchen-waste": RegisterList("waste", waste),
    "pest-control": RegisterList("pest_control", pest_control),
}
MAKE_TABLE: Mapping[str, MakeTable] = {one.register: one.make for one in REGISTER_LISTS.values()}


def other_register(entries: Iterable[EntryOfPeriod], words: Wording, notes: Sequence[str]) -> Table:
    """Any register, item by item: what was asked and what was answered."""
    columns = _columns(
        words,
        ("at", "moment", 18),
        ("item", "text", 30),
        ("value", "text", 24),
        ("result", "text", 12),
        ("recorder", "text", 12),
        ("photos", "text", 8),
    )
    rows = (row for entry in entries for row in _items(entry, words))
    return Table(words.label("registers.entry"), columns, rows, [*notes, _times(words)])


def _items(entry: EntryOfPeriod, words: Wording) -> Iterable[list[Any]]:
    document = entry.document
    for item in entry.checklist["items"]:
        answers = [a for a in document["now"]["answers"] if a["item_id"] == item["id"]]
        values = [a["value"] or a["number"] or "" for a in answers]
        yield [
            parse_time(document["captured_at"]),
            words.either(item),
            words.listed([value for value in values if value]),
            entry.mark(item["id"], words),
            document["created_by"]["name"],
            entry.photo_count(),
        ]
