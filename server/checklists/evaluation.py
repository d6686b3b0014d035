"""Holding answers against a checklist: pure, so that the phone can do the very same offline.

No database, no request, no clock. ``tests/vectors/checklists`` holds the vectors that both this
module and the phone app must pass.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from server.checklists.conditions import Answer, Item, Surroundings, applies, is_required
from server.checklists.limits import Life, bounds, out_of_bounds
from server.checklists.measurement import WHITESPACE, MeasurementError
from server.checklists.measurement import parse_measurement as parse_measurement
from server.checklists.outcomes import Evaluation as Evaluation
from server.checklists.outcomes import GateState as GateState
from server.checklists.outcomes import ItemOutcome as ItemOutcome
from server.checklists.outcomes import MissingPhoto as MissingPhoto
from server.checklists.outcomes import Outcome as Outcome
from server.checklists.outcomes import Question as Question
from server.checklists.outcomes import UnknownItem as UnknownItem
from server.checklists.reasons import Reason
from server.errors import Text

Part = Literal["items", "head"]
# Several answers to one item (two phones, merged later): the gravest counts. Between an answer and
# a void one, the answer counts.
_GRAVITY: Mapping[Outcome, int] = {
    "missing": 0,
    "left_out": 1,
    "not_applicable": 2,
    "ok": 3,
    "not_ok": 4,
}
# An answer that says nothing: an item that need not be answered may have one.
_SAYS_NOTHING = frozenset({"not_answered", "paper_missing", "photo_missing", "not_signed"})
_WITHOUT_EVIDENCE = frozenset({"missing", "left_out", "not_applicable"})
_FACT_IS_FALSE = {"licences_are_valid": "licences_not_valid", "is_signed": "not_signed"}
_COUNT = re.compile(r"[0-9]{1,9}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLACE = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,9})?), ?(-?[0-9]{1,3}(?:\.[0-9]{1,9})?)")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)


class Verdict(NamedTuple):
    """How one answer came out."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    found: int | None = None


OK = Verdict("ok")


def _missing(code: str, **params: Any) -> Verdict:
    return Verdict("missing", (Reason(code, params),))


NOT_ANSWERED = _missing("not_answered")


def _gravity(verdict: Verdict) -> tuple[int, int]:
    return _GRAVITY[verdict.outcome], verdict.found or 0


def evaluate(
    template: Mapping[str, Any],
    answers: Sequence[Answer],
    facts: Mapping[str, Any],
    part: Part = "items",
) -> Evaluation:
    """How the items of one part of *template* came out.

    Parameters
    ----------
    template : Mapping
        A checklist document.
    answers : Sequence
        The answers to this part: those of one line, or those of the receipt's head.
    facts : Mapping
        What is known beside the answers; each may be absent or None. ``storage_class``,
        ``species``, ``temperature_min``, ``temperature_max``, ``label_temperature_max`` [°C],
        ``has_shelf_life``, ``produced_on``, ``expires_on``, ``delivered_on``,
        ``licences_are_valid``, ``is_signed``.
    part : {"items", "head"}

    Raises
    ------
    UnknownItem
        for an answer to an item that this part does not have.
    """
    items: Sequence[Item] = template["head_items" if part == "head" else "items"]
    around = Surroundings.of(template, items, _by_item(items, answers, template["code"]), facts)
    outcomes = tuple(_judge_item(item, around) for item in items)
    photos = tuple(
        MissingPhoto(item["id"], Text(item["zh"], item["en"]))
        for item, outcome in zip(items, outcomes, strict=True)
        if _lacks_photo(item, outcome, around.answers.get(item["id"], ()))
    )
    gates = tuple(_gate_state(gate, outcomes, photos) for gate in template["gates"])
    questions = tuple(
        question
        for item, outcome in zip(items, outcomes, strict=True)
        if outcome.outcome == "not_ok" and item["type"] == "temperature"
        for question in _questions(item, outcome, around)
    )
    return Evaluation(outcomes, photos, gates, questions)


def product_facts(product: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that come from a product's document."""
    limits = product.get("temperature_limits") or {}
    return {
        "storage_class": product.get("storage_class"),
        "species": product.get("species"),
        "temperature_min": limits.get("min"),
        "temperature_max": limits.get("max"),
        "has_shelf_life": product.get("shelf_life_days") is not None,
    }


def _by_item(
    items: Sequence[Item], answers: Sequence[Answer], checklist: str
) -> dict[str, list[Answer]]:
    known = {item["id"] for item in items}
    grouped: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer["item_id"] not in known:
            raise UnknownItem(answer["item_id"], answer.get("id"), checklist)
        grouped[answer["item_id"]].append(answer)
    return dict(grouped)


# -- one item ------------------------------------------------------------------------------------


def _judge_item(item: Item, around: Surroundings) -> ItemOutcome:
    answers = around.answers.get(item["id"], ())
    applicable = applies(item, around)
    if applicable is False:
        verdict = _judge_beside_the_point(answers)
    elif answers:
        verdicts = [_judge_answer(item, answer, around, applicable) for answer in answers]
        verdict = verdicts[0] if len(verdicts) == 1 else max(verdicts, key=_gravity)
    else:
        verdict = NOT_ANSWERED
    if verdict.outcome == "missing" and verdict.reasons[0].code in _SAYS_NOTHING:
        verdict = verdict if is_required(item, around) else Verdict("left_out")
    verdict = _with_fact(item, verdict, bool(answers), around.facts)
    return ItemOutcome(
        item["id"],
        item.get("gate"),
        item["nonconformity_class"],
        *verdict,
        answer_ids=tuple(answer["id"] for answer in answers if answer.get("id")),
    )


def _judge_beside_the_point(answers: Sequence[Answer]) -> Verdict:
    """The item does not apply here; but what somebody marked as wrong is never passed over."""
    if any(answer.get("is_ok") is False for answer in answers):
        return Verdict("not_ok", (Reason("marked_not_ok"),))
    return Verdict("not_applicable")


def _with_fact(
    item: Item, verdict: Verdict, is_answered: bool, facts: Mapping[str, Any]
) -> Verdict:
    """Let what the system knows stand above what was ticked; it never mends a failure."""
    name = item.get("fact") or ""
    known = facts.get(name)
    if known is None:
        return verdict
    if known is True:
        is_void = verdict.outcome in {"missing", "left_out"}
        return OK if not is_answered or is_void else verdict
    if item["type"] == "signature":
        return _missing(_FACT_IS_FALSE[name])
    marked = verdict.reasons if verdict.outcome == "not_ok" else ()
    return Verdict("not_ok", (Reason(_FACT_IS_FALSE[name]), *marked))


def _judge_answer(
    item: Item, answer: Answer, around: Surroundings, applicable: bool | None
) -> Verdict:
    if answer.get("not_applicable"):
        if item.get("may_be_not_applicable") and applicable is None:
            return Verdict("not_applicable")
        return _missing("not_applicable_refused")
    verdict = _JUDGES[item["type"]](item, answer, around)
    if answer.get("is_ok") is False:
        reasons = () if verdict.outcome == "missing" else verdict.reasons
        return Verdict("not_ok", (*reasons, Reason("marked_not_ok")), verdict.found)
    return verdict


def _value(answer: Answer) -> str:
    return (answer.get("value") or "").strip(WHITESPACE)


# -- by type: each judges one answer that is not "not applicable" --------------------------------


def _judge_check(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    return _missing("not_answered") if answer.get("is_ok") is None else OK


def _judge_text(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    return OK if _value(answer) else _missing("not_answered")


def _judge_number(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    value = _value(answer)
    if not value:
        return _missing("not_answered")
    try:
        number = parse_measurement(value, item.get("unit"))
    except MeasurementError:
        return _missing("unreadable_number", value=value)
    reasons = out_of_bounds(item, number, around)
    return Verdict("not_ok", tuple(reasons)) if reasons else OK


def _judge_count(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    """Class A stops at the first one found, whatever the sample; B and C wait for the plan."""
    value = _value(answer)
    if not value:
        return _missing("not_answered")
    if not _COUNT.fullmatch(value):
        return _missing("unreadable_count", value=value)
    count = int(value)
    if item["nonconformity_class"] == "A" and count > 0:
        return Verdict("not_ok", (Reason("critical_found", {"count": count}),), count)
    reasons = out_of_bounds(item, Decimal(count), around)
    return Verdict("not_ok" if reasons else "ok", tuple(reasons), count)


def _judge_document(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    number = (answer.get("number") or "").strip(WHITESPACE) or _value(answer)
    if item.get("is_number_required") and not number:
        return _missing("number_missing")
    if not number and not answer.get("attachment_ids"):
        return _missing("paper_missing")
    return OK


def _judge_choice(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    value = _value(answer)
    if not value:
        return _missing("not_answered")
    option = next((option for option in item["options"] if option["value"] == value), None)
    if option is None:
        return _missing("unknown_option", value=value)
    if not option["is_ok"]:
        shown = {"zh": option["zh"], "en": option["en"]}
        return Verdict("not_ok", (Reason("option_not_ok", shown),))
    return OK


def _judge_date(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    value = _value(answer)
    if value and not _is_day(value):
        return _missing("unreadable_day", value=value)
    ratio = (item.get("limits") or {}).get("min_remaining_ratio")
    if ratio is None:
        return OK if value else _missing("not_answered")
    life = Life.from_facts(around.facts)
    if around.facts.get("has_shelf_life") is False and life.expires_on is None:
        return OK if value or answer.get("is_ok") is not None else _missing("not_answered")
    faults = life.faults(ratio)
    if faults:
        return Verdict("not_ok", tuple(faults))
    return _missing("dates_missing") if life.is_missing_for(ratio) else OK


def _judge_time(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    value = _value(answer)
    if not value:
        return _missing("not_answered")
    moment = _moment(value)
    if moment is None:
        return _missing("unreadable_time", value=value)
    limits = item.get("limits") or {}
    if "min_hours" in limits:
        began = _moment(around.chosen(limits["after_item"]) or "")
        hours = Decimal(limits["min_hours"])
        if began is not None and moment - began < timedelta(seconds=int(hours * 3600)):
            return Verdict("not_ok", (Reason("kept_too_short", {"min_hours": str(hours)}),))
    return OK


def _judge_signature(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    is_there = answer.get("is_ok") is not None or answer.get("attachment_ids")
    return OK if is_there else _missing("not_signed")


def _judge_photo(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    return OK if answer.get("attachment_ids") else _missing("photo_missing")


def _judge_location(item: Item, answer: Answer, around: Surroundings) -> Verdict:
    value = _value(answer)
    if not value:
        return _missing("not_answered")
    place = _PLACE.fullmatch(value)
    if place is None or abs(Decimal(place[1])) > 90 or abs(Decimal(place[2])) > 180:
        return _missing("unreadable_location", value=value)
    return OK


_JUDGES: Mapping[str, Callable[[Item, Answer, Surroundings], Verdict]] = {
    "check": _judge_check,
    "temperature": _judge_number,
    "number": _judge_number,
    "text": _judge_text,
    "date": _judge_date,
    "time": _judge_time,
    "document": _judge_document,
    "count": _judge_count,
    "signature": _judge_signature,
    "choice": _judge_choice,
    "photo": _judge_photo,
    "barcode": _judge_text,
    "location": _judge_location,
}


def _is_day(value: str) -> bool:
    try:
        return bool(_DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def _moment(value: str) -> datetime | None:
    """A wire time; one without a zone is not readable."""
    try:
        return datetime.fromisoformat(value) if _TIME.fullmatch(value) else None
    except ValueError:
        return None


# -- photos and gates ----------------------------------------------------------------------------


def _lacks_photo(item: Item, outcome: ItemOutcome, answers: Sequence[Answer]) -> bool:
    """Whether the item was answered, asks for a photo as it came out, and has none."""
    if not answers or outcome.outcome in _WITHOUT_EVIDENCE:
        return False
    rule = item.get("photo", "none")
    has_failed = outcome.outcome == "not_ok" or bool(outcome.count)
    if rule == "none" or (rule == "on_failure" and not has_failed):
        return False
    return not any(answer.get("attachment_ids") for answer in answers)


def _questions(item: Item, outcome: ItemOutcome, around: Surroundings) -> Iterator[Question]:
    """18 where only frozen goods pass: the minus was probably forgotten."""
    for reason in outcome.reasons:
        if reason.code != "above_max" or Decimal(reason.params["max"]) > 0:
            continue
        smallest, largest = bounds(item, around)
        number = Decimal(reason.params["value"])
        fits = number > 0 and largest is not None and -number <= largest
        if fits and (smallest is None or -number >= smallest):
            yield Question(item["id"], "minus_missing", {"value": reason.params["value"]})
            return


def _gate_state(
    gate: str, outcomes: Sequence[ItemOutcome], photos: Sequence[MissingPhoto]
) -> GateState:
    inside = [outcome for outcome in outcomes if outcome.gate == gate]
    missing = tuple(outcome.item_id for outcome in inside if outcome.outcome == "missing")
    failed = tuple(outcome.item_id for outcome in inside if outcome.outcome == "not_ok")
    lacking = {photo.item_id for photo in photos} & {outcome.item_id for outcome in inside}
    return GateState(gate, not missing and not lacking, missing, failed)
