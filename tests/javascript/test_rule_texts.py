"""The texts that the phone app's pure modules name, in both languages. No module holds a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.checklists.reasons import REASONS
from server.pwa.static_files import FOLDER
from tests.javascript.rule_texts import texts

MODULES = ("merging", "receiving", "sampling", "wording")
_KEY = re.compile(r"""(["`])([a-z_]+\.(?:\w|\$\{[^}]+\}|\.)+)\1""")
_HAN = re.compile("[\u4e00-\u9fff]{3,}")  # shorter ones are read, not shown: 年, 个月


def sources() -> Iterator[tuple[str, str]]:
    for folder in MODULES:
        for path in sorted((FOLDER / folder).glob("*.js")):
            yield path.name, path.read_text(encoding="utf-8")


def named_keys() -> tuple[set[str], set[str]]:
    """The keys that stand in the modules, and patterns of those that are put together there."""
    whole: set[str] = set()
    patterns: set[str] = set()
    for _, source in sources():
        for _, key in _KEY.findall(source):
            parts = re.split(r"\$\{[^}]+\}", key)
            if len(parts) == 1:
                whole.add(key)
            else:
                patterns.add(r"\w+".join(map(re.escape, parts)))
    return whole, patterns


def test_both_languages_have_the_same_keys_with_the_same_places():
    chinese, english = texts("zh-CN"), texts("en")
    assert list(chinese) == list(english)
    for key, text in chinese.items():
        places = set(re.findall(r"\{(\w+)\}", text)) - {"zh"}
        assert places == set(re.findall(r"\{(\w+)\}", english[key])) - {"en"}, key


def test_no_text_is_missing_and_none_is_left_over():
    whole, patterns = named_keys()
    held = set(texts("en"))
    assert whole - held == set()
    assert [p for p in patterns if not any(re.fullmatch(p, key) for key in held)] == []
    spare = {
        key for key in held - whole if not any(re.fullmatch(pattern, key) for pattern in patterns)
    }
    assert spare == set()


def test_every_folder_of_rules_is_looked_through():
    whole, patterns = named_keys()
    assert {"plan_differs.lot_size"} <= whole
    assert r"severity\.\w+_instead_of_\w+" in patterns


def test_no_module_of_rules_holds_a_text_for_people():
    without_comments = {
        name: re.sub(r"//.*|/\*[\s\S]*?\*/", "", source) for name, source in sources()
    }
    found = {name: _HAN.findall(source) for name, source in without_comments.items()}
    assert {name: signs for name, signs in found.items() if signs} == {}


def test_the_reasons_of_the_checklists_are_told_in_the_servers_words():
    for place, language in enumerate(("zh-CN", "en")):
        held = {key: text for key, text in texts(language).items() if key.startswith("reason.")}
        assert held == {
            f"reason.{code}": (text.zh, text.en)[place] for code, text in REASONS.items()
        }
