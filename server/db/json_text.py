"""Documents as they are stored: JSON text that is parsed only when somebody looks inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson


class JsonText(Mapping[str, Any]):
    """The object that *text* says. Most answers pass it on and never look."""

    __slots__ = ("_parsed", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._parsed: dict[str, Any] | None = None

    @property
    def parsed(self) -> dict[str, Any]:
        if self._parsed is None:
            self._parsed = orjson.loads(self.text)
        return self._parsed

    def __getitem__(self, name: str) -> Any:
        return self.parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parsed)

    def __len__(self) -> int:
        return len(self.parsed)

    def __repr__(self) -> str:
        return f"JsonText({self.text!r})"


def as_written(value: Any) -> orjson.Fragment:
    """``orjson.dumps(…, default=as_written)`` puts stored text where it belongs, as it is."""
    if isinstance(value, JsonText):
        return orjson.Fragment(value.text)
    raise TypeError(f"{type(value).__name__} is no JSON")


@lru_cache(256)
def parsed_for_all(text: str) -> Mapping[str, Any]:
    """What *text* says, parsed once for every request: nobody may change it."""
    parsed: Mapping[str, Any] = orjson.loads(text)
    return parsed
