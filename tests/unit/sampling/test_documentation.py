"""docs/SAMPLING.md says what the program does: its examples are run, its counts are counted."""

import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from sampling.__main__ import main
from sampling.tables import export_tables
from sampling.vocabulary import DEFAULT_EDITION

TEXT = (Path(__file__).parents[3] / "docs" / "SAMPLING.md").read_text("utf-8")
EXAMPLES = re.findall(r"```console\n\$ python -m sampling (.*)\n((?:.*\n)*?)```", TEXT)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES)
def test_every_example_prints_what_the_documentation_shows(
    command: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out == shown


def test_there_are_examples_to_run() -> None:
    assert len(EXAMPLES) >= 3


def test_the_marks_counted_in_the_documentation_are_those_of_the_tables() -> None:
    counted: dict[str, Counter[str]] = {}
    for table in export_tables(DEFAULT_EDITION)["tables"]:
        counted[table["table"]] = Counter("".join(row["confidence"] for row in table["rows"]))
    rows = re.findall(r"^\| ([\dABC, -]+) \| (\d+) \| (\d+) \| (\d+) \|", TEXT, re.MULTILINE)
    named = set()
    for names, *numbers in rows:
        tables = names.split(", ")
        named.update(tables)
        marks = sum((counted[name] for name in tables), Counter[str]())
        assert [marks[mark] for mark in "csu"] == [int(number) for number in numbers], names
    assert named == set(counted)
