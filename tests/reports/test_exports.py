"""Every list is taken along as the list itself shows it: same filters, same view, whole."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from threading import BoundedSemaphore

import pytest

from server.access import ROLE_PERMISSIONS, Role
from server.errors import Problem
from server.exports import listing, routes
from server.exports.registry import EXPORTS
from server.http.paging import Page
from tests.receiving_world import TODAY, Canteen
from tests.rectification_world import Inspected
from tests.reports.test_lists import FORMULA, cells_of
from tests.services.test_inspections import COLD, TIDY, UNTIDY, Round
from tests.world import Person, World

REPORTS = "/api/v1/reports"
PERIOD = f"from={TODAY}&to={TODAY}"


def rows_of(person: Person, name: str, query: str = "") -> list[dict[str, str]]:
    answer = person.get(f"{REPORTS}/{name}.csv?lang=en&{query}")
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_each_list_comes_in_both_kinds_for_whoever_may_read_it_and_for_nobody_else(
    sqlite_world: World,
) -> None:
    Canteen(sqlite_world)
    people = {role: sqlite_world.person(role.value, role) for role in Role}
    for name, exported in EXPORTS.items():
        query = PERIOD if "from_" in exported.arguments().fields else ""
        for role, person in people.items():
            answer = person.get(f"{REPORTS}/{name}.csv?{query}")
            may = exported.permission in ROLE_PERMISSIONS[role]
            assert answer.status_code == (200 if may else 403), (name, role, answer.text)
            if may and role in (Role.ADMIN, Role.QUALITY):
                file = person.get(f"{REPORTS}/{name}.xlsx?{query}&lang=en")
                assert file.data.startswith(b"PK"), name
                file.close()
            answer.close()


def test_findings_and_notices_are_exported_with_the_filters_of_their_lists(
    sqlite_world: World,
) -> None:
    inspected = Inspected(sqlite_world)
    named = [
        inspected.found(title=f"{FORMULA} {n}", item_id=None, checklist_code=None) for n in range(3)
    ]
    inspected.found(
        kind="good_practice", nonconformity_class=None, title="干净", unit_id=inspected.store["id"]
    )
    quality = sqlite_world.person("quality", Role.QUALITY)
    assert len(rows_of(quality, "findings")) == 4
    narrowed = rows_of(quality, "findings", f"unit_id={inspected.kitchen['id']}&is_repeat=false")
    assert {row["Finding"][0] for row in narrowed} == {"'"}
    assert {(row["Responsible"], row["Site"]) for row in narrowed} == {("后厨班组", "北区食堂")}
    assert narrowed[0]["Found at"].startswith("2026-")
    assert len(narrowed) == len(named)
    south = sqlite_world.person("elsewhere", Role.QUALITY, [sqlite_world.south])
    assert rows_of(south, "findings") == []

    action = inspected.issued()
    [row] = rows_of(quality, "corrective-actions", "status=open")
    assert (row["Number"], row["Overdue"], row["Status"]) == (action["number"], "no", "open")
    assert rows_of(quality, "corrective-actions", "status=closed") == []
    sqlite_world.app.extensions["yanshou.clock"].now += timedelta(days=90)
    late = sqlite_world.person("quality").sign_in()
    assert [one["Overdue"] for one in rows_of(late, "corrective-actions", "lane=overdue")] == [
        "yes"
    ]
    refused = late.get(f"{REPORTS}/corrective-actions.csv?status=nonsense")
    assert refused.status_code == 422


def test_inspections_are_exported_with_their_grades_and_findings_are_found_by_them(
    sqlite_world: World,
) -> None:
    round_ = Round(sqlite_world)
    failed = round_.saved(round_.inspection(UNTIDY, COLD))
    passed = round_.saved(round_.inspection(TIDY, COLD))
    quality = sqlite_world.person("quality", Role.QUALITY)
    rows = {row["Number"]: row for row in rows_of(quality, "inspections", "status=finished")}
    assert set(rows) == {failed["number"], passed["number"]}
    assert rows[failed["number"]]["Findings"] == str(len(failed["finding_ids"])) != "0"
    assert rows[passed["number"]]["Findings"] == "0"
    assert {row["Unit"] for row in rows.values()} == {"后厨班组"}
    assert rows[passed["number"]]["Grade"] == "Pass"
    assert rows_of(quality, "inspections", "status=draft") == []
    path = f"/api/v1/findings?source_id={failed['id']}"
    found = quality.get(path).json["findings"]
    assert {one["id"] for one in found} == set(failed["finding_ids"])
    assert quality.get(f"/api/v1/findings?source_id={passed['id']}").json["findings"] == []


def test_people_devices_and_the_audit_log_are_exported_without_their_secrets(
    sqlite_world: World,
) -> None:
    admin = sqlite_world.person("chief", Role.ADMIN)
    sqlite_world.person("wang")
    people = rows_of(admin, "users")
    assert {row["User name"]: row["Roles"] for row in people} == {
        "chief": "北区食堂 administrator",
        "wang": "北区食堂 inspector",
    }
    assert set(people[0]) == {"User name", "Name", "Roles", "Active", "Made at"}
    assert people[0]["Made at"] == "2026-03-02 09:30:00"
    assert {row["Device"] for row in rows_of(admin, "devices")} == {"chief's phone", "wang's phone"}
    entries = rows_of(admin, "audit-entries", "action=signed_in")
    assert [row["Person"] for row in entries] == ["Wang", "Chief"]
    xlsx = cells_of(admin.get(f"{REPORTS}/audit-entries.xlsx?action=signed_in").data)
    assert xlsx[0]["A"][1] == "审计日志"
    assert len(xlsx) == len(entries) + 3
    manager = sqlite_world.person("south manager", Role.MANAGER, [sqlite_world.south])
    assert {row["Site"] for row in rows_of(manager, "audit-entries")} == {"南区食堂"}


def test_lists_beyond_what_a_process_makes_at_a_time_are_asked_to_wait(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    quality = sqlite_world.person("quality", Role.QUALITY)
    monkeypatch.setattr(routes, "_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(routes, "_SEATS", BoundedSemaphore(1))
    with routes._seat():
        busy = quality.get(f"{REPORTS}/products.csv")
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "10")
    assert busy.json["type"] == "/problems/documents-busy"
    assert rows_of(quality, "products") == []


def test_a_list_is_walked_to_its_end_and_a_longer_one_than_allowed_is_refused_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def page(limit: int, cursor: str | None) -> Page[int]:
        start = int(cursor or 0)
        rows = list(range(start, min(start + limit, 1_201)))
        return Page(rows, str(start + limit) if start + limit < 1_201 else None)

    assert list(listing.every_row(page)) == list(range(1_201))
    monkeypatch.setattr(listing, "ROWS_MAX", 1_200)
    with pytest.raises(Problem) as refused:
        list(listing.every_row(page))
    assert refused.value.type.slug == "list-too-long"
