"""The files the page is made of, and how they are served. No browser is needed for this."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator

import pytest

from sampling.vocabulary import INSPECTION_SEVERITIES, NONCONFORMITY_CLASSES
from schemas.checklists import GATES, STORAGE_CLASSES
from schemas.master_data import UNITS
from schemas.receiving import AMENDMENT_KINDS, DECISIONS, SIGNATURE_ROLES
from server.access import Role
from server.master_data.vocabulary import UNITS as UNIT_NAMES
from server.pwa.static_files import FOLDER, static_files

# What word() is asked for at run time: every value the records may hold there.
GROUPS = {
    "amendment": AMENDMENT_KINDS,
    "class": NONCONFORMITY_CLASSES,
    "decision": (*DECISIONS, "draft"),
    "gate": GATES,
    "inspection_severity": INSPECTION_SEVERITIES,
    "lot_decision": ("accepted", "not_accepted", "undecided"),
    "photo": ("goods", "document", "vehicle", "thermometer", "label", "other"),
    "quantity": ("delivered", "accepted", "rejected", "pending"),
    "role": tuple(role.value for role in Role),
    "service": ("checking", "ready", "unavailable", "unreachable"),
    "signature": SIGNATURE_ROLES,
    "storage": STORAGE_CLASSES,
    "unit": UNITS,
}
# Keys put together from a part that is written here and not in the modules.
PUT_TOGETHER = {
    "sampling": [
        f"{column}{end}"
        for column in ("class", "n", "ac", "re", "found", "result")
        for end in ("", "_title")
    ],
    "sign_in": ["username", "password"],
    "lines": ["at_most", "at_least", "between"],
    "licence": ["valid", "not_valid"],
    "photos": ["count", "waiting"],
}


def catalogue(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads(
        (FOLDER / "catalogues" / f"{language}.json").read_text(encoding="utf-8")
    )
    return texts


def modules() -> dict[str, str]:
    folder = FOLDER / "modules"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js"))}


def used_keys() -> Iterator[str]:
    for source in modules().values():
        yield from re.findall(r'\btext\(\s*"([\w.]+)"', source)
        for key in re.findall(r'\bcounted\(\s*"([\w.]+)"', source):
            yield from (f"{key}.one", f"{key}.other")
    for group, values in (*GROUPS.items(), *PUT_TOGETHER.items()):
        yield from (f"{group}.{value}" for value in values)


def test_both_catalogues_have_the_same_keys():
    assert list(catalogue("zh-CN")) == list(catalogue("en"))


def test_no_key_is_missing_and_none_is_left_over():
    used = set(used_keys())
    held = set(catalogue("en"))
    assert used - held == set()
    assert held - used == set()


def test_every_group_of_words_the_page_asks_for_is_checked_here():
    asked = {
        group
        for source in modules().values()
        for group in re.findall(r'\bword\(\s*"(\w+)"', source)
    }
    assert asked == set(GROUPS)


def test_places_to_fill_are_the_same_in_both_languages():
    zh, en = catalogue("zh-CN"), catalogue("en")
    places = re.compile(r"\{\w+\}")
    differing = [k for k in zh if set(places.findall(zh[k])) != set(places.findall(en[k]))]
    assert differing == []


def test_no_text_is_empty_and_chinese_is_not_english():
    zh, en = catalogue("zh-CN"), catalogue("en")
    assert [key for key in zh if not zh[key] or not en[key]] == []
    same = {key for key in zh if zh[key] == en[key]}
    assert same == {"sampling.n", "sampling.ac", "sampling.re", "lines.at_most", "lines.at_least"}


def test_units_are_called_what_the_server_calls_them():
    zh, en = catalogue("zh-CN"), catalogue("en")
    assert {unit: (zh[f"unit.{unit}"], en[f"unit.{unit}"]) for unit in UNITS} == {
        unit: (name.zh, name.en) for unit, name in UNIT_NAMES.items()
    }


def test_the_page_preloads_every_module_and_asks_for_nothing_that_is_not_there():
    shell = (FOLDER / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:href|src)="app/([^"]+)"', shell))
    assert named <= set(static_files())
    assert {f"modules/{name}" for name in modules()} <= named
    assert {path.name for path in FOLDER.glob("*.css")} <= named
    imported = {
        target for source in modules().values() for target in re.findall(r'from "\./(.+?)"', source)
    }
    assert imported <= set(modules())


def test_nothing_from_the_server_can_become_markup():
    """The rules that make it so: no markup from strings, no style attributes, no eval."""
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser"
    )
    assert [name for name, source in modules().items() if forbidden.search(source)] == []
    shell = (FOLDER / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", shell)


def test_the_page_may_live_below_any_path():
    """Everything it asks for is relative: to the page, or to the module that asks."""
    absolute = re.compile(r"""["'`]/(?:app|api|readyz)|(?:href|src)="/""")
    shell = (FOLDER / "index.html").read_text(encoding="utf-8")
    found = [name for name, source in modules().items() if absolute.search(source)]
    assert (found, absolute.search(shell)) == ([], None)


def test_the_page_is_served_to_anybody_under_a_strict_policy(sqlite_world):
    answer = sqlite_world.client.get("/")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_held_already_is_not_sent_again(sqlite_world):
    client = sqlite_world.client
    first = client.get("/app/modules/main.js")
    assert first.mimetype == "text/javascript"
    assert "no-cache" in first.headers["Cache-Control"]
    again = client.get("/app/modules/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_packed_file_is_the_same_file_under_another_etag(sqlite_world):
    client = sqlite_world.client
    plain = client.get("/app/receipts.css")
    packed = client.get("/app/receipts.css", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    refused = client.get("/app/receipts.css", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize(
    "path",
    ["/app/nothing.js", "/app/", "/app/../routes.py", "/app/%2e%2e/routes.py", "/app//etc/passwd"],
)
def test_only_the_pages_files_are_served(sqlite_world, path):
    answer = sqlite_world.client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code in (404, 308)
    assert b"Blueprint" not in answer.data


def test_the_whole_page_is_small():
    """What the page loads; the rules that phones work by offline are not among it."""
    own = re.compile(r"[^/]+|modules/[^/]+|catalogues/[^/]+")
    page = {name: file for name, file in static_files().items() if own.fullmatch(name)}
    assert {"index.html", "modules/main.js", "catalogues/en.json"} <= page.keys()
    assert sum(len(file.packed) for file in page.values()) < 40_000
