"""The columns of a form: their many spellings, and the languages they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from server.checklists.exchange.workbook import Sheet

_ALIASES = {
    "caption": "label",
    "command": "type",
    "relevance": "relevant",
    "calculate": "calculation",
    "list": "list_name",
    "readonly": "read_only",
    "image": "media::image",
    "value": "name",
    "id_string": "form_id",
    "title": "form_title",
    "set_form_title": "form_title",
    "set_form_id": "form_id",
}
_IN_LANGUAGES = frozenset({"label", "hint"})
_CHINESE = re.compile(
    r"中文|汉语|漢語|普通话|chinese|mandarin|(^|[^a-z])zh([^a-z]|$)", re.IGNORECASE
)
_ENGLISH = re.compile(r"英文|英语|english|(^|[^a-z])en([^a-z]|$)", re.IGNORECASE)
_HAN = re.compile("[\u3400-\u9fff]")


class Column(NamedTuple):
    """*title* is as the form writes it; *language* None for a column without one."""

    title: str
    key: str
    language: str | None


def columns_of(sheet: Sheet) -> dict[str, Column]:
    """The sheet's columns by their titles."""
    return {title: _column(title) for title in sheet.columns}


def _column(title: str) -> Column:
    parts = [part.strip() for part in re.split(r"::|:", title, maxsplit=1)]
    key = re.sub(r"[\s]+", "_", parts[0].lower())
    key = _ALIASES.get(key, key)
    if key in _IN_LANGUAGES:
        return Column(title, key, parts[1] if len(parts) > 1 else None)
    if len(parts) > 1:
        return Column(title, f"{key}::{parts[1]}", None)
    return Column(title, key, None)


def tongue(language: str | None) -> str | None:
    """``zh`` or ``en`` for a language's name or code; None for another or none."""
    if language is None:
        return None
    if _CHINESE.search(language):
        return "zh"
    return "en" if _ENGLISH.search(language) else None


class Wording(NamedTuple):
    """A text in both languages, and which of them the form really has."""

    zh: str
    en: str
    found: frozenset[str]


def wording(
    cells: Mapping[str, str], columns: Mapping[str, Column], key: str, default: str | None
) -> Wording:
    """What *cells* say under *key*; where one language is missing, the other stands for it."""
    texts: dict[str, str] = {}
    for column, text in _written(cells, columns, key):
        language = column.language or default
        known = tongue(language) or ("zh" if _HAN.search(text) else "en")
        # A column of exactly that language goes before one that is only taken for it.
        if known not in texts or tongue(column.language):
            texts[known] = text
    either = texts.get("zh") or texts.get("en") or ""
    return Wording(texts.get("zh", either), texts.get("en", either), frozenset(texts))


def _written(
    cells: Mapping[str, str], columns: Mapping[str, Column], key: str
) -> Iterator[tuple[Column, str]]:
    """Filled cells of *key*. Other languages only where there is neither Chinese nor English."""
    held = [c for c in columns.values() if c.key == key and cells.get(c.title, "").strip()]
    ours = [c for c in held if c.language is None or tongue(c.language)]
    for column in ours or held[:1]:
        yield column, cells[column.title]
