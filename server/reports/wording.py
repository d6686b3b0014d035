"""What documents say: labels in the reader's language, times of the kitchen, and text that prints.

Pure. The same record gives the same words, whenever and wherever they are printed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from schemas.fields import parse_time
from server.errors import ENGLISH

KITCHEN_TIME = ZoneInfo("Asia/Shanghai")
NOTHING = "—"
LABELS_FILE = Path(__file__).parent / "templates" / "labels.json"

_JOINERS = frozenset("\u200d\ufe0e\ufe0f")
"""They change how the character before them looks and have no picture of their own."""
_PLACE_TO_BREAK = "\u200b"
_BREAK_EVERY = 4


@cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """Every label of the templates and of the words below, in both languages."""
    loaded: dict[str, dict[str, str]] = json.loads(LABELS_FILE.read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True, slots=True)
class Wording:
    """One document's language, and the characters its fonts can show."""

    language: str
    characters: Collection[int]

    @property
    def is_english(self) -> bool:
        return self.language == ENGLISH

    def label(self, key: str, **params: object) -> str:
        text = labels()[key]["en" if self.is_english else "zh"]
        return text.format(**params) if params else text

    def word(self, kind: str, key: str | None) -> str:
        """One of a vocabulary's words, such as ``decision`` and ``accepted``."""
        if not key:
            return NOTHING
        named = f"{kind}.{key}"
        return self.label(named) if named in labels() else self.text(key)

    def either(self, both: Mapping[str, Any]) -> str:
        """The side of a text in both languages that this reader understands."""
        return self.text(both["en" if self.is_english else "zh"])

    def listed(self, parts: Collection[str]) -> str:
        return ("; " if self.is_english else "；").join(parts)

    # -- what people wrote ------------------------------------------------------------------------

    def text(self, value: object) -> str:
        """*value* as it can be printed: nothing is lost, and nothing shows as an empty box."""
        return breakable(printable(str(value or ""), self.characters), 12)

    def narrow(self, value: object) -> str:
        """The same for a narrow column: codes and numbers may be broken early."""
        return breakable(printable(str(value or ""), self.characters), 6)

    def or_nothing(self, value: object) -> str:
        return self.text(value) or NOTHING

    # -- times ------------------------------------------------------------------------------------

    def moment(self, text: str | None) -> str:
        """A time as the clock in the kitchen showed it."""
        return NOTHING if text is None else clock(parse_time(text))

    def day(self, text: str | None) -> str:
        return text or NOTHING

    def long_day(self, text: str) -> str:
        year, month, day = text.split("-")
        return text if self.is_english else f"{int(year)}年{int(month)}月{int(day)}日"


def clock(moment: datetime) -> str:
    return moment.astimezone(KITCHEN_TIME).strftime("%Y-%m-%d %H:%M:%S")


def printable(text: str, characters: Collection[int], *, marks: bool = True) -> str:
    """*text* with every character that no font shows written out as 〔U+20000〕.

    Marks that turn the direction of writing around are written out too: they can make a document
    read otherwise than it is stored. Without *marks* so are those that combine with a letter.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character, characters, marks) for character in text)


def _shown(character: str, characters: Collection[int], marks: bool) -> str:
    if character == "\n" or character == _PLACE_TO_BREAK:
        return character
    if character in _JOINERS or unicodedata.category(character).startswith("M"):
        return character if marks and _has_picture(character, characters) else _code(character)
    if character in "\t\r\x0b\x0c\u2028\u2029":
        return " "
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn")
    return _code(character) if hidden or ord(character) not in characters else character


def _has_picture(character: str, characters: Collection[int]) -> bool:
    return character in _JOINERS or ord(character) in characters


def _code(character: str) -> str:
    return f"〔U+{ord(character):04X}〕"


_WORD = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+")


def breakable(text: str, longest: int) -> str:
    """*text* with places to break lines at in words of more than *longest* letters.

    A page cannot grow as wide as the longest code somebody typed without a space.
    """

    def with_breaks(match: re.Match[str]) -> str:
        word = match[0]
        return word if len(word) <= longest else _PLACE_TO_BREAK.join(_pieces(word))

    return _WORD.sub(with_breaks, text)


def _pieces(word: str) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if len(piece) >= _BREAK_EVERY and not _clings(character) and piece[-1] not in _JOINERS:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _clings(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character).startswith("M")
