"""What one cell says, as people write it: full-width digits, dates in many spellings, words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from server.errors import Text

Reader = Callable[[str], Any]
WITHOUT_END = ("长期", "长期有效", "无期限", "permanent", "no end")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
# Excel counts days from here; 25569 is 1970-01-01, 109574 is 2199-12-31.
_FIRST_DAY = date(1899, 12, 30)
_SERIAL = re.compile(r"\d{5,6}")
_PARTING = re.compile(r"[、,，;；/\n]+")
_YES = ("是", "yes", "y", "true", "1", "√", "✓")
_NO = ("否", "no", "n", "false", "0", "×")


class CellRefused(Exception):
    """A cell that does not say what its column holds."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def as_name(text: str) -> str:
    return text.strip()


def as_code(text: str) -> str:
    """Codes and numbers: full-width letters and digits are the same as narrow ones."""
    return unicodedata.normalize("NFKC", text).strip()


def as_whole_number(text: str) -> int:
    written = as_code(text)
    if re.fullmatch(r"\d{1,9}", written):
        return int(written)
    raise CellRefused("应为整数", "A whole number is expected.")


def as_day(text: str) -> str | None:
    """A day as YYYY-MM-DD, or None for what has no end."""
    written = as_code(text)
    if written.lower() in WITHOUT_END:
        return None
    try:
        found = _DAY.fullmatch(written) or _COMPACT_DAY.fullmatch(written)
        if found:
            return date(*map(int, found.groups())).isoformat()
        if _SERIAL.fullmatch(written) and 25_569 <= int(written) <= 109_574:
            return (_FIRST_DAY + timedelta(days=int(written))).isoformat()
    except ValueError:
        pass
    raise CellRefused(
        "应为日期，如 2026-03-01，或写“长期”",
        "A day such as 2026-03-01 is expected, or “permanent”.",
    )


def as_flag(text: str) -> bool:
    written = as_code(text).lower()
    if written in _YES:
        return True
    if written in _NO:
        return False
    raise CellRefused("应为“是”或“否”", "Yes or no is expected.")


def parts_of(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in _PARTING.split(text) if part.strip()))


def one_of(words: Mapping[str, Text]) -> Reader:
    """One word of a list, in either language or as the API writes it."""
    known = {
        spelling.lower(): key
        for key, word in words.items()
        for spelling in (key, word.zh, word.en, as_code(word.zh))
    }

    def read(text: str) -> str:
        found = known.get(as_code(text).lower())
        if found is None:
            zh, en = (separator.join(each) for separator, each in _choices(words))
            raise CellRefused(f"应为其中之一：{zh}", f"One of these is expected: {en}.")
        return found

    return read


def _choices(words: Mapping[str, Text]) -> tuple[tuple[str, list[str]], tuple[str, list[str]]]:
    return ("、", [w.zh for w in words.values()]), (", ", [w.en for w in words.values()])


def some_of(words: Mapping[str, Text]) -> Reader:
    """Several words of a list, parted by commas or the like."""
    read_one = one_of(words)

    def read(text: str) -> list[str]:
        return list(dict.fromkeys(map(read_one, _kept_whole(text, words))))

    return read


def _kept_whole(text: str, words: Mapping[str, Text]) -> list[str]:
    """The parts of *text*; a word that holds a separator itself is not taken apart."""
    written, parts = as_code(text), []
    for word in sorted((w for each in words.values() for w in (each.zh, each.en)), key=len)[::-1]:
        if _PARTING.search(word) and as_code(word).lower() in written.lower():
            at = written.lower().index(as_code(word).lower())
            written = f"{written[:at]},{written[at + len(as_code(word)) :]}"
            parts.append(word)
    return parts + parts_of(written)
