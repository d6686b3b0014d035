"""Answers held against checklists. Most cases are vectors that the phone app must pass too."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.checklists.defaults import default_checklists
from server.checklists.evaluation import (
    UnknownItem,
    evaluate,
    parse_measurement,
    product_facts,
)
from server.checklists.measurement import MeasurementError, plain_text
from server.checklists.reasons import REASONS

VECTORS = Path(__file__).parents[1] / "vectors" / "checklists"
EVALUATION = json.loads((VECTORS / "evaluation.json").read_text(encoding="utf-8"))
MEASUREMENTS = json.loads((VECTORS / "measurements.json").read_text(encoding="utf-8"))
ITEMS = {item["id"]: item for item in EVALUATION["template"]["items"]}


def template_of(*item_ids):
    return {**EVALUATION["template"], "items": [ITEMS[item_id] for item_id in item_ids]}


@pytest.mark.parametrize("case", EVALUATION["cases"], ids=lambda case: case["name"])
def test_every_vector_comes_out_as_written(case):
    result = evaluate(template_of(*case["items"]), case["answers"], case["facts"]).to_dict()
    expected = dict(case["expected"])
    outcomes = {
        o["item_id"]: [o["outcome"], *(reason["code"] for reason in o["reasons"])]
        for o in result["outcomes"]
    }
    assert outcomes == expected.pop("outcomes")
    lacking = [photo["item_id"] for photo in result["missing_photos"]]
    assert lacking == expected.pop("missing_photos")
    assert {name: result[name] for name in expected} == expected


def test_the_vectors_reach_every_reason_and_every_type_of_item():
    reached = {
        code for case in EVALUATION["cases"] for o in case["expected"]["outcomes"].values()
        for code in o[1:]
    }  # fmt: skip
    assert reached == set(REASONS)
    used = {item["type"] for c in default_checklists() for item in (*c["items"], *c["head_items"])}
    assert used <= {item["type"] for item in ITEMS.values()}


@pytest.mark.parametrize("case", MEASUREMENTS["cases"], ids=lambda case: repr(case["text"]))
def test_every_measurement_is_read_as_written_or_refused(case):
    if case["value"] is None:
        with pytest.raises(MeasurementError) as refusal:
            parse_measurement(case["text"], case["unit"])
        assert case["text"][:40] in refusal.value.text.render("zh-CN", **refusal.value.params)
    else:
        assert plain_text(parse_measurement(case["text"], case["unit"])) == case["value"]


@given(st.decimals(min_value=-80, max_value=300, places=2))
def test_a_number_typed_full_width_is_the_same_number(number):
    wide = str(number).translate(str.maketrans("0123456789-.", "０１２３４５６７８９－．"))
    assert parse_measurement(wide + "℃") == number


@given(st.text(max_size=12))
def test_whatever_is_typed_gives_a_number_or_a_clear_refusal(text):
    try:
        number = parse_measurement(text)
    except MeasurementError:
        return
    assert number.is_finite()
    assert abs(number) < Decimal(10**9)


def test_an_answer_to_an_item_that_is_not_there_names_it():
    with pytest.raises(UnknownItem) as error:
        evaluate(template_of("check"), [{"id": "a1", "item_id": "M99", "is_ok": True}], {})
    assert (error.value.item_id, error.value.answer_id) == ("M99", "a1")
    assert "M99" in error.value.text.render("zh-CN", **error.value.params)


def test_reasons_speak_both_languages_and_name_value_and_limit():
    answers = [{"item_id": "surface", "value": "－1．50"}]
    result = evaluate(template_of("surface"), answers, {"temperature_min": "0"})
    (reason,) = result.outcomes[0].reasons
    assert reason.render("zh-CN") == "-1.5°C 低于下限 0°C"
    assert reason.render("en") == "-1.5°C is below 0°C"


def test_the_missing_photo_is_named_in_both_languages():
    result = evaluate(template_of("always"), [{"item_id": "always", "is_ok": True}], {})
    assert [(p.title.zh, p.title.en) for p in result.missing_photos] == [
        ("项目 always", "item always")
    ]


def test_a_class_a_failure_is_not_outweighed_by_anything():
    acceptance = {"A": 0, "B": 2, "C": 4, "is_confirmed": False}
    failed = [{"item_id": "critical", "is_ok": False, "attachment_ids": ["p"]}]
    passed = [{"item_id": name, "is_ok": True} for name in ("check", "always", "licence")]
    result = evaluate(template_of("critical", "check", "always", "licence"), failed + passed, {})
    assert result.exceeded(acceptance) == ("A",)
    assert result.failures == {"A": 1, "B": 0, "C": 0}


def test_up_to_two_class_b_failures_stay_within_the_rule():
    acceptance = {"A": 0, "B": 2, "C": 4}
    names = ("check", "vehicle", "weight")
    for failing, exceeded in ((2, ()), (3, ("B",))):
        answers = [
            {"item_id": name, "value": "5", "is_ok": n >= failing} for n, name in enumerate(names)
        ]
        assert evaluate(template_of(*names), answers, {}).exceeded(acceptance) == exceeded


def test_head_items_and_items_are_judged_apart():
    template = {**template_of("check"), "head_items": [ITEMS["paper"]]}
    head = evaluate(template, [{"item_id": "paper", "number": "7"}], {}, "head")
    assert [(o.item_id, o.outcome) for o in head.outcomes] == [("paper", "ok")]
    with pytest.raises(UnknownItem):
        evaluate(template, [{"item_id": "paper", "number": "7"}], {}, "items")


def test_the_facts_of_a_product_come_from_its_document():
    product = {
        "storage_class": "chilled",
        "species": "pork",
        "temperature_limits": {"min": None, "max": "7"},
        "shelf_life_days": None,
    }
    assert product_facts(product) == {
        "storage_class": "chilled",
        "species": "pork",
        "temperature_min": None,
        "temperature_max": "7",
        "has_shelf_life": False,
    }


# -- the checklists that come with the product ---------------------------------------------------


def by_code(code):
    return next(template for template in default_checklists() if template["code"] == code)


def test_the_four_kinds_of_goods_and_the_hygiene_records_have_their_checklists():
    sizes = {t["code"]: len(t["items"]) for t in default_checklists()}
    assert sizes == {
        "RCV-MEAT": 14, "RCV-COLD": 14, "RCV-VEG": 11, "RCV-DRY": 14,
        "DIS-TABLEWARE": 10, "INS-DAILY": 25, "REC-SAMPLE": 7, "REC-MORNING": 5,
        "REC-TEMPERATURE": 3, "REC-WASTE": 6, "REC-PEST": 8,
    }  # fmt: skip
    for template in default_checklists():
        assert len(template["head_items"]) == (8 if template["kind"] == "receipt" else 0)


def test_every_figure_not_read_in_an_official_text_is_shown_as_unconfirmed():
    for template in default_checklists():
        for item in (*template["items"], *template["head_items"]):
            if item["limits"] is not None:
                assert item["is_confirmed"] is False, item["id"]
        if template["sampling_scheme"] is not None:
            assert template["sampling_scheme"]["is_confirmed"] is False
            assert template["acceptance"]["is_confirmed"] is False


def test_class_a_tolerates_nothing_in_any_receipt():
    for template in default_checklists():
        if template["kind"] == "receipt":
            assert template["acceptance"]["A"] == 0
            assert template["sampling_scheme"]["classes"]["A"] == {"zero_acceptance": True}


def answer_everything(template):
    """A perfect delivery: every item answered, with a photo."""
    values = {"temperature": "4", "number": "20", "text": "东河屠宰厂 2026-03-01", "count": "0"}
    answers = [
        {
            "id": item["id"],
            "item_id": item["id"],
            "value": values.get(item["type"]),
            "is_ok": True,
            "number": "37000001",
            "attachment_ids": ["photo"],
        }
        for item in template["items"]
    ]
    for answer, item in zip(answers, template["items"], strict=True):
        if item["type"] == "choice":
            answer["value"] = item["options"][0]["value"]
    return answers


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("RCV-MEAT", {"storage_class": "chilled", "species": "pork", "temperature_max": "7"}),
        ("RCV-COLD", {"storage_class": "chilled"}),
        ("RCV-VEG", {"storage_class": "ambient"}),
        ("RCV-DRY", {"storage_class": "ambient"}),
    ],
)
def test_a_perfect_delivery_passes_each_receipt_checklist(code, facts):
    template = by_code(code)
    dates = {
        "produced_on": "2026-03-01",
        "expires_on": "2026-03-08",
        "delivered_on": "2026-03-02",
    }
    result = evaluate(template, answer_everything(template), {**facts, **dates})
    assert result.is_complete, [o for o in result.outcomes if o.outcome == "missing"]
    assert result.failures == {"A": 0, "B": 0, "C": 0}
    assert all(gate.is_complete for gate in result.gates)


def test_frozen_goods_that_came_warm_fail_class_a_with_the_default_checklist():
    template = by_code("RCV-COLD")
    answers = [a for a in answer_everything(template) if a["item_id"] != "F05"]
    facts = {
        "storage_class": "frozen",
        "temperature_max": "-9",
        "produced_on": "2026-01-01",
        "expires_on": "2027-01-01",
        "delivered_on": "2026-03-02",
    }
    warm = [{**a, "value": "－3．5"} if a["item_id"] == "F04" else a for a in answers]
    result = evaluate(template, warm, facts)
    failed = [o.item_id for o in result.outcomes if o.outcome == "not_ok"]
    assert failed == ["F04"]
    assert result.exceeded(template["acceptance"]) == ("A",)


def test_pork_without_its_swine_fever_report_is_not_complete():
    template = by_code("RCV-MEAT")
    answers = [a for a in answer_everything(template) if a["item_id"] != "M03"]
    facts = {"storage_class": "chilled", "species": "pork"}
    papers = evaluate(template, answers, facts).gates[0]
    assert (papers.gate, papers.is_complete, papers.missing) == ("papers", False, ("M03",))
    without = evaluate(template, answers, {**facts, "species": "mutton"}).gates[0]
    assert without.is_complete
