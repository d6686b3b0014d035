"""Sampling over HTTP: the contract's plan, curves, comparisons, draws, tables, and bad input."""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import redirect_stdout

import pytest

from sampling import export_tables, find_plan
from sampling.__main__ import main
from schemas import sampling as schemas
from server.access import Role

BASE = "/api/v1/sampling"
ENGLISH = {"Accept-Language": "en"}
CHINESE = {"Accept-Language": "zh-CN"}
LOT = {"lot_size": "1000", "aql": "1.0"}
# The contract's example, character for character.
CONTRACT_PLAN = {
    "standard": "GB/T 2828.1-2012",
    "lot_size": 1000,
    "aql": "1.0",
    "inspection_level": "II",
    "inspection_severity": "normal",
    "plan_type": "single",
    "code_letter": "J",
    "plan_code_letter": "J",
    "stages": [
        {
            "stage": 1,
            "sample_size": 80,
            "cumulative_sample_size": 80,
            "acceptance_number": 2,
            "rejection_number": 3,
        }
    ],
    "full_inspection": False,
}


@pytest.fixture
def reader(sqlite_world):
    return sqlite_world.person("reader", Role.OBSERVER)


def ask(person, path, headers=ENGLISH, **query):
    return person.get(f"{BASE}/{path}", query_string=query, headers=headers)


def command_line(*arguments):
    """What ``python -m sampling … --json`` prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert main([*arguments, "--json"]) == 0
    return json.loads(printed.getvalue())


def test_the_plan_is_the_contracts_with_its_path_and_its_trust(reader):
    answer = ask(
        reader,
        "plan",
        **LOT,
        inspection_level="II",
        inspection_severity="normal",
        plan_type="single",
    )
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in CONTRACT_PLAN} == CONTRACT_PLAN
    extra = {"confidence", "path", "explanation"}
    assert set(answer.json) == set(CONTRACT_PLAN) | extra
    assert answer.json["confidence"] == "confirmed"
    assert answer.json["path"] == [{"table": "2-A", "code_letter": "J", "cell": "2/3"}]


def test_level_severity_and_type_have_the_defaults_of_the_standard(reader):
    assert ask(reader, "plan", **LOT).json["stages"] == CONTRACT_PLAN["stages"]


def test_the_way_to_the_plan_is_told_in_the_readers_language(reader):
    query = {"lot_size": "80", "aql": "2.5"}
    english = ask(reader, "plan", **query)
    chinese = ask(reader, "plan", CHINESE, **query)
    plan = find_plan(80, "2.5")
    assert english.json["explanation"] == list(plan.explain("en"))
    assert chinese.json["explanation"] == list(plan.explain("zh-CN"))
    assert english.headers["Content-Language"] == "en"
    assert chinese.headers["Content-Language"] == "zh-CN"


def test_a_plan_that_is_not_confirmed_says_so(reader):
    answer = ask(reader, "plan", CHINESE, **LOT, plan_type="multiple", inspection_severity="normal")
    plan = find_plan(1000, "1.0", plan_type="multiple")
    assert answer.json["confidence"] == plan.confidence != "confirmed"
    assert "待核对" in answer.json["explanation"][-1]


BAD_PLANS = [
    ("lot_size", "0", "2 … 1000000000"),
    ("lot_size", "1", "2 … 1000000000"),
    ("lot_size", "-1", "2 … 1000000000"),
    ("lot_size", "2.5", "2 … 1000000000"),
    ("lot_size", "ten", "2 … 1000000000"),
    ("lot_size", "", "2 … 1000000000"),
    ("lot_size", "1e3", "2 … 1000000000"),
    ("lot_size", "１０００", "2 … 1000000000"),
    ("lot_size", "1000000000000", "2 … 1000000000"),
    ("lot_size", "9" * 40, "2 … 1000000000"),
    ("aql", "1,0", "0.010"),
    ("aql", "1.0 %", "0.010"),
    ("aql", "1.2", "1.0, 1.5"),
    ("aql", "NaN", "0.010"),
    ("inspection_level", "ii", "S-1, S-2, S-3, S-4, I, II, III"),
    ("inspection_level", "一般检验水平II", "S-1, S-2, S-3, S-4, I, II, III"),
    ("inspection_severity", "Normal", "normal, tightened, reduced"),
    ("inspection_severity", "正常", "normal, tightened, reduced"),
    ("plan_type", "triple", "single, double, multiple"),
    ("quality_measure", "ppm", "percent_nonconforming, nonconformities_per_100_items"),
]


@pytest.mark.parametrize(("name", "value", "allowed"), BAD_PLANS)
def test_a_bad_argument_is_named_with_its_value_and_what_is_allowed(reader, name, value, allowed):
    query = {**LOT, name: value}
    for headers in (ENGLISH, CHINESE):
        answer = ask(reader, "plan", headers, **query)
        assert answer.status_code == 422, answer.text
        assert answer.mimetype == "application/problem+json"
        assert answer.json["type"] == "/problems/validation-failed"
        [error] = answer.json["errors"]
        assert error["pointer"] == f"/{name}"
        assert name in error["detail"]
        assert f"“{value}”"[:30] in error["detail"] or value in error["detail"]
        separators = allowed if headers is ENGLISH else allowed.replace(", ", "、")
        assert separators in error["detail"]
    assert "允许" in answer.json["detail"]


def test_an_aql_above_ten_with_percent_nonconforming_is_refused(reader):
    query = {"lot_size": "1000", "aql": "15", "quality_measure": "percent_nonconforming"}
    answer = ask(reader, "plan", **query)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/quality_measure"
    assert "nonconformities_per_100_items" in answer.json["detail"]


@pytest.mark.parametrize("missing", ["lot_size", "aql"])
def test_a_missing_argument_is_named(reader, missing):
    query = {name: value for name, value in LOT.items() if name != missing}
    answer = ask(reader, "plan", CHINESE, **query)
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": f"/{missing}", "detail": "缺少必填内容"}]


def test_a_misspelled_argument_is_refused_and_not_answered_with_a_default(reader):
    answer = ask(reader, "plan", **LOT, level="III")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/level"


def test_the_curve_has_the_shape_of_the_command_line(reader):
    arguments = ("--lot-size", "1000", "--aql", "1.0", "--at", "0.5,1,2")
    answer = ask(reader, "oc", **LOT, at="0.5,1,2")
    assert answer.json == command_line("oc", *arguments)
    assert [point["p"] for point in answer.json["points"]] == ["0.5", "1", "2"]
    forced = ask(reader, "oc", **LOT, at="1", distribution="hypergeometric").json
    assert forced["distribution"] == "hypergeometric"


def test_a_curtailed_curve_opens_fewer_items(reader):
    query = {**LOT, "plan_type": "double", "at": "3"}
    whole = ask(reader, "oc", **query).json["points"][0]
    cut = ask(reader, "oc", **query, curtailed="true").json["points"][0]
    assert cut["asn"] < whole["asn"]
    assert cut["pa"] == whole["pa"]
    assert ask(reader, "oc", **query, curtailed="yes").status_code == 422


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"at": "0.5,x"}, "/at/1"),
        ({"at": "101"}, "/at/0"),
        ({"at": ",".join(["1"] * 201)}, "/at"),
        ({"distribution": "normal"}, "/distribution"),
    ],
)
def test_a_curve_refuses_bad_points_and_laws_by_name(reader, query, pointer):
    answer = ask(reader, "oc", **LOT, **query)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer


def test_types_side_by_side_are_those_of_the_command_line(reader):
    answer = ask(reader, "compare", **LOT)
    assert answer.json == command_line("compare", "--lot-size", "1000", "--aql", "1.0")


def test_the_lever_is_that_of_the_command_line(reader):
    answer = ask(reader, "lever", lot_sizes="10x50", aql="4.0")
    assert answer.json == command_line("lever", "--lots", "10x50", "--aql", "4.0")
    assert answer.json["items_saved"] > 0


def test_lots_of_different_batches_may_not_be_merged(reader):
    query = {"lot_sizes": "50,60", "aql": "4.0"}
    alike = ask(reader, "lever", **query, supplier_batch_number="A1,A1")
    assert alike.status_code == 200
    answer = ask(reader, "lever", **query, supplier_batch_number="A1,A2")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/supplier_batch_number"
    assert "A1 / A2" in answer.json["detail"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"lot_sizes": "50"}, "/lot_sizes"),
        ({"lot_sizes": "50,0"}, "/lot_sizes/1"),
        ({"lot_sizes": "50,2.5"}, "/lot_sizes/1"),
        ({"lot_sizes": "x50"}, "/lot_sizes/0"),
        ({"lot_sizes": "101x50"}, "/lot_sizes/0"),
        ({"lot_sizes": "60x50,60x50"}, "/lot_sizes"),
        ({"lot_sizes": ",".join(map(str, range(50, 80)))}, "/lot_sizes"),
        ({"lot_sizes": "1000000000,1000000000"}, "/lot_sizes"),
        ({"lot_sizes": "50,60", "product_id": "a"}, "/product_id"),
        ({"lot_sizes": "50,60", "aql": "1,0"}, "/aql"),
    ],
)
def test_the_lever_refuses_bad_lots_by_name(reader, query, pointer):
    answer = ask(reader, "lever", **{"aql": "4.0", **query})
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "more",
    [
        {"sample_size": "80"},
        {"sample_size": "20,20"},
        {"sample_size": "50", "method": "systematic"},
        {"sample_size": "50", "method": "stratified", "strata": "400,600"},
    ],
)
def test_a_draw_is_that_of_the_command_line(reader, more):
    answer = ask(reader, "draw", lot_size="1000", seed="2026-03-02/S01", **more)
    options = {"lot_size": "1000", "seed": "2026-03-02/S01", **more}
    flags = [part for k, v in options.items() for part in (f"--{k.replace('_', '-')}", v)]
    assert answer.json == command_line("draw", *flags)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"lot_size": "0"}, "/lot_size"),
        ({"sample_size": "0"}, "/sample_size"),
        ({"sample_size": "1001"}, "/sample_size"),
        ({"sample_size": "20,x"}, "/sample_size/1"),
        ({"sample_size": "600,600"}, "/sample_size"),
        ({"sample_size": "20,20", "method": "systematic"}, "/method"),
        ({"seed": ""}, "/seed"),
        ({"method": "lucky"}, "/method"),
        ({"method": "stratified", "strata": "400,500"}, "/strata"),
        ({"method": "stratified", "strata": "400,x"}, "/strata/1"),
        ({"method": "stratified"}, "/strata"),
        ({"lot_size": "1000000000", "sample_size": "100001"}, "/sample_size"),
    ],
)
def test_a_draw_refuses_bad_arguments_by_name(reader, query, pointer):
    answer = ask(reader, "draw", **{"lot_size": "1000", "sample_size": "80", "seed": "s", **query})
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["pointer"] == pointer


def test_the_tables_come_whole_under_the_hash_of_their_content(reader):
    answer = ask(reader, "tables")
    assert answer.json == export_tables("gbt-2828.1-2012")
    etag, is_weak = answer.get_etag()
    assert (etag, is_weak) == (hashlib.sha256(answer.data).hexdigest(), False)


def test_tables_a_device_holds_are_not_sent_again(reader):
    etag = ask(reader, "tables").headers["ETag"]
    for held in (etag, f"W/{etag}", f'"other", {etag}'):
        again = ask(reader, "tables", {"If-None-Match": held})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
    assert ask(reader, "tables", {"If-None-Match": '"other"'}).status_code == 200


def test_an_edition_that_is_not_at_hand_is_refused_by_name(reader):
    answer = ask(reader, "tables", edition="iso-2859-1-2026")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/edition"
    assert "gbt-2828.1-2012" in answer.json["detail"]


@pytest.mark.parametrize("path", ["plan", "oc", "compare", "lever", "draw", "tables"])
def test_sampling_is_for_those_who_read_master_data(sqlite_world, path):
    assert sqlite_world.client.get(f"{BASE}/{path}").status_code == 401
    contact = sqlite_world.person("contact", Role.SUPPLIER_CONTACT)
    assert ask(contact, path).status_code == 403


@pytest.mark.parametrize(
    ("schema", "path", "query"),
    [
        (schemas.PlanOut, "plan", LOT),
        (schemas.CurveOut, "oc", LOT),
        (schemas.ComparisonOut, "compare", LOT),
        (schemas.LeverOut, "lever", {"lot_sizes": "50,60", "aql": "4.0"}),
        (schemas.DrawOut, "draw", {"lot_size": "9", "sample_size": "2", "seed": "s"}),
    ],
)
def test_the_documented_answer_is_the_answer(reader, schema, path, query):
    """Loading is strict about names, so a field that is not documented fails here."""
    answer = ask(reader, path, **query).json
    assert schema().load(answer)
    assert set(answer) == set(schema().fields)
