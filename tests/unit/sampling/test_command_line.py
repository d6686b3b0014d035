"""The command line, in a Python that sees nothing but the standard library and this package."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sampling import find_plan
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


def test_json_of_a_plan_that_is_not_confirmed_keeps_its_shape_and_warns_beside_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["plan", "--lot-size", "1000", "--aql", "1.5", "--type", "multiple", "--json"]
    assert main([*arguments, "--language", "zh-CN"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out) == find_plan(1000, "1.5", plan_type="multiple").to_dict()
    assert "待核对" in output.err


def test_a_curve_comes_in_the_shape_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["oc", "--lot-size", "1000", "--aql", "1.0", "--at", "0.5,1,2", "--json"]
    assert main(arguments) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["plan"]["code_letter"] == "J"
    assert [point["p"] for point in document["points"]] == ["0.5", "1", "2"]
    assert {"pa", "asn"} <= set(document["points"][0])
    assert {"distribution", "producer_risk", "consumer_quality_10", "aoql"} <= set(document)
    assert main([*arguments, "--distribution", "hypergeometric"]) == 0
    assert json.loads(capsys.readouterr().out)["distribution"] == "hypergeometric"


def switch(history: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sampling", "switch", *options],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        input=history,
    )


def test_a_history_on_standard_input_gives_one_state_for_each_lot() -> None:
    history = {
        "plan_type": "single",
        "inspection_level": "II",
        "aql": "1.0",
        "start_severity": "normal",
        "production_steady": True,
        "reduced_desirable": True,
        "lots": [{"lot_size": 1000, "nonconforming": [0], "resubmitted": False}],
    }
    done = switch(json.dumps(history), "--json")
    assert done.returncode == 0
    step = json.loads(done.stdout)["lots"][0]
    assert step["lot"] == 1
    assert (step["decision"], step["switching_score"]) == ("accepted", 3)
    assert (step["inspection_severity"], step["next_severity"]) == ("normal", "normal")
    assert step["stages"][0]["sample_size"] == 80


def test_a_history_that_is_no_json_or_breaks_a_rule_exits_with_2() -> None:
    assert switch("{").returncode == 2
    done = switch('{"aql": "1.0", "lots": [{"lot_size": 1000, "nonconforming": [99]}]}')
    assert done.returncode == 2
    assert "lots[0].nonconforming[0]" in done.stderr


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["oc", "--lot-size", "1000", "--aql", "1.0"],
        ["compare", "--lot-size", "1000", "--aql", "1.5"],
        ["lever", "--lots", "10x50", "--aql", "4.0"],
        ["lever", "--lots", "50,60", "--batches", "A,A", "--aql", "4.0"],
        ["protect", "--lot-size", "1000", "--quality", "5"],
        ["draw", "--lot-size", "1000", "--sample-size", "20,20", "--seed", "a"],
    ],
)
def test_every_command_speaks_both_languages_and_json(
    arguments: list[str], language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--language", language]) == 0
    assert capsys.readouterr().out.strip()
    assert main([*arguments, "--json"]) == 0
    json.loads(capsys.readouterr().out)


def test_tables_are_exported_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tables"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [table["table"] for table in document["tables"]][:4] == ["1", "2-A", "2-B", "2-C"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["draw", "--lot-size", "10", "--sample-size", "x", "--seed", "a"],
        ["draw", "--lot-size", "10", "--sample-size", "5,x", "--seed", "a"],
        [
            "draw",
            "--lot-size",
            "100",
            "--sample-size",
            "5,5",
            "--seed",
            "a",
            "--method",
            "systematic",
        ],
        ["lever", "--lots", "50,6o", "--aql", "4.0"],
        ["lever", "--lots", "50,60", "--batches", "A,B", "--aql", "4.0"],
        ["protect", "--lot-size", "1000", "--quality", "five"],
        ["oc", "--lot-size", "1000", "--aql", "1.0", "--at", "1,two"],
        ["oc", "--lot-size", "1000", "--aql", "1.0", "--distribution", "gauss"],
        ["tables", "--edition", "iso-2859-1-2026"],
    ],
)
def test_every_command_refuses_what_cannot_be_with_status_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip()
