"""The phone finds, draws and decides as the server does: the same vectors, and a wide grid."""

from __future__ import annotations

import json
import random
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from sampling import Plan, SamplingError, decide_class, export_tables, find_plan
from sampling.comparison import pull_lever
from sampling.curves import operating_characteristic
from sampling.decision import decide_lot
from sampling.plans import plan_of_cell
from sampling.probability import evaluate
from sampling.selection import draw_item_numbers, draw_stages
from sampling.tables import load_table
from sampling.vocabulary import (
    AQLS,
    DEFAULT_EDITION,
    INSPECTION_LEVELS,
    INSPECTION_SEVERITIES,
    PLAN_TYPES,
    QUALITY_MEASURES,
)
from tests.javascript.phone_code import Case, answers_of, plain, results_of
from tests.javascript.rule_texts import rendered

VECTORS = Path(__file__).parents[1] / "vectors" / "sampling"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sampling") / "tables.json"
    path.write_text(json.dumps(export_tables(DEFAULT_EDITION)), encoding="utf-8")
    return str(path)


def vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text("utf-8"))["cases"]
    return found


def bracket_edges() -> list[int]:
    """The first and the last lot size of every row of Table 1."""
    firsts = [row["lot_size_from"] for row in load_table(DEFAULT_EDITION, "1")["rows"]]
    return sorted({*firsts, *(first - 1 for first in firsts[1:]), 10**9})


# -- plans -----------------------------------------------------------------------------------------


def test_plans_meet_their_vectors(tables):
    cases = vectors("plans.json")
    expected = [case.pop("expected") for case in cases]
    plans = results_of("sampling.mjs", [{"op": "plan", "question": c} for c in cases], tables)
    for case, plan, wanted in zip(cases, plans, expected, strict=True):
        numbers = [
            [stage["sample_size"], stage["acceptance_number"], stage["rejection_number"]]
            for stage in plan["stages"]
        ]
        assert {**{name: plan[name] for name in wanted}, "stages": numbers} == wanted, case


def test_single_plans_meet_the_printed_pages(tables):
    """Every cell of the three tables as transcribed from the standard, not from our own files."""
    printed = json.loads((VECTORS / "single-plans.json").read_text("utf-8"))
    cases: list[Case] = []
    expected: list[str] = []
    for severity in INSPECTION_SEVERITIES:
        for letter, row in printed[severity].items():
            for aql, cell in zip(printed["aqls"], row, strict=True):
                case = {"type": "single", "severity": severity, "letter": letter, "aql": aql}
                cases.append({"op": "cell", **case})
                expected.append(cell)
    found = results_of("sampling.mjs", cases, tables)
    assert [
        f"{plan['code_letter']} {plan['stages'][0]['sample_size']} "
        f"{plan['stages'][0]['acceptance_number']}"
        for plan in found
    ] == expected
    assert len(cases) > 1200


def test_every_cell_of_every_table_leads_the_same_way(tables):
    rows = load_table(DEFAULT_EDITION, "1")["rows"]
    letters = sorted({letter for row in rows for letter in row["code_letters"]})
    keys = list(product(PLAN_TYPES, INSPECTION_SEVERITIES, letters, AQLS))
    names = ("type", "severity", "letter", "aql")
    cases = [{"op": "cell", **dict(zip(names, key, strict=True))} for key in keys]
    found = results_of("sampling.mjs", cases, tables)
    for key, theirs in zip(keys, found, strict=True):
        ours = plan_of_cell(DEFAULT_EDITION, *key)
        assert {
            **ours._asdict(),
            "stages": [stage._asdict() for stage in ours.stages],
            "path": [step._asdict() for step in ours.path],
        } == theirs, key


def test_all_lots_levels_aqls_severities_and_types_give_the_same_records(tables):
    """49 140 plans; each group of them is compared by the hash of all its records."""
    groups = [
        [
            {
                "lot_size": lot_size,
                "inspection_level": level,
                "aql": aql,
                "inspection_severity": severity,
                "plan_type": plan_type,
            }
            for aql, severity, plan_type in product(AQLS, INSPECTION_SEVERITIES, PLAN_TYPES)
        ]
        for lot_size, level in product(bracket_edges(), INSPECTION_LEVELS)
    ]
    ours = [_hash([find_plan(**question).to_record() for question in group]) for group in groups]
    cases = [{"op": "hash", "questions": group} for group in groups]
    theirs = results_of("sampling.mjs", cases, tables)
    differing = [g[0] for g, one, other in zip(groups, ours, theirs, strict=True) if one != other]
    assert differing == []
    assert sum(map(len, groups)) > 49_000


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


WRONG_QUESTIONS: list[dict[str, Any]] = [
    {"lot_size": 1, "aql": "1.0"},
    {"lot_size": 10**9 + 1, "aql": "1.0"},
    {"lot_size": 2.5, "aql": "1.0"},
    {"lot_size": "80", "aql": "1.0"},
    {"lot_size": True, "aql": "1.0"},
    {"lot_size": 80, "aql": "1.1"},
    {"lot_size": 80, "aql": "0.001"},
    {"lot_size": 80, "aql": "2000"},
    {"lot_size": 80, "aql": "1,0"},
    {"lot_size": 80, "aql": "１.0"},
    {"lot_size": 80, "aql": ""},
    {"lot_size": 80, "aql": 1},
    {"lot_size": 80, "aql": "1.0", "inspection_level": "IV"},
    {"lot_size": 80, "aql": "1.0", "inspection_severity": "discontinued"},
    {"lot_size": 80, "aql": "1.0", "plan_type": "sequential"},
    {"lot_size": 80, "aql": "15", "quality_measure": "percent_nonconforming"},
    {"lot_size": 80, "aql": "1.0", "quality_measure": "defects"},
]


def test_what_has_no_plan_is_refused_for_the_same_reason(tables):
    cases = [{"op": "plan", "question": question} for question in WRONG_QUESTIONS]
    for case, answer in zip(cases, answers_of("sampling.mjs", cases, tables), strict=True):
        with pytest.raises(SamplingError) as refused:
            find_plan(**case["question"])
        error = refused.value
        assert answer["thrown"] == {
            "code": error.code,
            "argument": error.argument,
            "value": error.value,
            "allowed": list(error.allowed),
        }, case


def test_an_aql_may_be_written_with_more_or_fewer_zeros(tables):
    written = ("2.50", "02.5", "10.0", "0.0100", "1000.000")
    cases = [{"op": "plan", "question": {"lot_size": 80, "aql": text}} for text in written]
    found = [plan["aql"] for plan in results_of("sampling.mjs", cases, tables)]
    assert found == [find_plan(80, text).aql for text in written]


# -- decisions -------------------------------------------------------------------------------------


def test_decisions_meet_their_vectors(tables):
    given = vectors("decisions.json")
    cases = [
        {
            "op": "decide",
            "question": {**case["plan"], "quality_measure": case["quality_measure"]},
            "nonconforming": case["nonconforming"],
            "items": case["items_inspected"],
        }
        for case in given
    ]
    for case, found in zip(given, results_of("sampling.mjs", cases, tables), strict=True):
        assert {name: found[name] for name in case["expected"]} == case["expected"], case


def random_counting(seed: int) -> Case:
    chance = random.Random(seed)
    aql = chance.choice(AQLS)
    measure = None
    if AQLS.index(aql) <= AQLS.index("10") and chance.random() < 0.5:
        measure = "nonconformities_per_100_items"
    question = {
        "lot_size": chance.choice([2, 5, 20, 90, 500, 3200, 40_000]),
        "aql": aql,
        "inspection_level": chance.choice(INSPECTION_LEVELS),
        "inspection_severity": chance.choice(INSPECTION_SEVERITIES),
        "plan_type": chance.choice(PLAN_TYPES),
        "quality_measure": measure,
    }
    plan = find_plan(**question)
    stages = plan.inspection_stages[: chance.randint(0, len(plan.inspection_stages))]
    counts = [chance.choice([0, 0, 1, 2, stage.rejection_number]) for stage in stages]
    items: list[int] | None = [
        stage.sample_size if chance.random() < 0.7 else chance.randint(0, stage.sample_size)
        for stage in stages
    ]
    if chance.random() < 0.3:
        items = None
    if chance.random() < 0.1:
        counts.append(-1)
    return {"op": "decide", "question": question, "nonconforming": counts, "items": items}


def decided(plan: Plan, case: Case) -> dict[str, Any]:
    try:
        decision = decide_class(plan, case["nonconforming"], case["items"])
    except SamplingError as error:
        told = {name: getattr(error, name) for name in ("code", "argument", "value")}
        return {"thrown": {**told, "allowed": list(error.allowed)}}
    return {"result": decision._asdict()}


def _word(answer: dict[str, Any]) -> str:
    if "thrown" in answer:
        return str(answer["thrown"]["code"])
    result = answer["result"]
    return f"{result['decision']} early" if result["is_early"] else str(result["decision"])


def test_random_counts_are_decided_alike_or_refused_alike(tables):
    cases = [random_counting(seed) for seed in range(4000)]
    seen: set[str] = set()
    for case, answer in zip(cases, answers_of("sampling.mjs", cases, tables), strict=True):
        plan = find_plan(**case["question"])
        ours = decided(plan, case)
        assert answer == ours, case
        seen.add(_word(ours))
    assert {
        "accepted", "accepted early", "not_accepted", "not_accepted early", "undecided",
        "count-above-sample", "too-many-stages", "out-of-range",
    } <= seen  # fmt: skip


def test_a_lot_is_accepted_only_by_all_its_classes(tables):
    words = ("accepted", "not_accepted", "undecided")
    mixed = [
        dict(zip("ABC", chosen, strict=False))
        for length in range(4)
        for chosen in product(words, repeat=length)
    ]
    cases: list[Case] = [
        {"op": "decide_lot", "classes": {name: {"decision": word} for name, word in one.items()}}
        for one in mixed
    ]
    found = results_of("sampling.mjs", cases, tables)
    assert found == [decide_lot(one) for one in mixed]  # type: ignore[arg-type]


# -- drawing ---------------------------------------------------------------------------------------


def test_draws_meet_their_vectors(tables):
    given = vectors("draws.json")
    expected = [case.pop("expected") for case in given]
    cases = [{"op": "draw_stages" if "sample_sizes" in c else "draw", **c} for c in given]
    assert results_of("sampling.mjs", cases, tables) == expected


def test_random_draws_are_the_same_items(tables):
    chance = random.Random(2828)
    cases: list[Case] = []
    ours: list[Any] = []
    for number in range(300):
        lot_size = chance.choice([2, 9, 100, 1201, 35_000, 10**9])
        size = chance.randint(1, min(lot_size, 400))
        seed = chance.choice(["s", "收货", "😀", "长" * 190]) + str(number)
        method = chance.choice(["simple", "systematic", "stratified"])
        strata = None
        if method == "stratified":
            cuts = sorted(chance.sample(range(1, lot_size), min(lot_size - 1, 4)))
            strata = [b - a for a, b in zip([0, *cuts], [*cuts, lot_size], strict=True)]
        case = {"lot_size": lot_size, "sample_size": size, "seed": seed}
        cases.append({"op": "draw", **case, "method": method, "strata": strata})
        ours.append(draw_item_numbers(**case, method=method, strata=strata))
    assert results_of("sampling.mjs", cases, tables) == plain(ours)


def test_wrong_draws_are_refused_for_the_same_reason(tables):
    cases: list[Case] = [
        {"lot_size": 10, "sample_size": 11, "seed": "a", "method": "simple", "strata": None},
        {"lot_size": 10, "sample_size": 5, "seed": "", "method": "simple", "strata": None},
        {"lot_size": 10, "sample_size": 5, "seed": "x" * 201, "method": "simple", "strata": None},
        {"lot_size": 10, "sample_size": 5, "seed": "a", "method": "random", "strata": None},
        {"lot_size": 10, "sample_size": 5, "seed": "a", "method": "simple", "strata": [10]},
        {"lot_size": 10, "sample_size": 5, "seed": "a", "method": "stratified", "strata": None},
        {"lot_size": 10, "sample_size": 5, "seed": "a", "method": "stratified", "strata": [4, 5]},
    ]
    found = answers_of("sampling.mjs", [{"op": "draw", **case} for case in cases], tables)
    for case, answer in zip(cases, found, strict=True):
        with pytest.raises(SamplingError) as refused:
            draw_item_numbers(**case)
        thrown = answer["thrown"]
        assert (thrown["code"], thrown["argument"]) == (refused.value.code, refused.value.argument)


def test_the_hash_is_sha256_whatever_the_length(tables):
    texts = ["", "abc", *("a" * length for length in (54, 55, 56, 63, 64, 65, 119, 120, 1000))]
    texts += ["收货😀" * length for length in (1, 9, 40)]
    found = results_of("sampling.mjs", [{"op": "sha256", "text": text} for text in texts], tables)
    assert [b"".join(n.to_bytes(4, "big") for n in digest).hex() for digest in found] == [
        sha256(text.encode()).hexdigest() for text in texts
    ]


# -- risks -----------------------------------------------------------------------------------------


def random_risks(seed: int) -> Case:
    chance = random.Random(seed)
    aql = chance.choice(AQLS)
    is_items = AQLS.index(aql) <= AQLS.index("10") and chance.random() < 0.7
    measure = QUALITY_MEASURES[0 if is_items else 1]
    laws = ["binomial", "hypergeometric"] if is_items else ["poisson"]
    question = {
        "lot_size": chance.choice([2, 13, 90, 500, 3200, 40_000]),
        "aql": aql,
        "inspection_level": chance.choice(INSPECTION_LEVELS),
        "inspection_severity": chance.choice(INSPECTION_SEVERITIES),
        "plan_type": chance.choice(PLAN_TYPES),
        "quality_measure": measure,
    }
    at = [0.0, *(float(aql) * factor for factor in (0.5, 1, 3)), 100.0]
    return {"op": "risks", "question": question, "at": at, "law": chance.choice(laws)}


def risks_of(case: Case) -> dict[str, Any]:
    plan, law = find_plan(**case["question"]), case["law"]
    outcomes = [evaluate(plan, quality, law) for quality in case["at"]]
    curve = operating_characteristic(plan, ["0"], law)
    names = ("producer_risk", "quality_95", "quality_50", "consumer_quality_10", "aoql")
    figures = {name: getattr(curve, name) for name in names}
    figures["asn_at_aql"] = evaluate(plan, float(plan.aql), law).asn
    return {
        "outcomes": [{"pa": o.pa, "asn": o.asn, "aoq": o.aoq} for o in outcomes],
        "figures": figures,
    }


def assert_close(found: Any, wanted: Any, place: object) -> None:
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys(), place
        for name, value in wanted.items():
            assert_close(found[name], value, (place, name))
    elif isinstance(wanted, list):
        for one, other in zip(found, wanted, strict=True):
            assert_close(one, other, place)
    else:
        assert found == pytest.approx(wanted, rel=1e-8, abs=1e-12), place


def test_risks_and_curves_are_the_same_numbers(tables):
    cases = [random_risks(seed) for seed in range(60)]
    for case, found in zip(cases, results_of("sampling.mjs", cases, tables), strict=True):
        assert_close(found, risks_of(case), case)


def test_the_lever_gives_the_same_figures_and_reads_the_same_sizes(tables):
    rule = {"aql": "1.0", "inspection_level": "II", "plan_type": "double"}
    case = {"op": "lever", "sizes": "3x50, 400", "rule": rule}
    [found] = results_of("sampling.mjs", [case], tables)
    ours = pull_lever([50, 50, 50, 400], "1.0", "II", plan_type="double").to_dict()
    names = ("items_separate", "items_merged", "items_saved", "all_accepted_separate")
    assert {name: found[name] for name in names} == pytest.approx({n: ours[n] for n in names})
    for one, other in zip(found["separate"], ours["separate"], strict=True):
        assert one["figures"] == pytest.approx({name: other[name] for name in one["figures"]})
        assert one["plan"] == other["plan"]
    assert found["merged"]["plan"] == ours["merged"]["plan"]


@pytest.mark.parametrize("sizes", ["", "50", "50,abc", "101x50", "50,1", "10000000000,50", "2.5,3"])
def test_sizes_that_are_none_have_no_lever(tables, sizes):
    case = {"op": "lever", "sizes": sizes, "rule": {"aql": "1.0"}}
    [answer] = answers_of("sampling.mjs", [case], tables)
    assert answer["thrown"]["argument"] in {"lot_sizes", "lot_size"}


# -- a lot of a receipt ----------------------------------------------------------------------------

SCHEME = {
    "quality_measure": "percent_nonconforming",
    "classes": {
        "A": {"zero_acceptance": True},
        "B": {"aql": "2.5", "inspection_level": "II"},
        "C": {"aql": "4.0", "inspection_level": "S-3"},
    },
}
NORMAL = {class_: {"used": "normal", "due": "normal"} for class_ in "ABC"}


def plan_lot(tables: str, lot_size: int, severities: Any = None) -> Any:
    case = {"scheme": SCHEME, "lot_size": lot_size, "severities": severities or NORMAL}
    return results_of("sampling.mjs", [{"op": "plan_lot", **case}], tables)[0]


def test_each_class_has_its_own_first_items_and_all_lie_in_the_lot(tables):
    sampling = plan_lot(tables, 1000)
    sizes = {class_: rule["sample_size"] for class_, rule in sampling["classes"].items()}
    assert sizes == {"A": 80, "B": 80, "C": 13}
    case = {"op": "draw_for_classes", "sampling": sampling, "seed": "s"}
    [items] = results_of("sampling.mjs", [case], tables)
    first, rest = draw_stages(1000, [13, 67], "s")
    assert items == [*first, *rest]


def test_where_everything_is_opened_nothing_is_drawn(tables):
    for lot_size in (1, 2, 4):
        sampling = plan_lot(tables, lot_size)
        assert sampling["full_inspection"] is True
        case = {"op": "draw_for_classes", "sampling": sampling, "seed": "s"}
        assert results_of("sampling.mjs", [case], tables) == [[]]


def standing(tables: str, sampling: Any, inspected: int, **found: int) -> Any:
    counted = {"lot_size": sampling["lot_size"], "inspected": inspected}
    sample = {**counted, "nonconforming": {"A": 0, "B": 0, "C": 0, **found}}
    case = {"op": "standing", "sampling": sampling, "sample": sample}
    return results_of("sampling.mjs", [case], tables)[0]


def test_a_class_is_decided_once_the_rest_cannot_change_it(tables):
    """n 80, Ac 5 for B; 80 with nothing allowed for A; n 13, Ac 1 for C."""
    sampling = plan_lot(tables, 1000)
    begun = standing(tables, sampling, 0)
    assert (begun["decision"], begun["is_decided"], begun["items_left"]) == ("undecided", False, 80)
    assert begun["classes"]["B"]["room"] == 5
    under_way = standing(tables, sampling, 75)
    assert under_way["classes"]["B"]["decision"] == "accepted"
    assert under_way["classes"]["B"]["text"]["key"] == "class_standing.accepted_early"
    assert under_way["classes"]["C"]["decision"] == "accepted"
    assert under_way["decision"] == "undecided"
    assert under_way["items_left"] == 5
    refused = standing(tables, sampling, 30, B=6)
    assert refused["classes"]["B"]["decision"] == "not_accepted"
    assert refused["is_decided"]
    assert refused["text"] == {"key": "lot.not_accepted", "params": {"left": 0, "classes": "B"}}
    done = standing(tables, sampling, 80, B=5, C=1)
    assert (done["decision"], done["is_decided"]) == ("accepted", True)
    assert standing(tables, sampling, 1, A=1)["decision"] == "not_accepted"


def test_decided_means_that_no_continuation_decides_otherwise(tables):
    """Every way the rest of small samples may go, against what was said before it."""
    sampling = plan_lot(tables, 25)
    size = sampling["sample_size"]
    states = [
        (inspected, b, c)
        for inspected in range(size + 1)
        for b in range(inspected + 1)
        for c in range(min(inspected, 3) + 1)
    ]
    cases = [
        {
            "op": "standing",
            "sampling": sampling,
            "sample": {
                "lot_size": 25,
                "inspected": inspected,
                "nonconforming": {"A": 0, "B": b, "C": c},
            },
        }
        for inspected, b, c in states
    ]
    found = dict(zip(states, results_of("sampling.mjs", cases, tables), strict=True))
    for (inspected, b, c), said in found.items():
        ends = {
            other["classes"]["B"]["decision"]
            for (at, more_b, more_c), other in found.items()
            if at == size and more_c == c and b <= more_b <= b + size - inspected
        }
        one = said["classes"]["B"]
        if len(ends) == 1:
            assert {one["decision"]} == ends, (inspected, b)
        else:
            assert one["decision"] == "undecided", (inspected, b)


def test_a_supplier_under_discontinued_inspection_is_looked_at_tightened(tables):
    states = [{"nonconformity_class": "B", "severity": "discontinued"}]
    [due] = results_of("sampling.mjs", [{"op": "due", "states": states}], tables)
    assert due["B"] == {"used": "tightened", "due": "discontinued"}
    assert due["C"] == {"used": "normal", "due": "normal"}
    sampling = plan_lot(tables, 1000, due)
    assert sampling["classes"]["B"]["plan"] == plain(
        find_plan(1000, "2.5", "II", "tightened").to_record()
    )


def test_the_way_to_the_plan_is_told_in_the_servers_words(tables):
    chance = random.Random(1)
    cases: list[Case] = [
        {
            "op": "explain",
            "question": {
                "lot_size": chance.choice([2, 50, 1000, 500_001]),
                "aql": chance.choice(AQLS),
                "inspection_severity": chance.choice(INSPECTION_SEVERITIES),
                "plan_type": chance.choice(PLAN_TYPES),
            },
        }
        for _ in range(200)
    ]
    told = results_of("sampling.mjs", cases, tables)
    for case, steps in zip(cases, told, strict=True):
        plan = find_plan(**case["question"])
        for language in ("zh-CN", "en"):
            assert tuple(rendered(language, step) for step in steps) == plan.explain(language)
    keys = {step["key"].removeprefix("plan.") for steps in told for step in steps}
    assert {"letter", "down", "up", "use_single", "use_double", "full_inspection"} <= keys


def test_another_plan_of_the_server_is_explained(tables):
    ours = plan_lot(tables, 1000)
    tightened = {**NORMAL, "B": {"used": "tightened", "due": "tightened"}}
    servers = plan_lot(tables, 1000, tightened)
    cases = [
        {"op": "differences", "ours": ours, "servers": ours},
        {"op": "differences", "ours": ours, "servers": servers},
        {"op": "why", "rule": servers["classes"]["B"]},
        {"op": "why", "rule": ours["classes"]["A"]},
    ]
    same, other, why, why_a = results_of("sampling.mjs", cases, tables)
    assert same == []
    assert [step["key"] for step in other] == [
        "plan_differs.normal_here_tightened_there",
        "plan_differs.numbers",
    ]
    assert why == {"key": "severity.tightened", "params": {"class": "B"}}
    assert why_a["key"] == "severity.zero_acceptance"
