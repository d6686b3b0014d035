"""One evaluator, twice: the server's, and the phone app's run in Node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.checklists.conditions import Surroundings, holds
from server.checklists.evaluation import UnknownItem, evaluate
from server.checklists.grading import grade
from server.checklists.measurement import MeasurementError, parse_measurement, plain_text
from server.pwa.static_files import FOLDER
from tests.infrastructure.node import node_program

VECTORS = Path(__file__).parents[1] / "vectors" / "checklists"
_PROGRAM = Path(__file__).with_name("evaluate.mjs")
Case = dict[str, Any]


def vectors(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return data


def in_browser_language(cases: Sequence[Case]) -> list[Any]:
    """The results of *cases* by the phone app's modules, all in one Node process."""
    ran = subprocess.run(
        [node_program(), str(_PROGRAM), str(FOLDER / "checklists")],
        input=json.dumps(list(cases)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    results: list[Any] = json.loads(ran.stdout)
    return results


def in_python(case: Case) -> Any:
    """The result of one case by the server's evaluator, as the phone app would write it."""
    try:
        return {"result": _RUN[case["op"]](case)}
    except UnknownItem as error:
        return {"thrown": "UnknownItem", "message": f"no item {error.item_id}"}


def _evaluate(case: Case) -> Any:
    part = case.get("part", "items")
    return _plain(evaluate(case["template"], case["answers"], case["facts"], part).to_dict())


def _grade(case: Case) -> Any:
    evaluation = evaluate(case["template"], case["answers"], case["facts"])
    return grade(case["template"], evaluation, frozenset(case["repeated"])).to_dict()


def _holds(case: Case) -> Any:
    grouped: dict[str, list[Case]] = {}
    for answer in case["answers"]:
        grouped.setdefault(answer["item_id"], []).append(answer)
    around = Surroundings.of({}, case["items"], grouped, case["facts"])
    return holds(case["condition"], around)


def _measure(case: Case) -> Any:
    try:
        return plain_text(parse_measurement(case["text"], case["unit"]))
    except MeasurementError:
        return None


_RUN = {"evaluate": _evaluate, "grade": _grade, "holds": _holds, "measure": _measure}


def _plain(evaluation: dict[str, Any]) -> dict[str, Any]:
    """Reasons without their sentences: those are made where they are shown."""
    for outcome in evaluation["outcomes"]:
        outcome["reasons"] = [
            {"code": reason["code"], "params": reason["params"]} for reason in outcome["reasons"]
        ]
    return evaluation
