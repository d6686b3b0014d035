"""The phone app's JavaScript under TypeScript's strictest reading of its JSDoc."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from server.pwa.static_files import FOLDER
from tests.infrastructure.node import installed_packages, node_program

HERE = Path(__file__).parent


def check_types(project: Path) -> tuple[int, str]:
    compiler = installed_packages(HERE) / "typescript" / "bin" / "tsc"
    ran = subprocess.run(
        [node_program(), str(compiler), "--project", str(project), "--pretty", "false"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return ran.returncode, ran.stdout


def test_the_types_of_the_phone_app_hold_together():
    """Everything but the libraries; what carries no type may be anything."""
    code, told = check_types(HERE / "tsconfig.json")
    assert told == ""
    assert code == 0


def test_the_rules_carry_a_type_everywhere():
    code, told = check_types(HERE / "rules.tsconfig.json")
    assert told == ""
    assert code == 0


def test_the_types_of_the_libraries_are_those_of_the_versions_that_are_served():
    served = json.loads((FOLDER.parent / "package-lock.json").read_text(encoding="utf-8"))
    checked = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    for name in ("htm", "idb", "preact", "uqr"):
        path = f"node_modules/{name}"
        assert checked["packages"][path]["version"] == served["packages"][path]["version"]


def test_a_wrong_type_is_found(tmp_path):
    """The same settings on a module with a mistake, or the test above would say nothing."""
    settings = json.loads((HERE / "tsconfig.json").read_text(encoding="utf-8"))
    settings["include"] = ["*.js"]
    settings["compilerOptions"] |= {"noImplicitAny": True, "paths": {}}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    (tmp_path / "wrong.js").write_text(
        "/** @param {string} text */\n"
        "export const shout = (text) => text.toUpperCase();\n"
        "shout(7);\n"
        "export const untyped = (value) => value;\n",
        encoding="utf-8",
    )
    code, told = check_types(tmp_path / "tsconfig.json")
    assert code != 0
    assert "TS2345" in told
    assert "TS7006" in told
