"""Receiving goods: what makes a receipt final, and what is refused."""

from __future__ import annotations

from copy import deepcopy
from uuid import uuid4

import pytest

from server.access import Role
from tests.receipts import reject_line, sign
from tests.receiving_world import Canteen, pointers


@pytest.fixture
def canteen(world):
    return Canteen(world)


def test_a_delivery_in_order_is_accepted_and_numbered(canteen):
    answer = canteen.put(canteen.signed("meat", "dry_goods"))
    assert answer.status_code == 201, answer.text
    document = answer.json["document"]
    assert document["status"] == "signed"
    assert document["number"] == "YS-N1-2026-000001"
    assert document["provisional_number"] == "P-0001"
    second = canteen.put(canteen.signed("dry_goods")).json["document"]
    assert second["number"] == "YS-N1-2026-000002"


def test_plan_product_checklist_and_licence_are_snapshots_on_the_record(canteen):
    draft = canteen.signed("dry_goods")
    line_id = draft.line()["id"]
    basis = canteen.put(draft).json["document"]["basis"]
    assert basis["supplier"]["licence"]["is_valid"] is True
    assert basis["lines"][line_id]["checklist"]["code"] == "RCV-DRY"
    sampling = basis["lines"][line_id]["sampling"]
    b = sampling["classes"]["B"]
    assert (b["sample_size"], b["acceptance_number"], b["rejection_number"]) == (5, 0, 1)
    assert b["plan"]["edition"] == "gbt-2828.1-2012"
    product = dict(canteen.products["dry_goods"], name="改过的名字")
    path = f"/api/v1/products/{product['id']}"
    assert canteen.quality.put(path, json=product, headers={"If-Match": "1"}).status_code == 200
    again = canteen.li.get(f"/api/v1/goods-receipts/{draft.document['id']}").json["document"]
    assert again["basis"]["lines"][line_id]["product"]["name"] == "测试dry_goods"


@pytest.mark.parametrize("change", ["accepted_quantity", "rejected_quantity", "delivered_quantity"])
def test_quantities_that_do_not_add_up_are_refused_even_in_a_draft(canteen, change):
    draft = canteen.draft()
    draft.line()[change] = "7"
    answer = canteen.put(draft)
    assert answer.status_code == 422
    assert "/lines/0/delivered_quantity" in pointers(answer)


def test_a_licence_is_judged_on_the_day_of_the_delivery(canteen):
    canteen.supplier = canteen.save_supplier(valid_until="2026-03-01")
    late = canteen.draft()
    late.answer("H01")["attachment_ids"] = [late.photo("H01")]
    refused = canteen.put(canteen.finish(late))
    assert refused.status_code == 422
    assert pointers(refused) == {"/lines/0/accepted_quantity"}
    in_time = canteen.draft(delivered_on="2026-03-01")
    assert canteen.put(canteen.finish(in_time)).status_code == 201


def test_one_class_a_failure_outweighs_everything_that_is_in_order(canteen):
    draft = canteen.draft("meat")
    draft.answer("M01", draft.line())["is_ok"] = False
    answer = canteen.put(canteen.finish(draft))
    assert answer.status_code == 422
    assert "/lines/0/accepted_quantity" in pointers(answer)
    assert "A 类" in answer.json["errors"][0]["detail"]


def test_frozen_goods_that_are_too_warm_are_rejected_with_their_reason(canteen):
    draft = canteen.draft("chilled_frozen")
    draft.answer("F04", draft.line())["value"] = "-5"
    reject_line(draft.line())
    document = canteen.put(canteen.finish(draft, "rejected")).json["document"]
    verdict = document["verdict"]["lines"][draft.line()["id"]]
    assert verdict["is_acceptable"] is False
    assert [item["item_id"] for item in verdict["not_ok"]] == ["F04"]


def test_a_missing_required_photo_is_refused_and_named(canteen):
    draft = canteen.draft("meat")
    draft.answer("M06", draft.line())["attachment_ids"] = []
    answer = canteen.put(canteen.finish(draft))
    assert answer.status_code == 422
    assert answer.json["type"] == "/problems/receipt-incomplete"
    assert pointers(answer) == {"/lines/0/M06/photo"}
    assert "表面温度" in answer.json["errors"][0]["detail"]


def test_a_failed_check_needs_its_photo(canteen):
    draft = canteen.draft("meat")
    draft.answer("M07", draft.line())["is_ok"] = False
    answer = canteen.put(canteen.finish(draft))
    assert pointers(answer) == {"/lines/0/M07/photo"}
    draft.answer("M07", draft.line())["attachment_ids"] = [draft.photo("M07")]
    assert canteen.put(draft).status_code == 201


def test_an_unanswered_gate_is_refused_and_named(canteen):
    draft = canteen.draft("meat")
    answers = draft.document["answers"]
    draft.document["answers"] = [answer for answer in answers if answer["item_id"] != "M01"]
    answer = canteen.put(canteen.finish(draft))
    assert answer.status_code == 422
    assert "/lines/0/M01" in pointers(answer)


def test_with_one_signature_it_stays_a_draft(canteen):
    draft = canteen.draft()
    draft.document["decision"] = "accepted"
    sign(draft, "acceptor", canteen.li.user_id, "Li")
    document = canteen.put(draft).json["document"]
    assert (document["status"], document["number"]) == ("draft", None)


def test_the_witness_may_sign_later_on_their_own_phone(canteen):
    draft = canteen.draft()
    draft.document["decision"] = "accepted"
    sign(draft, "acceptor", canteen.li.user_id, "Li")
    assert canteen.put(draft).status_code == 201
    sign(draft, "witness", canteen.wang.user_id, "Wang")
    answer = canteen.put(draft, canteen.wang, version=1)
    assert answer.json["document"]["status"] == "signed"


@pytest.mark.parametrize("by", ["user", "name"])
def test_acceptor_and_witness_are_two_people(canteen, by):
    draft = canteen.draft()
    draft.document["decision"] = "accepted"
    sign(draft, "acceptor", canteen.li.user_id, "Li")
    sign(draft, "witness", canteen.li.user_id if by == "user" else None, " li ")
    answer = canteen.put(draft)
    assert answer.status_code == 422
    assert "/signatures" in pointers(answer)


def test_nobody_signs_as_acceptor_for_another(canteen):
    answer = canteen.put(canteen.signed(), canteen.wang)
    assert answer.status_code == 422
    assert pointers(answer) == {"/signatures/0/user_id"}


def test_content_does_not_change_under_a_signature(canteen):
    draft = canteen.draft()
    sign(draft, "acceptor", canteen.li.user_id, "Li")
    assert canteen.put(draft).status_code == 201
    draft.document["note"] = "事后补一句"
    answer = canteen.put(draft, version=1)
    assert answer.json["type"] == "/problems/signed-content-changed"
    draft.document["signatures"] = []
    assert canteen.put(draft, version=1).status_code == 200


def test_a_signed_receipt_is_immutable(canteen):
    draft = canteen.signed()
    assert canteen.put(draft).status_code == 201
    draft.document["note"] = "改"
    answer = canteen.put(draft, version=1)
    assert answer.status_code == 409
    assert answer.json["type"] == "/problems/receipt-signed"
    assert "YS-N1-2026-000001" in answer.json["detail"]


def test_a_lot_whose_sample_failed_cannot_be_accepted(canteen):
    draft = canteen.draft(lot_size=500)
    draft.sample()["nonconforming"]["B"] = 4
    answer = canteen.put(canteen.finish(draft))
    assert answer.status_code == 422
    assert "拒收数 4" in answer.json["errors"][0]["detail"]


def test_a_lot_at_its_acceptance_number_is_accepted(canteen):
    draft = canteen.draft(lot_size=500)
    draft.sample()["nonconforming"]["B"] = 3
    assert canteen.put(canteen.finish(draft)).status_code == 201


def test_an_unfinished_sample_decides_nothing(canteen):
    draft = canteen.draft(lot_size=500)
    draft.sample()["inspected"] = 30
    answer = canteen.put(canteen.finish(draft))
    assert "/lines/0/sample" in pointers(answer)


@pytest.mark.parametrize(
    ("decision", "accepted", "rejected", "pending"),
    [
        ("accepted", "40", "10", "0"),
        ("rejected", "10", "40", "0"),
        ("accepted_in_part", "50", "0", "0"),
        ("pending", "50", "0", "0"),
    ],
)
def test_the_decision_says_what_the_quantities_say(canteen, decision, accepted, rejected, pending):
    draft = canteen.draft()
    draft.line().update(
        accepted_quantity=accepted, rejected_quantity=rejected, pending_quantity=pending
    )
    answer = canteen.put(canteen.finish(draft, decision))
    assert answer.status_code == 422
    assert "/decision" in pointers(answer)


def test_part_of_a_delivery_may_be_accepted(canteen):
    draft = canteen.draft()
    draft.line().update(
        accepted_quantity="40.5", rejected_quantity="9.5", rejection_reason="外箱受潮"
    )
    document = canteen.put(canteen.finish(draft, "accepted_in_part")).json["document"]
    assert document["decision"] == "accepted_in_part"


def _three_class_b_failures(canteen):
    draft = canteen.draft("dry_goods")
    for item in ("D04", "D06", "D14"):
        answer = draft.answer(item, draft.line())
        answer["is_ok"] = False
        answer["attachment_ids"] = answer["attachment_ids"] or [draft.photo(item)]
    return draft


def test_an_inspector_does_not_concede(canteen):
    draft = _three_class_b_failures(canteen)
    draft.document["decision_reason"] = "急用"
    answer = canteen.put(canteen.finish(draft, "accepted_by_concession"))
    assert answer.status_code == 403


def concede(canteen, draft, reason):
    """Li signs what is wished for; quality decides it by signing as the witness."""
    draft.document.update(decision="accepted_by_concession", decision_reason=reason)
    sign(draft, "acceptor", canteen.li.user_id, "Li")
    assert canteen.put(draft).status_code == 201
    sign(draft, "witness", canteen.quality.user_id, "Quality")
    return canteen.put(draft, canteen.quality, version=1)


def test_quality_concedes_with_a_reason_and_never_over_class_a(canteen):
    assert pointers(concede(canteen, _three_class_b_failures(canteen), " ")) == {"/decision_reason"}
    conceded = concede(canteen, _three_class_b_failures(canteen), "标签问题，当日用完")
    assert conceded.status_code == 200, conceded.text
    assert conceded.json["document"]["conceded_by"]["user_id"] == canteen.quality.user_id
    unsafe = canteen.draft("meat")
    unsafe.answer("M01", unsafe.line())["is_ok"] = False
    refused = concede(canteen, unsafe, "急用")
    assert refused.json["type"] == "/problems/concession-not-permitted"


def test_nobody_concedes_the_own_acceptance(canteen):
    draft = _three_class_b_failures(canteen)
    draft.document.update(decision="accepted_by_concession", decision_reason="急用")
    sign(draft, "acceptor", canteen.quality.user_id, "Quality")
    sign(draft, "witness", canteen.wang.user_id, "Wang")
    refused = canteen.put(draft, canteen.quality)
    assert refused.json["type"] == "/problems/concession-not-permitted"


def test_expiry_is_computed_from_production_and_shelf_life(canteen):
    draft = canteen.draft("meat")
    document = canteen.put(draft).json["document"]
    assert document["lines"][0]["produced_on"] == "2026-03-01"
    assert document["basis"]["lines"][draft.line()["id"]]["expires_on"] == "2026-03-08"


def test_goods_past_their_date_cannot_be_accepted(canteen):
    draft = canteen.draft("meat")
    draft.line()["produced_on"] = "2026-02-01"
    answer = canteen.put(canteen.finish(draft))
    assert "已过保质期" in answer.json["errors"][0]["detail"]


def test_an_answer_to_an_unknown_item_is_named(canteen):
    draft = canteen.draft()
    draft.document["answers"][0]["item_id"] = "Z99"
    assert pointers(canteen.put(draft)) == {"/answers/0/item_id"}


def test_an_unknown_product_or_supplier_is_named(canteen):
    draft = canteen.draft()
    draft.line()["product_id"] = str(uuid4())
    assert pointers(canteen.put(draft)) == {"/lines/0/product_id"}
    other = canteen.draft()
    other.document["supplier_id"] = str(uuid4())
    assert pointers(canteen.put(other)) == {"/supplier_id"}


def test_online_and_offline_receipts_are_judged_by_the_same_service(canteen):
    """The same document through both doors: the same answer, the same document."""
    bad = canteen.draft("meat")
    bad.answer("M06", bad.line())["attachment_ids"] = []
    canteen.finish(bad)
    online = canteen.put(bad).json
    [offline] = _push(canteen.li, bad.document)
    assert offline["status"] == "rejected"
    assert offline["problem"]["type"] == online["type"]
    assert offline["problem"]["errors"] == online["errors"]
    good = canteen.signed("meat")
    twin = deepcopy(good.document) | {"id": str(uuid4())}
    put = canteen.put(good).json["document"]
    [pushed] = _push(canteen.li, twin)
    different = {"id", "number"}
    assert {k: v for k, v in put.items() if k not in different} == {
        k: v for k, v in pushed["document"].items() if k not in different
    }


def _push(person, document, base_version=None):
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "goods_receipts",
        "id": document["id"],
        "operation": "upsert",
        "base_version": base_version,
        "document": document,
    }
    answer = person.post(
        "/api/v1/sync/push",
        json={"device_id": person.device_id, "mutations": [mutation]},
        headers={"Accept-Language": "zh-CN"},
    )
    assert answer.status_code == 200, answer.text
    return answer.json["results"]


def test_two_phones_on_one_draft_merge_by_field(canteen):
    draft = canteen.draft("meat", "dry_goods")
    [created] = _push(canteen.li, draft.document)
    assert created["version"] == 1
    mine, theirs = deepcopy(draft.document), deepcopy(draft.document)
    mine["lines"][0]["supplier_batch_number"] = "L-1"
    theirs["lines"][1]["supplier_batch_number"] = "L-2"
    theirs["answers"][0]["note"] = "看过了"
    assert _push(canteen.li, mine, 1)[0]["status"] == "applied"
    [merged] = _push(canteen.wang, theirs, 1)
    assert merged["status"] == "merged"
    assert [line["supplier_batch_number"] for line in merged["document"]["lines"]] == ["L-1", "L-2"]


def test_a_signature_is_not_merged_over_content_its_signer_has_not_seen(canteen):
    draft = canteen.draft()
    _push(canteen.li, draft.document)
    changed = deepcopy(draft.document)
    changed["note"] = "王补充"
    assert _push(canteen.wang, changed, 1)[0]["status"] == "applied"
    [clash] = _push(canteen.li, canteen.finish(draft).document, 1)
    assert clash["status"] == "conflict"


def test_both_signing_offline_on_their_own_phones_gives_one_signed_receipt(canteen):
    draft = canteen.draft()
    draft.document["decision"] = "accepted"
    _push(canteen.li, draft.document)
    mine, theirs = deepcopy(draft), deepcopy(draft)
    sign(mine, "acceptor", canteen.li.user_id, "Li")
    sign(theirs, "witness", canteen.wang.user_id, "Wang")
    assert _push(canteen.li, mine.document, 1)[0]["status"] == "applied"
    [merged] = _push(canteen.wang, theirs.document, 1)
    assert merged["status"] == "merged"
    assert merged["document"]["status"] == "signed"


def amend(canteen, person, receipt_id, **changes):
    amendment = {
        "id": str(uuid4()),
        "goods_receipt_id": receipt_id,
        "kind": "correction",
        "reason": "称重复核",
        "decision": "accepted_in_part",
        "lines": [],
        **changes,
    }
    return person.put(f"/api/v1/goods-receipt-amendments/{amendment['id']}", json=amendment)


def _quantities(line, accepted, rejected, pending="0"):
    return {
        "line_id": line["id"],
        "accepted_quantity": accepted,
        "rejected_quantity": rejected,
        "pending_quantity": pending,
    }


def test_a_correction_is_a_new_record_and_the_receipt_stays_as_signed(canteen):
    draft = canteen.signed()
    canteen.put(draft)
    receipt_id = draft.document["id"]
    answer = amend(canteen, canteen.li, receipt_id, lines=[_quantities(draft.line(), "45", "5")])
    assert answer.status_code == 201, answer.text
    assert answer.json["document"]["number"] == "YS-N1-2026-000001-1"
    detail = canteen.li.get(f"/api/v1/goods-receipts/{receipt_id}").json
    assert detail["document"]["decision"] == "accepted"
    assert detail["document"]["lines"][0]["accepted_quantity"] == "50"
    assert detail["decision_now"] == "accepted_in_part"
    assert detail["lines_now"][0]["accepted_quantity"] == "45"
    assert [a["reason"] for a in detail["amendments"]] == ["称重复核"]


def test_an_amendment_keeps_the_quantities_in_balance(canteen):
    draft = canteen.signed()
    canteen.put(draft)
    answer = amend(
        canteen, canteen.li, draft.document["id"], lines=[_quantities(draft.line(), "45", "6")]
    )
    assert answer.status_code == 422
    assert pointers(answer) == {"/lines/0"}


def test_rejected_goods_become_accepted_only_by_concession_of_somebody_else(canteen):
    draft = _three_class_b_failures(canteen)
    reject_line(draft.line(), "标签不全")
    assert canteen.put(canteen.finish(draft, "rejected")).status_code == 201
    receipt_id = draft.document["id"]
    all_of_it = {"lines": [_quantities(draft.line(), "50", "0")]}
    plain = amend(canteen, canteen.quality, receipt_id, decision="accepted", **all_of_it)
    assert plain.status_code == 422
    wish = {"kind": "concession", "decision": "accepted_by_concession", **all_of_it}
    assert amend(canteen, canteen.li, receipt_id, **wish).status_code == 403
    assert amend(canteen, canteen.quality, receipt_id, **wish).status_code == 201


def test_an_amendment_is_final(canteen):
    draft = canteen.signed()
    canteen.put(draft)
    answer = amend(
        canteen, canteen.li, draft.document["id"], lines=[_quantities(draft.line(), "45", "5")]
    )
    amendment = answer.json["document"]
    amendment["reason"] = "改过的理由"
    again = canteen.li.put(f"/api/v1/goods-receipt-amendments/{amendment['id']}", json=amendment)
    assert again.status_code == 409


def test_a_receipt_of_another_site_does_not_exist(canteen):
    draft = canteen.signed()
    canteen.put(draft)
    stranger = canteen.world.person("zhao", Role.MANAGER, [canteen.world.south])
    path = f"/api/v1/goods-receipts/{draft.document['id']}"
    assert stranger.get(path).status_code == 404
    assert stranger.get("/api/v1/goods-receipts").json["goods_receipts"] == []
    assert amend(canteen, stranger, draft.document["id"]).status_code == 404
    assert canteen.put(draft, stranger).status_code in (404, 422)


def test_an_observer_reads_and_writes_nothing(canteen):
    canteen.put(canteen.signed())
    observer = canteen.world.person("guan", Role.OBSERVER)
    assert len(observer.get("/api/v1/goods-receipts").json["goods_receipts"]) == 1
    assert canteen.put(canteen.draft(), observer).status_code == 403


def test_the_list_shows_decision_and_photos_still_to_come(canteen):
    draft = canteen.signed("meat")
    canteen.put(draft)
    [summary] = canteen.li.get("/api/v1/goods-receipts").json["goods_receipts"]
    assert summary["decision"] == "accepted"
    assert summary["supplier_name"] == "胜利粮油食品有限公司"
    assert summary["photos"] == {"announced": len(draft.photos), "stored": 0}


def test_a_draft_can_be_thrown_away_and_a_signed_receipt_cannot(canteen):
    draft = canteen.draft()
    _push(canteen.li, draft.document)
    signed = canteen.signed()
    _push(canteen.li, signed.document)

    def throw_away(record_id):
        mutation = {
            "mutation_id": str(uuid4()),
            "collection": "goods_receipts",
            "id": record_id,
            "operation": "delete",
            "base_version": 1,
        }
        body = {"device_id": canteen.li.device_id, "mutations": [mutation]}
        [result] = canteen.li.post("/api/v1/sync/push", json=body).json["results"]
        return result["status"]

    assert throw_away(draft.document["id"]) == "applied"
    assert throw_away(signed.document["id"]) == "rejected"
    assert len(canteen.li.get("/api/v1/goods-receipts").json["goods_receipts"]) == 1


# -- what a hostile reader tried -------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"role": "acceptor"}, {"name": "别人"}, {"attachment_id": None}]
)
def test_a_signature_that_stands_is_not_rewritten_under_its_id(canteen, change):
    draft = canteen.draft()
    draft.document["decision"] = "accepted"
    driver = sign(draft, "driver", None, "刘师傅")
    assert canteen.put(draft).status_code == 201
    driver.update(change, user_id=canteen.wang.user_id)
    driver["attachment_id"] = driver["attachment_id"] or str(uuid4())
    sign(draft, "witness", canteen.li.user_id, "Li")
    answer = canteen.put(draft, version=1)
    assert answer.json["type"] == "/problems/signed-content-changed"


def test_goods_signed_as_pending_without_checks_do_not_become_accepted(canteen):
    draft = canteen.draft()
    draft.document["answers"] = []
    draft.line().update(accepted_quantity="0", pending_quantity="50", rejection_reason="等待报告")
    assert canteen.put(canteen.finish(draft, "pending")).status_code == 201
    all_of_it = {"lines": [_quantities(draft.line(), "50", "0")]}
    receipt_id = draft.document["id"]
    plain = amend(canteen, canteen.li, receipt_id, decision="accepted", **all_of_it)
    assert plain.status_code == 422
    wish = {"kind": "concession", "decision": "accepted_by_concession", **all_of_it}
    conceded = amend(canteen, canteen.quality, receipt_id, **wish)
    assert conceded.json["type"] == "/problems/concession-not-permitted"


def test_goods_that_passed_every_check_may_be_released_later(canteen):
    draft = canteen.draft()
    draft.line().update(accepted_quantity="0", pending_quantity="50", rejection_reason="等待通知")
    assert canteen.put(canteen.finish(draft, "pending")).status_code == 201
    answer = amend(
        canteen,
        canteen.li,
        draft.document["id"],
        decision="accepted",
        lines=[_quantities(draft.line(), "50", "0")],
    )
    assert answer.status_code == 201, answer.text


def _conceded_by_amendment(canteen):
    draft = _three_class_b_failures(canteen)
    reject_line(draft.line(), "标签不全")
    assert canteen.put(canteen.finish(draft, "rejected")).status_code == 201
    wish = {"kind": "concession", "decision": "accepted_by_concession"}
    lines = [_quantities(draft.line(), "50", "0")]
    answer = amend(canteen, canteen.quality, draft.document["id"], lines=lines, **wish)
    assert answer.status_code == 201, answer.text
    return draft


def test_a_concession_does_not_turn_into_a_plain_acceptance(canteen):
    draft = _conceded_by_amendment(canteen)
    answer = amend(canteen, canteen.li, draft.document["id"], decision="accepted")
    assert pointers(answer) == {"/decision"}


def test_conceded_goods_do_not_come_back_once_withdrawn(canteen):
    draft = _conceded_by_amendment(canteen)
    receipt_id, line = draft.document["id"], draft.line()
    withdrawn = amend(
        canteen, canteen.li, receipt_id, decision="rejected", lines=[_quantities(line, "0", "50")]
    )
    assert withdrawn.status_code == 201, withdrawn.text
    for decision in ("accepted", "accepted_by_concession"):
        again = amend(
            canteen, canteen.li, receipt_id, decision=decision, lines=[_quantities(line, "50", "0")]
        )
        assert again.status_code == 422


def test_after_a_concession_the_quantities_can_still_be_corrected_downwards(canteen):
    draft = _conceded_by_amendment(canteen)
    answer = amend(
        canteen,
        canteen.li,
        draft.document["id"],
        decision="accepted_by_concession",
        lines=[_quantities(draft.line(), "48", "2")],
    )
    assert answer.status_code == 201, answer.text


def test_amendments_stand_in_the_order_in_which_they_took_effect(canteen):
    draft = canteen.signed()
    canteen.put(draft)
    for accepted in range(49, 37, -1):
        lines = [_quantities(draft.line(), str(accepted), str(50 - accepted))]
        assert amend(canteen, canteen.li, draft.document["id"], lines=lines).status_code == 201
    detail = canteen.li.get(f"/api/v1/goods-receipts/{draft.document['id']}").json
    numbers = [amendment["number"] for amendment in detail["amendments"]]
    assert numbers == [f"YS-N1-2026-000001-{n}" for n in range(1, 13)]


def test_an_amendment_names_a_line_once(canteen):
    draft = canteen.signed()
    canteen.put(draft)
    twice = [_quantities(draft.line(), "40", "10"), _quantities(draft.line(), "10", "40")]
    assert pointers(amend(canteen, canteen.li, draft.document["id"], lines=twice)) == {"/lines"}


def test_the_same_put_again_after_a_lost_answer_changes_nothing(canteen):
    draft = canteen.signed()
    first, again = canteen.put(draft), canteen.put(draft)
    assert again.status_code in (200, 201)
    assert again.json == first.json
    amendment = {
        "id": str(uuid4()),
        "goods_receipt_id": draft.document["id"],
        "kind": "correction",
        "reason": "称重复核",
        "decision": "accepted_in_part",
        "lines": [_quantities(draft.line(), "45", "5")],
    }
    path = f"/api/v1/goods-receipt-amendments/{amendment['id']}"
    answers = [canteen.li.put(path, json=amendment) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert answers[1].status_code == 201


def test_an_amendment_of_another_site_tells_nothing(canteen):
    draft = canteen.signed()
    canteen.put(draft)
    lines = [_quantities(draft.line(), "45", "5")]
    amendment = amend(canteen, canteen.li, draft.document["id"], lines=lines).json["document"]
    stranger = canteen.world.person("zhao", Role.MANAGER, [canteen.world.south])
    answer = stranger.put(f"/api/v1/goods-receipt-amendments/{amendment['id']}", json=amendment)
    assert answer.status_code == 404
    assert "YS-N1" not in answer.text


def test_a_deleted_draft_stays_with_its_site(canteen):
    draft = canteen.draft()
    _push(canteen.li, draft.document)
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "goods_receipts",
        "id": draft.document["id"],
        "operation": "delete",
        "base_version": 1,
    }
    body = {"device_id": canteen.li.device_id, "mutations": [mutation]}
    assert canteen.li.post("/api/v1/sync/push", json=body).status_code == 200
    stranger = canteen.world.person("zhao", Role.INSPECTOR, [canteen.world.south])
    answer = canteen.put(draft, stranger, version=2)
    assert answer.status_code == 404
    assert "ETag" not in answer.headers


def test_a_delivery_of_one_item_is_inspected_whole(canteen):
    draft = canteen.draft("meat", lot_size=1)
    draft.line().update(delivered_quantity="1", accepted_quantity="1")
    document = canteen.put(canteen.finish(draft)).json["document"]
    sampling = document["basis"]["lines"][draft.line()["id"]]["sampling"]
    assert (sampling["sample_size"], sampling["full_inspection"]) == (1, True)
    flawed = canteen.draft("meat", lot_size=1)
    flawed.line().update(delivered_quantity="1", accepted_quantity="1")
    flawed.sample()["nonconforming"]["B"] = 1
    assert pointers(canteen.put(canteen.finish(flawed))) == {"/lines/0/accepted_quantity"}


def test_more_flaws_than_the_plan_has_items_still_reject(canteen):
    draft = canteen.draft()
    draft.sample().update(inspected=50, nonconforming={"A": 0, "B": 40, "C": 0})
    reject_line(draft.line())
    answer = canteen.put(canteen.finish(draft, "rejected"))
    assert answer.status_code == 201, answer.text


def test_nonconformities_per_hundred_items_may_outnumber_the_items(canteen):
    scheme = {
        "quality_measure": "nonconformities_per_100_items",
        "is_confirmed": False,
        "classes": {
            "A": {"zero_acceptance": True},
            "B": {"aql": "100", "inspection_level": "II"},
            "C": {"aql": "100", "inspection_level": "II"},
        },
    }
    product = canteen.save_product("dry_goods", "ambient", 540, sampling_scheme=scheme)
    canteen.products["dry_goods"] = product
    draft = canteen.draft()
    draft.sample()["nonconforming"]["C"] = 10
    document = canteen.put(canteen.finish(draft)).json["document"]
    rule = document["basis"]["lines"][draft.line()["id"]]["sampling"]["classes"]["C"]
    assert (rule["sample_size"], rule["acceptance_number"]) == (8, 14)


@pytest.mark.parametrize("numbers", [[1, 1], [51]])
def test_item_numbers_stand_once_and_within_the_lot(canteen, numbers):
    draft = canteen.draft(lot_size=50)
    draft.sample()["item_numbers"] = numbers
    assert pointers(canteen.put(draft)) == {"/samples/0/item_numbers"}


def test_a_lot_smaller_than_the_delivery_is_noted_for_everybody(canteen):
    draft = canteen.draft(lot_size=5)
    document = canteen.put(draft).json["document"]
    notes = document["verdict"]["lines"][draft.line()["id"]]["notes"]
    assert any("批量 5 小于到货数量 50" in note["zh"] for note in notes)


def test_a_suppliers_contact_does_not_witness_the_own_delivery(canteen):
    contact = canteen.world.person("chen", Role.SUPPLIER_CONTACT)
    draft = canteen.draft()
    draft.document["decision"] = "accepted"
    sign(draft, "acceptor", canteen.li.user_id, "Li")
    sign(draft, "witness", contact.user_id, "Chen")
    assert pointers(canteen.put(draft)) == {"/signatures/1/user_id"}


def test_one_picture_is_not_two_signatures(canteen):
    draft = canteen.signed()
    one, two = draft.document["signatures"]
    two["attachment_id"] = one["attachment_id"]
    assert pointers(canteen.put(draft)) == {"/signatures/1/attachment_id"}


def test_the_acceptor_under_a_made_up_name_is_no_witness(canteen):
    draft = canteen.draft()
    draft.document["decision"] = "accepted"
    sign(draft, "acceptor", canteen.li.user_id, "Somebody Else")
    sign(draft, "witness", None, "Li")
    assert pointers(canteen.put(draft)) == {"/signatures"}


def test_a_receipt_shows_no_photo_of_another_site(canteen):
    south = canteen.world.person("zhao", Role.INSPECTOR, [canteen.world.south])
    foreign = str(uuid4())
    announced = {"id": foreign, "sha256": "a" * 64, "size": 10, "media_type": "image/jpeg"}
    assert south.put(f"/api/v1/attachments/{foreign}", json=announced).status_code in (200, 201)
    draft = canteen.draft()
    draft.document["attachment_ids"] = [foreign]
    canteen.put(draft)
    both = canteen.world.person("boss", Role.MANAGER, [canteen.world.north, canteen.world.south])
    detail = both.get(f"/api/v1/goods-receipts/{draft.document['id']}").json
    assert foreign not in {item["id"] for item in detail["attachments"]}


def test_photos_of_an_amendment_belong_to_the_receipt(canteen):
    draft = canteen.signed()
    canteen.put(draft)
    before = canteen.li.get(f"/api/v1/goods-receipts/{draft.document['id']}").json["photos"]
    lines = [_quantities(draft.line(), "45", "5")]
    photo = str(uuid4())
    amend(canteen, canteen.li, draft.document["id"], lines=lines, attachment_ids=[photo])
    after = canteen.li.get(f"/api/v1/goods-receipts/{draft.document['id']}").json["photos"]
    assert after["announced"] == before["announced"] + 1


def test_a_conflict_over_an_unknown_record_is_shown_to_its_own_site_only(canteen):
    draft = canteen.draft()
    draft.document["site_id"] = canteen.world.north
    assert _push(canteen.li, draft.document, 5)[0]["status"] == "conflict"
    mine = canteen.quality.get("/api/v1/sync/conflicts").json["conflicts"]
    other = canteen.world.person("qian", Role.QUALITY, [canteen.world.south])
    theirs = other.get("/api/v1/sync/conflicts").json["conflicts"]
    assert (len(mine), theirs) == (1, [])


def test_an_amendment_says_what_happens_to_the_goods_and_only_a_concession_concedes(canteen):
    draft = canteen.signed("dry_goods")
    assert canteen.put(draft).status_code == 201
    line = {
        "line_id": draft.line()["id"],
        "accepted_quantity": "40",
        "rejected_quantity": "10",
        "pending_quantity": "0",
        "disposition": "return_to_supplier",
    }
    answer = amend(
        canteen, canteen.li, draft.document["id"], decision="accepted_in_part", lines=[line]
    )
    assert answer.status_code == 201, answer.text
    assert answer.json["document"]["lines"][0]["disposition"] == "return_to_supplier"
    conceded = [{**line, "disposition": "concession"}]
    refused = amend(
        canteen, canteen.li, draft.document["id"], decision="accepted_in_part", lines=conceded
    )
    assert pointers(refused) == {"/lines/0/disposition"}
