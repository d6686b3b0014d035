from __future__ import annotations

import ast
import sys
from pathlib import Path

ENGINE = Path(__file__).parents[3] / "sync"
FORBIDDEN = {"time", "datetime", "random", "secrets", "uuid", "os", "socket", "sqlite3", "urllib"}


def imported_modules(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


def test_the_engine_imports_nothing_but_the_standard_library() -> None:
    imported = set().union(*map(imported_modules, ENGINE.glob("*.py")))
    assert imported <= {*sys.stdlib_module_names, "sync"}


def test_the_engine_has_no_clock_no_chance_and_no_files() -> None:
    imported = set().union(*map(imported_modules, ENGINE.glob("*.py")))
    assert not imported & FORBIDDEN
