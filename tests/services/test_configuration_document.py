"""docs/CONFIGURATION.md names every setting, with its true default and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields

import pytest

from server.config import Settings, SettingsError
from tests.infrastructure.service import ROOT

DOCUMENT = (ROOT / "docs" / "CONFIGURATION.md").read_text(encoding="utf-8")
SETTINGS, FOR_TESTS = DOCUMENT.split("## For the tests")
ROW = re.compile(r"^\| `(YANSHOU_\w+)` \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
ROWS = {name: (default, allowed) for name, default, allowed in ROW.findall(SETTINGS)}
RANGES = {
    name: tuple(int(limit) for limit in allowed.split(" to "))
    for name, (_, allowed) in ROWS.items()
    if re.fullmatch(r"\d+ to \d+", allowed)
}

S3 = "YANSHOU_S3_"
S3_NAMES = {"YANSHOU_S3_REGION": "region", "YANSHOU_S3_ADDRESSING": "addressing_style"}


class Asked(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, **values: str) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@pytest.fixture
def read(tmp_path):
    """Settings of an environment with a data directory of the test's own."""

    def from_env(**values):
        return Settings.from_env({"YANSHOU_DATA_DIR": str(tmp_path), **values})

    return from_env


def test_every_variable_stands_in_the_document_and_no_other(tmp_path):
    environment = Asked(YANSHOU_DATA_DIR=str(tmp_path))
    Settings.from_env(environment)
    assert environment.names == set(ROWS)


def test_plain_defaults_are_the_ones_written_there(read):
    settings = read()
    by_name = {f"YANSHOU_{field.name.upper()}": field.name for field in fields(Settings)}
    by_name["YANSHOU_SCHEDULER"] = "scheduler_enabled"
    stated = {
        name: default.strip("`")
        for name, (default, _) in ROWS.items()
        if default.startswith("`") and default.endswith("`") and name != "YANSHOU_DATA_DIR"
    }
    assert len(stated) >= 10
    held = {
        name: getattr(settings, by_name[name]) for name in stated if not name.startswith(S3)
    } | {name: getattr(settings.s3, S3_NAMES[name]) for name in stated if name.startswith(S3)}
    assert {name: str(int(v) if isinstance(v, bool) else v) for name, v in held.items()} == stated


@pytest.mark.parametrize("name", sorted(RANGES))
def test_limits_are_the_ones_written_there(read, name):
    lowest, highest = RANGES[name]
    read(**{name: str(lowest)})
    read(**{name: str(highest)})
    for outside in (lowest - 1, highest + 1):
        with pytest.raises(SettingsError, match=name):
            read(**{name: str(outside)})


@pytest.mark.parametrize("name", ["YANSHOU_LOG_LEVEL", "YANSHOU_SCHEDULER"])
def test_choices_are_the_ones_written_there(read, name):
    for choice in re.findall(r"`(\w+)`", ROWS[name][1]):
        read(**{name: choice})
    with pytest.raises(SettingsError, match=name):
        read(**{name: "perhaps"})


def test_the_variables_of_the_tests_are_named_too():
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("infrastructure", "tus")
        for path in (ROOT / "tests" / folder).glob("*.py")
    )
    asked = set(re.findall(r"YANSHOU_TEST_[A-Z_]+", sources))
    assert asked == set(re.findall(r"YANSHOU_TEST_[A-Z_]+", FOR_TESTS))
