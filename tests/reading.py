"""Every GET route, walked by itself: what it answers, and which statements it sends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.world import Person

# Files are set and packed for seconds; the lists among them come as CSV too.
_FILES = (".pdf", ".xlsx", ".zip", ".svg")
_COMPUTED = "/api/v1/sampling/"
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_READS = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)


@dataclass
class Reading:
    """One answer, and the statements that were sent for it."""

    status: int
    statements: list[tuple[str, Any]] = field(default_factory=list)
    json: Any = None


@contextmanager
def statements_sent() -> Iterator[list[tuple[str, Any]]]:
    sent: list[tuple[str, Any]] = []

    def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if _READS.match(statement):
            sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def routes_to_read(app: Flask) -> list[str]:
    """The addresses of the API that can be read, those of lists before those of one record."""
    rules = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.rule.startswith("/api/v1/")
        and not rule.rule.startswith(_COMPUTED)
    }
    return sorted((rule for rule in rules if not rule.endswith(_FILES)), key=_depth)


def _depth(rule: str) -> tuple[int, str]:
    return len(_PARAMETER.findall(rule)), rule


def read_every_route(
    app: Flask, person: Person, query: Mapping[str, Any], ids: Mapping[str, str], apart: Set[str]
) -> dict[str, Reading]:
    """Each route once as *person* sees it, but for those *apart*.

    A record's route is asked for the first record of its list; *ids* names those that no list
    holds. A route that will not do without arguments gets those of *query*.
    """
    found: dict[str, Reading] = {}
    for rule in routes_to_read(app):
        if rule in apart:
            continue
        address = _PARAMETER.sub(lambda m, rule=rule: _id_for(rule, m, found, ids), rule)
        reading = _read(person, address, {})
        if reading.status in (400, 422):
            reading = _read(person, address, query)
        found[rule] = reading
    return found


def _read(person: Person, address: str, query: Mapping[str, Any]) -> Reading:
    with statements_sent() as sent, person.get(address, query_string=query) as answer:
        answer.get_data()
        return Reading(answer.status_code, list(sent), answer.get_json(silent=True))


def _id_for(
    rule: str, parameter: re.Match[str], found: Mapping[str, Reading], ids: Mapping[str, str]
) -> str:
    if parameter[1] in ids:
        return ids[parameter[1]]
    of_list = found.get(rule[: parameter.start()].rstrip("/"))
    first = next(_ids_in(of_list.json), None) if of_list else None
    return first or "00000000-0000-7000-8000-000000000000"


def _ids_in(answer: Any) -> Iterator[str]:
    lists = [value for value in (answer or {}).values() if isinstance(value, list)]
    for entry in (entry for entries in lists for entry in entries if isinstance(entry, dict)):
        yield str(entry.get("id") or entry.get("document", {}).get("id") or "") or ""
