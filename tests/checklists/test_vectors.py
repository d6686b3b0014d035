"""The shared vectors, through the server's evaluator and through the phone app's."""

from __future__ import annotations

import pytest

from tests.checklists.both_languages import in_browser_language, in_python, vectors


def evaluation_cases():
    data = vectors("evaluation.json")
    items = {item["id"]: item for item in data["template"]["items"]}
    for case in data["cases"]:
        template = {**data["template"], "items": [items[name] for name in case["items"]]}
        given = {"answers": case["answers"], "facts": case["facts"]}
        yield {"op": "evaluate", "template": template, **given}, case["expected"]


def condition_cases():
    data = vectors("conditions.json")
    for case in data["cases"]:
        given = {name: case[name] for name in ("condition", "answers", "facts")}
        yield {"op": "holds", "items": data["items"], **given}, case["holds"]


def limit_cases():
    data = vectors("limits.json")
    items = {item["id"]: item for item in data["items"]}
    for case in data["cases"]:
        template = {"code": "V", "gates": [], "items": [items[case["item"]], items["how"]]}
        answers = [{"item_id": case["item"], "value": case["value"]}, *case["others"]]
        given = {"template": template, "answers": answers, "facts": case["facts"]}
        yield {"op": "evaluate", **given}, case["expected"]


def grading_cases():
    for case in vectors("grading.json")["cases"]:
        template = {"code": "V", "gates": [], "items": case["items"], "grading": case["grading"]}
        given = {"answers": case["answers"], "facts": {}, "repeated": case["repeated"]}
        yield {"op": "grade", "template": template, **given}, case["expected"]


def measurement_cases():
    for case in vectors("measurements.json")["cases"]:
        yield {"op": "measure", "text": case["text"], "unit": case["unit"]}, case["value"]


def as_expected(result, expected):
    """*result* cut down to what the vector speaks of."""
    if isinstance(expected, list):
        first = result["outcomes"][0]
        asked = [f"?{question['code']}" for question in result["questions"]]
        return [first["outcome"], *(reason["code"] for reason in first["reasons"]), *asked]
    if not isinstance(expected, dict) or "outcomes" not in expected:
        return result
    outcomes = {
        one["item_id"]: [one["outcome"], *(reason["code"] for reason in one["reasons"])]
        for one in result["outcomes"]
    }
    photos = [photo["item_id"] for photo in result["missing_photos"]]
    return {name: result[name] for name in expected} | {
        "outcomes": outcomes,
        "missing_photos": photos,
    }


FILES = {
    "evaluation": (evaluation_cases, 110),
    "conditions": (condition_cases, 150),
    "limits": (limit_cases, 70),
    "grading": (grading_cases, 100),
    "measurements": (measurement_cases, 120),
}


@pytest.mark.parametrize("language", ["python", "javascript"])
@pytest.mark.parametrize("name", FILES)
def test_every_vector_comes_out_the_same_in_both_languages(name, language):
    make, least = FILES[name]
    cases = list(make())
    assert len(cases) >= least
    given = [case for case, _ in cases]
    results = in_browser_language(given) if language == "javascript" else map(in_python, given)
    wrong = [
        (case, expected, got)
        for (case, expected), got in zip(cases, results, strict=True)
        if "result" not in got or as_expected(got["result"], expected) != expected
    ]
    assert wrong == []
