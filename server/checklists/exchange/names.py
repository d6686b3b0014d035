"""Names: those of forms as ids and values of ours, and ours as names that every form tool takes."""

from __future__ import annotations

import hashlib
import re

from schemas.conditions import ITEM_ID_LONGEST

VALUE_LONGEST = 40
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")


def fitted(text: str, longest: int) -> str:
    """*text*, or its beginning with a mark that no other text has, if it is too long."""
    if len(text) <= longest:
        return text
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{text[: longest - 9]}-{mark}"


def item_id(name: str) -> str:
    return fitted(name, ITEM_ID_LONGEST)


class Namer:
    """Gives out names: ASCII, a letter first, each once whatever its case."""

    def __init__(self) -> None:
        self._taken = {"meta", "data", "instanceid", "instancename"}

    def give(self, wanted: str, otherwise: str) -> str:
        base = wanted if _NAME.fullmatch(wanted) else otherwise
        name, number = base, 1
        while name.lower() in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name.lower())
        return name
