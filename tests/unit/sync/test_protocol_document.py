from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "SYNC-PROTOCOL.md").read_text("utf-8")
RULE = re.compile(r"^\| (M\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_rule_names_a_test() -> None:
    rules = RULE.findall(DOCUMENT)
    assert len(rules) > 30
    assert [number for number, _, tests in rules if not TEST.search(tests)] == []


def test_every_test_named_in_the_protocol_exists() -> None:
    named = TEST.findall(DOCUMENT)
    assert [(path, name) for path, name in named if name not in functions_of(path)] == []


def test_no_number_stands_for_two_rules() -> None:
    numbers = [number for number, _, _ in RULE.findall(DOCUMENT)]
    assert len(numbers) == len(set(numbers))
    assert len(numbers) == len(re.findall(r"^\| M\d+ ", DOCUMENT, re.MULTILINE))
