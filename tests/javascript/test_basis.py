"""The phone collects the basis that the server keeps on the record, from the records it pulled."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sampling import export_tables
from sampling.vocabulary import DEFAULT_EDITION
from tests.javascript.phone_code import Case, results_of
from tests.receipts import Draft
from tests.receiving_world import Canteen


@pytest.fixture
def tables(tmp_path):
    path = tmp_path / "tables.json"
    path.write_text(json.dumps(export_tables(DEFAULT_EDITION)), encoding="utf-8")
    return str(path)


def pulled(canteen: Canteen) -> dict[str, Any]:
    """What a phone of the canteen holds."""
    answer = canteen.li.get(
        "/api/v1/sync/pull?limit=500&collections=suppliers,products,checklists,switching_states"
    ).json
    held: dict[str, Any] = {"suppliers": {}, "products": {}, "checklists": [], "states": []}
    for change in answer["changes"]:
        record = {"version": change["version"], "document": change["document"]}
        match change["collection"]:
            case "checklists":
                held["checklists"].append(change["document"])
            case "switching_states":
                held["states"].append(change["document"])
            case collection:
                held[collection][change["id"]] = record
    return held


def whole(canteen: Canteen, draft: Draft, version: int | None = None) -> Case:
    """The receipt as it is stored, with what its lines and samples leave out."""
    answer = canteen.put(draft, version=version)
    assert answer.status_code in (200, 201), answer.text
    document: Case = answer.json["document"]
    return document


def without_words(basis: Case) -> Case:
    """The findings of the licences carry their words differently, as messages."""
    for finding in basis["supplier"]["licence"]["findings"]:
        finding.update(finding.pop("text", {}))
    return basis


def test_the_basis_is_the_one_the_server_keeps(sqlite_world, tables):
    canteen = Canteen(sqlite_world)
    drafts = [
        canteen.draft("meat", "chilled_frozen", lot_size=300),
        canteen.draft("vegetables", lot_size=1),
        canteen.draft("dry_goods"),
        canteen.draft("dry_goods"),
    ]
    drafts[0].sample()["inspection_severity"] = {"B": "tightened", "C": "reduced"}
    drafts[1].document["supplier_id"] = canteen.save_supplier("2026-03-01")["id"]
    drafts[2].document["samples"] = []
    drafts[2].line().update(checklist_id=None, expires_on="2026-09-01")
    drafts[3].sample()["inspection_severity"] = "tightened"
    stored = [whole(canteen, draft) for draft in drafts]
    held = pulled(canteen)
    cases = [{"op": "basis", "receipt": one, "held": held, "earlier": None} for one in stored]
    for document, found in zip(stored, results_of("receiving.mjs", cases, tables), strict=True):
        assert found["refusals"] == []
        assert without_words(found["basis"]) == document["basis"]
        assert found["checklists"].keys() == document["basis"]["lines"].keys()
    assert stored[1]["basis"]["supplier"]["licence"]["is_valid"] is False


def test_a_line_keeps_what_it_was_begun_on(sqlite_world, tables):
    canteen = Canteen(sqlite_world)
    draft = canteen.draft("dry_goods")
    draft.sample()["inspection_severity"] = "reduced"
    earlier = whole(canteen, draft)
    product = canteen.products["dry_goods"]
    names = ("id", "code", "name", "category", "unit")
    changed = {name: product[name] for name in names} | {"storage_class": "chilled"}
    path = f"/api/v1/products/{product['id']}"
    assert canteen.quality.put(path, json=changed, headers={"If-Match": '"1"'}).status_code == 200
    draft.sample()["inspection_severity"] = None
    draft.document["note"] = "再看一次"
    later = whole(canteen, draft, version=1)
    case = {
        "op": "basis",
        "receipt": later,
        "held": pulled(canteen),
        "earlier": earlier["basis"],
    }
    [found] = results_of("receiving.mjs", [case], tables)
    assert without_words(found["basis"]) == later["basis"]
    line_id = draft.line()["id"]
    assert later["basis"]["lines"][line_id]["product"]["storage_class"] == "ambient"
    rules = later["basis"]["lines"][line_id]["sampling"]["classes"]
    assert rules["B"]["inspection_severity"] == "reduced"
    [anew] = results_of("receiving.mjs", [{**case, "earlier": None}], tables)
    assert anew["basis"]["lines"][line_id]["product"]["storage_class"] == "chilled"


def test_what_the_phone_does_not_hold_is_named(sqlite_world, tables):
    canteen = Canteen(sqlite_world)
    document = whole(canteen, canteen.draft("dry_goods"))
    held = pulled(canteen)
    too_large = {**document, "samples": [{**document["samples"][0], "lot_size": 2 * 10**9}]}
    cases: list[Case] = [
        {"op": "basis", "receipt": document, "held": {**held, "suppliers": {}}},
        {"op": "basis", "receipt": document, "held": {**held, "products": {}}},
        {"op": "basis", "receipt": document, "held": {**held, "checklists": []}},
        {"op": "basis", "receipt": too_large, "held": held},
    ]
    found = results_of("receiving.mjs", cases, tables)
    assert [one["basis"] for one in found] == [None] * 4
    assert [one["refusals"][0]["path"] for one in found] == [
        "/supplier_id",
        "/lines/0/product_id",
        "/lines/0/checklist_id",
        "/lines/0/sample/lot_size",
    ]


def test_the_checklist_in_force_is_the_newest_that_holds_on_the_day():
    versions = [
        {"id": "v1", "code": "X", "version": 1, "valid_from": "2026-01-01"},
        {"id": "v3", "code": "X", "version": 3, "valid_from": "2026-06-01"},
        {"id": "v2", "code": "X", "version": 2, "valid_from": "2026-03-01"},
        {"id": "other", "code": "Y", "version": 9, "valid_from": None},
    ]
    days = ("2025-12-31", "2026-01-01", "2026-03-01", "2026-05-31", "2026-06-01")
    cases = [{"op": "in_force", "checklists": versions, "code": "X", "on": day} for day in days]
    cases.append({"op": "in_force", "checklists": versions, "code": "Z", "on": days[0]})
    assert results_of("receiving.mjs", cases) == ["v1", "v1", "v2", "v2", "v3", None]
