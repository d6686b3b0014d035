"""The phone app's pure modules, run in Node on many cases at once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.pwa.static_files import FOLDER
from tests.infrastructure.node import node_program

Case = dict[str, Any]
_HERE = Path(__file__).parent


def answers_of(program: str, cases: Sequence[Case], *arguments: str) -> list[Any]:
    """What *program* of this folder answers to *cases*: a result each, or what was thrown."""
    ran = subprocess.run(
        [node_program(), str(_HERE / program), str(FOLDER), *arguments],
        input=json.dumps(list(cases)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    answers: list[Any] = json.loads(ran.stdout)
    assert len(answers) == len(cases)
    return answers


def results_of(program: str, cases: Sequence[Case], *arguments: str) -> list[Any]:
    """The results alone; nothing may be thrown."""
    answers = answers_of(program, cases, *arguments)
    thrown = [answer for answer in answers if "result" not in answer]
    assert thrown == []
    return [answer["result"] for answer in answers]


def plain(value: Any) -> Any:
    """As it is once it has been JSON: tuples are lists."""
    return json.loads(json.dumps(value))
