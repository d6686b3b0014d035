"""The command line, in a Python that sees nothing but the standard library and this package."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sampling.__main__ import main

ROOT = Path(__file__).parents[3]


BARE = (
    f"import sys, runpy; sys.path.append({str(ROOT)!r}); "
    "runpy.run_module('sampling', run_name='__main__')"
)


def test_the_command_runs_in_a_bare_python_with_nothing_installed() -> None:
    # -I -S: no site-packages, no environment; only the working tree's own package is reachable.
    arguments = ["plan", "--lot-size", "1000", "--aql", "1.0", "--json"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", BARE, *arguments],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert json.loads(done.stdout)["stages"][0]["sample_size"] == 80


def test_importing_the_package_brings_in_nothing_that_must_be_installed() -> None:
    code = "import sys; import sampling; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, encoding="utf-8"
    )
    foreign = {
        name
        for name in done.stdout.split()
        if name not in sys.stdlib_module_names and not name.startswith("_")
    }
    assert foreign <= {"sampling", "sitecustomize", "distutils-precedence", "usercustomize"}


def test_a_plan_is_shown_to_people_in_their_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--lot-size", "80", "--aql", "2.5", "--language", "zh-CN"]) == 0
    assert "样本量" in capsys.readouterr().out
    assert main(["plan", "--lot-size", "80", "--aql", "2.5", "--language", "en"]) == 0
    assert "arrow down" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--lot-size", "abc", "--aql", "1.0"], "lot_size"),
        (["--lot-size", "10.5", "--aql", "1.0"], "lot_size"),
        (["--lot-size", "1", "--aql", "1.0"], "lot_size"),
        (["--lot-size", "-4", "--aql", "1.0"], "lot_size"),
        (["--lot-size", "1000000000000", "--aql", "1.0"], "lot_size"),
        (["--lot-size", "100", "--aql", "1,0"], "aql"),
        (["--lot-size", "100", "--aql", "0.5"], "aql"),
        (["--lot-size", "100", "--aql", "1.0", "--level", "ii"], "inspection_level"),
        (["--lot-size", "100", "--aql", "1.0", "--severity", "加严"], "inspection_severity"),
        (["--lot-size", "100", "--aql", "1.0", "--type", "triple"], "plan_type"),
    ],
)
def test_a_bad_argument_exits_with_2_and_is_named_in_both_languages(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    chinese, english = output.err.splitlines()
    assert named in chinese
    assert named in english
    assert "允许" in chinese
    assert "allowed" in english
