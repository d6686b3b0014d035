"""Finding receipts again, and following a supplier's batch through everything that names it."""

from __future__ import annotations

import csv
import io
from uuid import uuid4

import pytest

from server.access import Role
from server.receiving import search
from tests.receiving_world import Canteen
from tests.rectification_world import Inspected
from tests.registers_world import Kitchen

OTHERS = "B-99"


@pytest.fixture
def canteen(world):
    return Canteen(world)


def _receipt(canteen, *categories, day="2026-03-02", batch="B-1", supplier=None, number="P-0001"):
    canteen_supplier = supplier or canteen.supplier
    draft = canteen.draft(*categories, delivered_on=day)
    draft.document.update(supplier_id=canteen_supplier["id"], provisional_number=number)
    for line in draft.document["lines"]:
        line["supplier_batch_number"] = batch
    answer = canteen.put(canteen.finish(draft))
    assert answer.status_code == 201, answer.text
    return answer.json["document"]


def _found(person, **query):
    answer = person.get("/api/v1/goods-receipts", query_string=query)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json["goods_receipts"]]


def test_receipts_are_found_by_each_filter_and_by_what_one_remembers(canteen, monkeypatch):
    other = canteen.save_supplier(name="东河_惠民肉类")
    canteen.save_supplier(name="与此无关的商行")
    flour = _receipt(canteen, "dry_goods", day="2026-02-20", batch="a%1", number="P-7001")
    meat = _receipt(canteen, "meat", batch="A%1X", supplier=other)
    both = _receipt(canteen, "meat", "dry_goods", batch="AB1", supplier=other, day="2026-02-25")
    person, products = canteen.quality, canteen.products
    everything = [meat["id"], both["id"], flour["id"]]
    pages = [
        ({}, everything),
        ({"supplier_id": other["id"]}, [meat["id"], both["id"]]),
        ({"product_id": products["dry_goods"]["id"]}, [both["id"], flour["id"]]),
        ({"supplier_batch_number": "AB1"}, [both["id"]]),
        ({"product_id": products["meat"]["id"], "supplier_batch_number": "a%1"}, []),
        ({"delivered_from": "2026-02-21"}, [meat["id"], both["id"]]),
        ({"delivered_from": "2026-02-21", "delivered_to": "2026-02-28"}, [both["id"]]),
        ({"delivered_to": "2026-02-20"}, [flour["id"]]),
        ({"decision": "rejected"}, []),
        ({"status": "draft"}, []),
        ({"site_id": canteen.world.north, "decision": "accepted"}, everything),
        ({"site_id": canteen.world.south}, []),
        # The beginning of a number or batch, capitals or not; a part of a name; nothing is a sign.
        ({"text": flour["number"]}, [flour["id"]]),
        ({"text": flour["number"][:-1].lower()}, everything),
        ({"text": "p-7"}, [flour["id"]]),
        ({"text": "a%"}, [meat["id"], flour["id"]]),
        ({"text": "ab"}, [both["id"]]),
        ({"text": "惠民"}, [meat["id"], both["id"]]),
        ({"text": "东河_"}, [meat["id"], both["id"]]),
        ({"text": "北_"}, []),
        ({"text": "测试dry"}, [both["id"], flour["id"]]),
        ({"text": "1"}, []),
    ]
    assert [_found(person, **query) for query, _ in pages] == [ids for _, ids in pages]
    with monkeypatch.context() as few:
        few.setattr(search, "_FEW", 0)  # whatever is found is too much to be fetched by its ids
        assert [_found(person, **query) for query, _ in pages] == [ids for _, ids in pages]
    first = person.get("/api/v1/goods-receipts", query_string={"text": "惠民", "limit": 1}).json
    second = {"text": "惠民", "limit": 1, "cursor": first["next_cursor"]}
    assert _found(person, **second) == [both["id"]]
    stranger = canteen.world.person("stranger", Role.MANAGER, [canteen.world.abroad])
    south = canteen.world.person("south", Role.MANAGER, [canteen.world.south])
    for reader in (stranger, south):
        assert _found(reader, text=flour["number"]) == _found(reader, supplier_batch_number="AB1")
        assert _found(reader) == []
    _the_export_holds_what_the_list_shows(person, other, [both, meat])


def _the_export_holds_what_the_list_shows(person, supplier, receipts):
    query = {"from": "2026-01-01", "to": "2026-12-31", "supplier_id": supplier["id"], "lang": "en"}
    numbers = [row[0] for row in _rows(person, "goods-receipts", query)]
    assert {number for number in numbers if number.startswith("YS-")} == {
        receipt["number"] for receipt in receipts
    }
    # The official table holds all of a period, whatever else is asked for.
    official = _rows(person, "purchase-checks", query)
    whole = _rows(person, "purchase-checks", {**query, "supplier_id": ""})
    assert official == whole


def _rows(person, name, query):
    with person.get(f"/api/v1/reports/{name}.csv", query_string=query) as file:
        assert file.status_code == 200, file.text
        return list(csv.reader(io.StringIO(file.get_data(as_text=True))))


def test_a_batch_leads_to_everything_that_names_it_and_back(world, clock):
    canteen, kitchen = Canteen(world), Kitchen(world, clock)
    inspected: Inspected = kitchen.inspected
    batch = 'L"24\\7'
    named = _receipt(canteen, "dry_goods", "meat", batch=batch)
    _receipt(canteen, "dry_goods", batch=OTHERS)
    source = {"source_collection": "goods_receipts", "source_id": named["id"]}
    on_receipt = inspected.found(**source)
    naming = inspected.found(title=f"批号 {batch} 包装破损", item_id="other_item")
    inspected.found(title=f"批号 {OTHERS}", item_id="third_item")
    notice = inspected.save("corrective-actions", inspected.notice(on_receipt), inspected.zhao)
    entry = kitchen.temperature("chilled", "3.0", note=f"存放 {batch}")
    saved = inspected.put("register-entries", entry, kitchen.zhao)
    assert saved.status_code == 201, saved.text
    answer = canteen.quality.get(
        "/api/v1/batch-trace", query_string={"supplier_batch_number": batch}
    )
    assert answer.status_code == 200, answer.text
    trace = answer.json
    assert {line["goods_receipt_id"] for line in trace["lines"]} == {named["id"]}
    assert {line["product_name"] for line in trace["lines"]} == {"测试dry_goods", "测试meat"}
    assert {line["lot_decision"] for line in trace["lines"]} == {"accepted"}
    assert all(line["sample"]["inspected"] == 50 for line in trace["lines"])
    assert [one["name"] for one in trace["suppliers"]] == ["胜利粮油食品有限公司"]
    assert len(trace["suppliers"][0]["licences"]) == 5
    assert {paper["number"] for paper in trace["papers"]} >= {"证 370500-0001"}
    assert {one["id"] for one in trace["findings"]} == {on_receipt["id"], naming["id"]}
    assert [one["id"] for one in trace["corrective_actions"]] == [notice["id"]]
    assert [one["id"] for one in trace["register_entries"]] == [entry["id"]]
    _only_for_who_reads_there(world, canteen, batch)


def _only_for_who_reads_there(world, canteen, batch):
    query = {"supplier_batch_number": batch}
    narrower = {**query, "product_id": canteen.products["meat"]["id"]}
    lines = canteen.quality.get("/api/v1/batch-trace", query_string=narrower).json["lines"]
    assert [line["product_name"] for line in lines] == ["测试meat"]
    unknown = {**query, "supplier_id": str(uuid4())}
    assert canteen.quality.get("/api/v1/batch-trace", query_string=unknown).status_code == 404
    south = world.person("south", Role.MANAGER, [world.south])
    assert south.get("/api/v1/batch-trace", query_string=query).status_code == 404
    contact = world.person("contact", Role.SUPPLIER_CONTACT)
    assert contact.get("/api/v1/batch-trace", query_string=query).status_code == 403
    assert canteen.quality.get("/api/v1/batch-trace").status_code == 422
