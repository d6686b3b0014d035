"""A device's budget, the hint when to come back, and the metrics."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from server.app import create_app
from server.config import Settings
from server.db.base import db
from server.sync_api.back_pressure import Budgets
from tests.api.sync_client import PULL, PUSH, entry, mutation, push, slug_of
from tests.world import World

METRICS = "/metrics"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_budget_runs_out_and_fills_again() -> None:
    budgets = Budgets(per_minute=60)
    assert budgets.take("a", 50, NOON) == 0
    assert budgets.take("a", 20, NOON) == pytest.approx(10)
    assert budgets.take("b", 60, NOON) == 0
    assert budgets.take("a", 20, NOON + timedelta(seconds=10)) == 0


def test_a_push_larger_than_the_budget_passes_when_the_budget_is_full() -> None:
    budgets = Budgets(per_minute=60)
    assert budgets.take("a", 500, NOON) == 0
    assert budgets.take("a", 1, NOON) > 0


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    budgets = Budgets(per_minute=60)
    budgets.take("a", 30, NOON)
    assert budgets.take("a", 30, NOON - timedelta(hours=1)) == 0


def with_settings(app: Flask, settings: Settings, clock: Any, **changed: Any) -> Flask:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return create_app(replace(settings, **changed), clock)


@pytest.fixture
def tight(sqlite_app: Flask, clock: Any) -> Any:
    """A service that lets a device push six mutations a minute."""
    from server.http.context import current_settings

    with sqlite_app.app_context():
        settings = current_settings()
    app = with_settings(sqlite_app, settings, clock, push_mutations_per_minute=6)
    yield World(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_device_over_its_budget_waits_and_others_do_not(tight: World, clock: Any) -> None:
    li, wang = tight.person("li"), tight.person("wang")
    sent = [mutation(entry()) for _ in range(6)]
    push(li, *sent)
    body = {"device_id": li.device_id, "mutations": sent[:3]}
    refused = li.post(PUSH, json=body)
    assert (refused.status_code, slug_of(refused)) == (429, "too-many-requests")
    assert int(refused.headers["Retry-After"]) == 31
    push(wang, *(mutation(entry()) for _ in range(6)))
    clock.advance(seconds=31)
    assert {result["status"] for result in push(li, *sent[:3])} == {"duplicate"}


def test_a_pull_says_when_to_come_back(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    push(li, mutation(entry()), mutation(entry()))
    some, rest = li.get(PULL, query_string={"limit": 1}), li.get(PULL)
    assert [page.headers["Yanshou-Poll-After"] for page in (some, rest)] == ["0", "30"]


def sample(text: str, name: str) -> int:
    [line] = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return int(line.rsplit(" ", 1)[1])


def test_the_metrics_count_what_became_of_mutations(world: World) -> None:
    li, wang = world.person("li"), world.person("wang")
    base = entry()
    here = f'yanshou_sync_log_position{{organisation="{world.organisation_id}"}}'
    before = sample(world.client.get(METRICS).text, here)
    push(li, mutation(base), mutation(entry(colour="red")))
    push(li, mutation({**base, "title": "李"}, 1))
    push(wang, mutation({**base, "title": "王"}, 1))
    text = world.client.get(METRICS).text
    answered = "yanshou_sync_mutations_answered_total"
    told = {
        status: sample(text, f'{answered}{{status="{status}",process="{os.getpid()}"}}')
        for status in ("applied", "merged", "conflict", "rejected")
    }
    assert told == {"applied": 2, "merged": 0, "conflict": 1, "rejected": 1}
    assert sample(text, "yanshou_sync_conflicts_open") == 1
    assert sample(text, "yanshou_sync_quarantine_open") == 1
    assert sample(text, here) == before + 2
    assert "yanshou_http_requests_total{" in text
    assert "第一中学" not in text


BOUNDED = {"change_log_heads", "job_states"}
"""A row for each organisation, a row for each job: these may be read from end to end."""


def test_a_scrape_costs_the_same_however_much_was_synced(sqlite_world: World) -> None:
    """Nothing that grows with the work is read from end to end."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with sqlite_world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert sqlite_world.client.get(METRICS).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    selects = [each for each in asked if each[0].startswith("SELECT")]
    assert len(selects) >= 3
    with engine.connect() as connection:
        for statement, parameters in selects:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scanned = [row.detail for row in plan if row.detail.startswith("SCAN")]
            assert {detail.split()[1] for detail in scanned} <= BOUNDED, statement


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("10.0.0.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}),
    ],
)
def test_without_a_token_only_this_machine_sees_the_metrics(
    sqlite_world: World, address: str, headers: dict[str, str]
) -> None:
    answer = sqlite_world.client.get(
        METRICS, headers=headers, environ_base={"REMOTE_ADDR": address}
    )
    assert answer.status_code == 404


def test_with_a_token_the_metrics_need_it_from_everywhere(sqlite_app: Flask, clock: Any) -> None:
    from server.http.context import current_settings

    with sqlite_app.app_context():
        settings = current_settings()
    app = with_settings(sqlite_app, settings, clock, metrics_token="s3cret")
    client, far = app.test_client(), {"REMOTE_ADDR": "10.0.0.7"}
    for given in ({}, {"Authorization": "Bearer other"}, {"Authorization": "s3cret"}):
        assert client.get(METRICS, headers=given).status_code == 401
    right = {"Authorization": "Bearer s3cret"}
    assert client.get(METRICS, headers=right, environ_base=far).status_code == 200
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
