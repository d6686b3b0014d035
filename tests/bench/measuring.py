"""What a measurement is, how one is taken, and how many are shown."""

from __future__ import annotations

import json
import platform
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Beside:
    """The same job done by something else, in the same run and the same unit."""

    name: str
    value: float | None
    """None: it is not installed."""


@dataclass(frozen=True)
class Measurement:
    name: str
    value: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False
    beside: tuple[Beside, ...] = ()

    @property
    def is_met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal


def best_seconds(job: Callable[[], object], times: int = 5) -> float:
    """The fastest of some runs: what the code costs when nothing else gets in its way."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        found.append(time.perf_counter() - start)
    return min(found)


def as_table(measurements: Sequence[Measurement]) -> str:
    """One line a measurement, and one below it for each thing it stands beside."""
    rows = [("", "measured", "unit", "goal", "")]
    for one in measurements:
        sign = "≥" if one.more_is_better else "≤"
        goal = "" if one.goal is None else f"{sign} {_shown(one.goal)}"
        verdict = {True: "met", False: "MISSED", None: ""}[one.is_met]
        rows.append((one.name, _shown(one.value), one.unit, goal, verdict))
        rows += [(f"  beside: {other.name}", *_beside(one, other)) for other in one.beside]
    widths = [max(_width(row[column]) for row in rows) for column in range(5)]
    return "\n".join(_line(row, widths) for row in rows)


def _beside(one: Measurement, other: Beside) -> tuple[str, str, str, str]:
    if other.value is None:
        return "–", "", "", "not installed"
    ratio = one.value / other.value if one.more_is_better else other.value / one.value
    return _shown(other.value), one.unit, "", f"we are {ratio:.3g} × as fast"


def _line(row: tuple[str, ...], widths: Sequence[int]) -> str:
    cells = [
        cell + " " * (width - _width(cell)) if place in {0, 2, 4} else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def write_json(suite: str, measurements: Sequence[Measurement], folder: Path) -> Path:
    """Write *suite*'s figures with the machine they were taken on; returns the file."""
    document: dict[str, Any] = {
        "suite": suite,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "python": platform.python_version(),
        },
        "measurements": [{**asdict(one), "is_met": one.is_met} for one in measurements],
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{suite}.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
