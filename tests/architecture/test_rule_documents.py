"""The documents of the two protocols: every rule has a number of its own and names its tests."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
DOCUMENTS = {"SYNC-PROTOCOL.md": "M", "TUS.md": "T"}

by_document = pytest.mark.parametrize("name", DOCUMENTS)


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def rules_of(name: str) -> list[tuple[str, str]]:
    """Number and last cell of each row."""
    rule = re.compile(rf"^\| ({DOCUMENTS[name]}\d+) \| .+ \| (.+) \|$", re.MULTILINE)
    return rule.findall(text_of(name))


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@by_document
def test_every_rule_names_a_test(name: str) -> None:
    rules = rules_of(name)
    assert len(rules) > 30
    assert [number for number, tests in rules if not TEST.search(tests)] == []


@by_document
def test_every_test_named_in_the_document_exists(name: str) -> None:
    named = TEST.findall(text_of(name))
    assert [(path, test) for path, test in named if test not in functions_of(path)] == []


@by_document
def test_no_number_stands_for_two_rules(name: str) -> None:
    numbers = [number for number, _ in rules_of(name)]
    assert len(numbers) == len(set(numbers))
    row = re.compile(rf"^\| {DOCUMENTS[name]}\d+ ", re.MULTILINE)
    assert len(numbers) == len(row.findall(text_of(name)))
