"""The data that ships with the program: checklists, terms of retention, holidays, the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# The parser in C takes a tenth of the time. Not every machine's wheel has it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a safe one)
