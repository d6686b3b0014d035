"""Whether a supplier's papers were in order on the day of the delivery."""

from datetime import date

import pytest

from schemas.master_data import CATEGORIES, LICENCE_KINDS, UNITS
from server.master_data import vocabulary
from server.master_data.licences import REQUIREMENTS, licence_state

DAY = date(2026, 3, 2)


def licence(kind, valid_from=None, valid_until=None, number="N-1", id_="l1"):
    return {
        "id": id_,
        "kind": kind,
        "number": number,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "attachment_ids": [],
    }


def supplier(*licences, **more):
    return {"is_suspended": False, "categories": [], "licences": list(licences), **more}


BUSINESS = licence("business_licence")
CONTRACT = licence("contract")


def states(check):
    return [(finding.state, finding.kinds[:1]) for finding in check.findings]


@pytest.mark.parametrize("permit", ["food_production_licence", "food_operation_licence"])
def test_the_producers_permit_or_the_sellers_will_do(permit):
    papers = supplier(BUSINESS, licence(permit), CONTRACT)
    check = licence_state(papers, DAY, ["dry_goods"])
    assert check.is_valid
    assert check.findings == ()


def test_a_missing_permit_names_both_kinds_that_would_do():
    check = licence_state(supplier(BUSINESS, CONTRACT), DAY, ["meat"])
    assert not check.is_valid
    (finding,) = check.findings
    assert finding.state == "missing"
    assert finding.render("zh-CN") == "缺少食品生产许可证或食品经营许可证"
    assert finding.render("en") == "No food production licence or food operation licence on file"


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2025, 12, 31), "not_yet_valid"),
        (date(2026, 1, 1), None),
        (date(2026, 6, 30), None),
        (date(2026, 7, 1), "expired"),
    ],
)
def test_the_day_of_the_delivery_decides_and_both_end_days_count(on, state):
    permit = licence("food_operation_licence", "2026-01-01", "2026-06-30", id_="l7")
    check = licence_state(supplier(BUSINESS, permit, CONTRACT), on, ["dry_goods"])
    assert check.is_valid is (state is None)
    assert [finding.state for finding in check.findings] == ([state] if state else [])
    assert [finding.licence_id for finding in check.findings] == (["l7"] if state else [])


def test_an_expired_licence_says_which_and_since_when():
    permit = licence("food_operation_licence", None, "2026-02-28", number="JY1370")
    (finding,) = licence_state(supplier(BUSINESS, permit, CONTRACT), DAY, ["dry_goods"]).findings
    assert finding.render("zh-CN") == "食品经营许可证（JY1370）已于 2026-02-28 到期"
    assert finding.render("en") == "The food operation licence (JY1370) expired on 2026-02-28"


def test_a_renewed_licence_covers_what_the_old_one_no_longer_does():
    old = licence("food_operation_licence", "2021-01-01", "2025-12-31")
    new = licence("food_operation_licence", "2026-01-01", "2030-12-31")
    assert licence_state(supplier(BUSINESS, old, new, CONTRACT), DAY, ["meat"]).is_valid


def test_a_licence_without_an_end_never_expires():
    permit = licence("food_production_licence", "2001-01-01", None)
    papers = supplier(BUSINESS, permit, CONTRACT)
    assert licence_state(papers, date(2199, 1, 1), ["meat"]).is_valid


def test_a_grower_needs_no_food_permit_and_that_rule_is_shown_as_unconfirmed():
    grower = supplier(licence("identity_document"), CONTRACT)
    assert licence_state(grower, DAY, ["vegetables"]).is_valid
    check = licence_state(supplier(CONTRACT), DAY, ["vegetables"])
    assert not check.is_valid
    assert not check.is_confirmed


def test_the_same_grower_may_not_deliver_meat():
    grower = supplier(licence("identity_document"), CONTRACT)
    check = licence_state(grower, DAY, ["vegetables", "meat"])
    assert states(check) == [
        ("missing", ("business_licence",)),
        ("missing", ("food_production_licence",)),
    ]


def test_an_expired_contract_is_a_notice_and_blocks_nothing():
    contract = licence("contract", None, "2026-01-31")
    papers = supplier(BUSINESS, licence("food_operation_licence"), contract)
    check = licence_state(papers, DAY, ["dry_goods"])
    assert check.is_valid
    assert [(f.state, f.is_required) for f in check.findings] == [("expired", False)]


def test_a_suspended_supplier_is_not_valid_and_the_reason_is_told():
    papers = supplier(
        BUSINESS,
        licence("food_operation_licence"),
        CONTRACT,
        is_suspended=True,
        suspension_reason="连续五批不合格",
    )
    check = licence_state(papers, DAY, ["dry_goods"])
    assert not check.is_valid
    assert check.findings[0].render("zh-CN") == "供货者已暂停供货：连续五批不合格"


def test_goods_the_supplier_is_not_approved_for_are_not_valid():
    papers = supplier(
        BUSINESS, licence("food_operation_licence"), CONTRACT, categories=["dry_goods"]
    )
    assert licence_state(papers, DAY, ["dry_goods"]).is_valid
    check = licence_state(papers, DAY, ["dry_goods", "meat"])
    assert [f.state for f in check.findings] == ["category_not_approved"]
    assert check.findings[0].render("en") == (
        "The supplier is not approved for fresh meat and poultry"
    )


def test_the_check_can_be_kept_on_a_record():
    kept = licence_state(supplier(), DAY, ["meat"]).to_dict()
    assert kept["on"] == "2026-03-02"
    assert kept["is_valid"] is False
    assert all(finding["zh"] and finding["en"] for finding in kept["findings"])


def test_every_word_of_the_wire_has_a_name_in_both_languages():
    assert tuple(vocabulary.UNITS) == UNITS
    assert tuple(vocabulary.CATEGORIES) == CATEGORIES
    assert tuple(vocabulary.LICENCE_KINDS) == LICENCE_KINDS
    assert tuple(REQUIREMENTS) == CATEGORIES
