"""The benchmark's own arithmetic: goals, ratios, and the file it leaves."""

from __future__ import annotations

import json

from sampling.probability import evaluate
from tests.bench import __main__ as bench
from tests.bench.measuring import Beside, Measurement, as_table, write_json
from tests.bench.sampling_suite import FIVE_STAGES, accepted_by_scipy

FAST = Measurement("plans", 200.0, "plans/s", 150.0, True, (Beside("other", 100.0),))
SLOW = Measurement("curve", 30.0, "ms", 20.0, beside=(Beside("other", 60.0), Beside("gone", None)))


def test_a_goal_is_met_on_its_own_side():
    assert (FAST.is_met, SLOW.is_met) == (True, False)
    assert Measurement("x", 1.0, "s").is_met is None


def test_the_table_shows_goals_misses_and_how_much_faster():
    lines = as_table([FAST, SLOW]).splitlines()
    assert lines[1].split() == ["plans", "200", "plans/s", "≥", "150", "met"]
    assert "we are 2 × as fast" in lines[2]
    assert "MISSED" in lines[3]
    assert "we are 2 × as fast" in lines[4]
    assert "not installed" in lines[5]


def test_the_json_says_what_was_measured_on_which_machine(tmp_path):
    path = write_json("sampling", [FAST], tmp_path / "bench")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["measurements"][0]["beside"] == [{"name": "other", "value": 100.0}]
    assert document["machine"]["python"]


def test_a_suite_that_does_not_exist_is_named(capsys):
    assert bench.main(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_scipy_is_asked_the_same_question():
    """The comparison is only fair while both give the same answer."""
    for percent in (0.1, 0.65, 1.0, 2.0):
        ours = evaluate(FIVE_STAGES, percent).pa
        assert abs(ours - accepted_by_scipy(percent / 100)) < 1e-9
