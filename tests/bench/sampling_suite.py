"""How fast ``sampling`` is, each beside the nearest thing SciPy or a public AQL package can do."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy
from scipy import stats

from sampling import find_plan
from sampling.history import replay
from sampling.probability import evaluate
from sampling.vocabulary import AQLS, INSPECTION_LEVELS, INSPECTION_SEVERITIES, PLAN_TYPES
from server.switching.history import BEGINNING, LotEvent, fold
from tests.bench.measuring import Beside, Measurement, best_seconds

try:
    import garment_aql_calculator as public_package
except ImportError:
    public_package = None

QUESTIONS = 50_000
LOTS = 10_000


def measure() -> list[Measurement]:
    return [
        plans_of_every_kind(),
        plans_a_public_package_knows(),
        curve_of_five_stages(),
        import_time(),
        replay_of_a_history(),
        fold_on_the_server(),
    ]


# -- plans -----------------------------------------------------------------------------------------


def plans_of_every_kind() -> Measurement:
    """All levels, severities, types and AQLs; validation and arrows included."""
    draw = random.Random(1)
    asked = [
        (
            draw.randint(2, 10**6),
            draw.choice(AQLS),
            draw.choice(INSPECTION_LEVELS),
            draw.choice(INSPECTION_SEVERITIES),
            draw.choice(PLAN_TYPES),
        )
        for _ in range(QUESTIONS)
    ]
    seconds = best_seconds(lambda: [find_plan(*question) for question in asked])
    # Without tables SciPy can only say which Ac fits a sample size already known.
    sizes = [(plan.items_to_inspect, float(plan.aql)) for plan in (find_plan(*q) for q in asked)]
    some = [(size, aql / 100) for size, aql in sizes if aql <= 10][:500]
    by_scipy = best_seconds(lambda: [stats.binom.ppf(0.95, n, p) for n, p in some], 3)
    return Measurement(
        "find_plan, all tables",
        QUESTIONS / seconds,
        "plans/s",
        goal=150_000,
        more_is_better=True,
        beside=(Beside("scipy: Ac for a known n, no tables", len(some) / by_scipy),),
    )


def plans_a_public_package_knows() -> Measurement:
    """Single plans on normal inspection at six AQLs: all that the package has."""
    draw = random.Random(2)
    aqls = ("0.65", "1.0", "1.5", "2.5", "4.0", "6.5")
    theirs = ("S1", "S2", "S3", "S4", "GI", "GII", "GIII")
    asked = [
        (draw.randint(2, 10**6), draw.choice(aqls), draw.randrange(7)) for _ in range(QUESTIONS)
    ]
    ours = [(size, aql, INSPECTION_LEVELS[level]) for size, aql, level in asked]
    seconds = best_seconds(lambda: [find_plan(*question) for question in ours])
    name, value = "garment-aql-calculator", None
    if public_package is not None:
        same = [(size, theirs[level], float(aql)) for size, aql, level in asked]
        calculate = public_package.calculate_aql
        value = QUESTIONS / best_seconds(lambda: [calculate(*question) for question in same])
        # It follows no arrows, so speed is not all there is to compare.
        equal = sum(
            (found["sample_size"], found["accept_number"])
            == (plan[0].sample_size, plan[0].acceptance_number)
            for found, plan in (
                (calculate(*one), find_plan(*other).stages)
                for one, other in zip(same, ours, strict=True)
            )
        )
        name += f" (gives the same plan for {equal / QUESTIONS:.0%})"
    return Measurement(
        "find_plan, single and normal",
        QUESTIONS / seconds,
        "plans/s",
        goal=150_000,
        more_is_better=True,
        beside=(Beside(name, value),),
    )


# -- curves ----------------------------------------------------------------------------------------

FIVE_STAGES = find_plan(10**6, "0.65", plan_type="multiple")


def curve_of_five_stages() -> Measurement:
    """P(accept), ASN and AOQ at 100 qualities; SciPy is asked for P(accept) alone."""
    for percent in (0.5, 1.0):
        assert abs(evaluate(FIVE_STAGES, percent).pa - accepted_by_scipy(percent / 100)) < 1e-9
    ours = best_seconds(lambda: [evaluate(FIVE_STAGES, step / 50) for step in range(100)])
    by_scipy = best_seconds(lambda: [accepted_by_scipy(step / 5000) for step in range(100)])
    return Measurement(
        "100-point curve, five stages",
        ours * 1000,
        "ms",
        goal=20,
        beside=(Beside("scipy: P(accept) alone", by_scipy * 1000),),
    )


def accepted_by_scipy(share: float) -> float:
    """P(accept) of the five-stage plan at a share of nonconforming items."""
    alive, lowest, accepted = numpy.array([1.0]), 0, 0.0
    for stage in FIVE_STAGES.stages:
        open_counts = stage.rejection_number - lowest
        chances = stats.binom.pmf(numpy.arange(open_counts), stage.sample_size, share)
        counts = numpy.convolve(alive, chances)[:open_counts]
        first_open = 0 if stage.acceptance_number is None else stage.acceptance_number + 1
        split = max(first_open - lowest, 0)
        accepted += float(counts[:split].sum())
        alive, lowest = counts[split:], max(first_open, lowest)
    return accepted


# -- import ----------------------------------------------------------------------------------------


def import_time() -> Measurement:
    """In a fresh interpreter, the interpreter's own start not counted."""
    return Measurement(
        "import sampling",
        _import_seconds("sampling") * 1000,
        "ms",
        goal=60,
        beside=(Beside("import scipy.stats", _import_seconds("scipy.stats") * 1000),),
    )


def _import_seconds(module: str) -> float:
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", code]
    runs = (subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(5))
    return min(float(run.stdout) for run in runs)


# -- histories -------------------------------------------------------------------------------------

HISTORY = {
    "aql": "1.0",
    "production_steady": True,
    "reduced_desirable": True,
    "lots": [{"lot_size": 1000, "nonconforming": [0 if n % 11 else 3]} for n in range(LOTS)],
}


def replay_of_a_history() -> Measurement:
    """Plan, decision, score and severity of each lot. SciPy knows no switching rules; the least a
    judge built on it does is one call for each lot."""
    ours = best_seconds(lambda: replay(HISTORY), 3)
    lots = range(LOTS // 10)
    by_scipy = best_seconds(lambda: [stats.binom.cdf(2, 80, 0.01) for _ in lots], 3) * 10
    return Measurement(
        "re-fold of 10,000 lots",
        ours,
        "s",
        goal=0.5,
        beside=(Beside("scipy: one binom.cdf a lot", by_scipy),),
    )


def fold_on_the_server() -> Measurement:
    """The same lots as the server folds them, already decided, with the standing after each."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    lots = [
        LotEvent(start + timedelta(minutes=n), n, step.result)
        for n, step in enumerate(replay(HISTORY))
    ]
    seconds = best_seconds(lambda: fold(BEGINNING, lots, []), 3)
    return Measurement("re-fold of 10,000 decided lots", seconds, "s", goal=0.5)
