"""Random receipts with what they are judged by, each from one seed.

``wild`` ones stand on random checklists and reach every corner of the rules; ``everyday`` ones on
the checklists that come with the product, with a few things gone wrong, so that some can be signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from random import Random
from typing import Any

from schemas.receiving import DECISIONS
from server.checklists.defaults import default_checklists
from server.master_data.vocabulary import CATEGORIES
from server.receiving.basis import Severity, plan_lot
from tests.checklists.random_checklists import random_case
from tests.receipts import add_line, begin_receipt

DELIVERED_ON = "2026-03-02"
_DAYS = (None, "2026-01-01", "2026-03-01", "2026-03-02", "2026-03-03", "2026-06-01")
_TIMES = (None, *(f"2026-03-02T0{hour}:00:00.000Z" for hour in range(6)))
_NAMES = ("Li Lei", " li lei ", "Wang", "STRASSE", "straße")
Case = dict[str, Any]


# -- wild ------------------------------------------------------------------------------------------


def wild_case(seed: int) -> Case:
    chance = Random(seed)
    checklists = {f"l{at}": _wild_checklist(chance) for at in range(chance.choice((0, 1, 1, 2, 3)))}
    lines = [_wild_line(chance, id_) for id_ in checklists]
    answers = [
        {
            "is_ok": None,
            "value": None,
            **answer,
            "id": f"a{at}",
            "line_id": line_id,
            "captured_at": chance.choice(_TIMES),
        }
        for at, (line_id, answer) in enumerate(_wild_answers(chance, checklists))
    ]
    samples = [_wild_sample(chance, id_) for id_ in checklists if chance.random() < 0.7]
    receipt = {
        **_head(chance),
        "lines": lines,
        "answers": answers,
        "samples": samples,
    }
    basis = _wild_basis(chance, receipt)
    return {"receipt": receipt, "basis": basis, "checklists": checklists}


def _wild_checklist(chance: Random) -> Case:
    template, head = (random_case(chance.getrandbits(60))["template"] for _ in range(2))
    template["head_items"] = [
        {**item, "id": f"h-{item['id']}", "when": None, "required_when": None}
        for item in head["items"][:3]
    ]
    template["acceptance"] = {class_: chance.randrange(3) for class_ in "ABC"}
    return dict(template)


def _wild_answers(chance: Random, checklists: Mapping[str, Case]) -> list[tuple[str | None, Case]]:
    given: list[tuple[str | None, Case]] = []
    parts: list[tuple[str | None, list[Case]]] = [
        (id_, checklist["items"]) for id_, checklist in checklists.items()
    ]
    if checklists:
        # Mostly the delivery's head is the first line's; another's is an item nobody knows.
        parts.append((None, next(iter(checklists.values()))["head_items"]))
    for line_id, items in parts:
        by_place = {
            answer["item_id"]: answer for answer in random_case(chance.getrandbits(60))["answers"]
        }
        for item in items:
            found = by_place.get(item["id"].removeprefix("h-"))
            if found is not None:
                given.append((line_id, {**found, "item_id": item["id"]}))
        if chance.random() < 0.02:
            given.append((line_id, {"item_id": "gone", "is_ok": True}))
    chance.shuffle(given)
    return given


def _head(chance: Random) -> Case:
    return {
        "id": "r",
        "site_id": "s",
        "supplier_id": "sup",
        "delivered_on": DELIVERED_ON,
        "signatures": _signatures(chance),
        "decision": chance.choice((None, *DECISIONS)),
        "decision_reason": chance.choice(("", "  ", "急用")),
    }


def _signatures(chance: Random) -> list[Case]:
    roles = chance.choice(
        [[], ["acceptor"], *([["acceptor", "witness"]] * 5), ["witness", "acceptor", "driver"],
         ["acceptor", "acceptor", "witness"]]
    )  # fmt: skip
    return [
        {
            "id": f"g{at}",
            "role": role,
            "user_id": chance.choice(
                ("u-li", "u-li", None) if role == "acceptor" else (None, None, "u-li")
            ),
            "name": chance.choice(_NAMES),
            "attachment_id": chance.choice((f"p{at}",) * 9 + ("p0",)),
        }
        for at, role in enumerate(roles)
    ]


def _two_signatures() -> list[Case]:
    return [
        {"id": role, "role": role, "user_id": user_id, "name": name, "attachment_id": role}
        for role, user_id, name in (("acceptor", "u-li", "Li Lei"), ("witness", None, "Wang"))
    ]


def _wild_line(chance: Random, id_: str) -> Case:
    delivered = chance.choice((10, 50, 200))
    accepted = chance.choice((0, delivered, delivered // 2))
    rejected = chance.choice((0, delivered - accepted))
    return {
        "id": id_,
        "product_id": f"p-{id_}",
        "unit": chance.choice(("kg", "box")),
        "delivered_quantity": str(delivered),
        "accepted_quantity": str(accepted),
        "rejected_quantity": str(rejected),
        "pending_quantity": str(delivered - accepted - rejected),
        "rejection_reason": chance.choice(("", "变质")),
        "label_temperature_c": chance.choice((None, "4", "-18")),
        "produced_on": chance.choice(_DAYS),
        "shelf_life_days": None,
        "expires_on": None,
    }


def _wild_sample(chance: Random, line_id: str) -> Case:
    lot_size = chance.choice((1, 2, 10, 50, 200, 1000))
    return {
        "id": f"s-{line_id}",
        "line_id": line_id,
        "lot_size": lot_size,
        "inspected": chance.choice((0, 5, 20, lot_size)),
        "nonconforming": {
            class_: chance.choice((0, 0, 0, 1, 2, 8, lot_size + 1)) for class_ in "ABC"
        },
    }


def _wild_basis(chance: Random, receipt: Case) -> Case:
    samples = {sample["line_id"]: sample for sample in receipt["samples"]}
    return {
        "supplier": {"licence": {"is_valid": chance.random() < 0.7}},
        "lines": {
            line["id"]: _line_basis(chance, samples.get(line["id"]), chance.choice(_DAYS))
            for line in receipt["lines"]
        },
    }


def _line_basis(chance: Random, sample: Case | None, expires_on: str | None) -> Case:
    product = {
        "storage_class": chance.choice(("frozen", "chilled", "ambient")),
        "species": chance.choice((None, "pork")),
        "temperature_limits": chance.choice((None, {"min": "0", "max": "7"}, {"max": "-18"})),
        "shelf_life_days": chance.choice((None, 30)),
        "sampling_scheme": random_scheme(chance),
    }
    severities = {class_: random_severity(chance) for class_ in "ABC"}
    return {
        "product": product,
        "expires_on": expires_on,
        "sampling": plan_lot(product, sample, severities, ""),
    }


def random_severity(chance: Random) -> Severity:
    due = chance.choice(("normal", "normal", "tightened", "reduced", "discontinued"))
    used = chance.choice((due, "normal")) if due != "discontinued" else "tightened"
    return Severity(used, due)


def random_scheme(chance: Random) -> Case | None:
    if chance.random() < 0.2:
        return None
    measure = chance.choice(("percent_nonconforming", "nonconformities_per_100_items"))
    rules: Case = {
        class_: {
            "aql": chance.choice(("0.65", "1.0", "2.5", "4.0", "6.5")),
            "inspection_level": chance.choice(("I", "II", "S-2")),
        }
        for class_ in "BC"
    }
    if chance.random() < 0.8:
        rules = {"A": {"zero_acceptance": True}, **rules}
    if chance.random() < 0.1:
        rules = {"A": {"zero_acceptance": True}}
    return {"quality_measure": measure, "classes": rules}


# -- everyday --------------------------------------------------------------------------------------


def everyday_case(seed: int) -> Case:
    chance = Random(seed)
    checklists = {one["code"]: one for one in default_checklists()}
    draft = begin_receipt("sup", "s", DELIVERED_ON)
    lines: Case = {}
    for _ in range(chance.choice((1, 1, 2, 3))):
        category = chance.choice(tuple(CATEGORIES))
        product = _product(chance, category)
        checklist = {"id": product["checklist_code"], **checklists[product["checklist_code"]]}
        lot_size = chance.choice((1, 20, 50, 300))
        line = add_line(draft, product, checklist, "50", lot_size)
        lines[line["id"]] = (product, checklist)
    _fill_in(chance, draft.document)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
        chance.choice(_MISHAPS)(chance, draft.document)
    receipt = {**draft.document, **_head(chance)}
    if chance.random() < 0.8:
        receipt["signatures"] = _two_signatures()
    fitting = _fitting(receipt)
    receipt["decision"] = chance.choice((*(fitting * 8), None, *DECISIONS))
    return {
        "receipt": receipt,
        "basis": _everyday_basis(chance, receipt, lines),
        "checklists": {id_: checklist for id_, (_, checklist) in lines.items()},
    }


def _product(chance: Random, category: str) -> Case:
    classes = {"meat": "chilled", "chilled_frozen": "frozen"}
    return {
        "id": "p",
        "unit": chance.choice(("box", "kg")),
        "storage_class": classes.get(category, "ambient"),
        "species": "pork" if category == "meat" else None,
        "temperature_limits": None,
        "shelf_life_days": {"meat": 7, "chilled_frozen": 365, "dry_goods": 540}.get(category),
        "sampling_scheme": CATEGORIES[category].sampling_scheme(),
        "checklist_code": CATEGORIES[category].checklist_code,
    }


def _fill_in(chance: Random, receipt: Case) -> None:
    for line in receipt["lines"]:
        part = chance.choice(("accepted_quantity",) * 4 + ("rejected_quantity", "pending_quantity"))
        line.update(accepted_quantity="0", rejected_quantity="0", pending_quantity="0")
        line[part] = line["delivered_quantity"]
        if part != "accepted_quantity" and chance.random() < 0.7:
            line["rejection_reason"] = "包装破损"


def _lose_an_answer(chance: Random, receipt: Case) -> None:
    receipt["answers"].pop(chance.randrange(len(receipt["answers"])))


def _lose_a_photo(chance: Random, receipt: Case) -> None:
    chance.choice(receipt["answers"])["attachment_ids"] = []


def _fail_a_check(chance: Random, receipt: Case) -> None:
    chance.choice(receipt["answers"])["is_ok"] = False


def _warm_up(chance: Random, receipt: Case) -> None:
    measured = [answer for answer in receipt["answers"] if answer["value"] in ("-18.5", "3.0")]
    if measured:
        chance.choice(measured)["value"] = chance.choice(("18.5", "－8．5℃", "12"))


def _find_faults(chance: Random, receipt: Case) -> None:
    sample = chance.choice(receipt["samples"])
    sample["nonconforming"][chance.choice("ABC")] = min(
        chance.choice((1, 3, 9)), sample["lot_size"]
    )


def _stop_counting(chance: Random, receipt: Case) -> None:
    chance.choice(receipt["samples"])["inspected"] = 0


def _lose_a_sample(chance: Random, receipt: Case) -> None:
    if len(receipt["samples"]) > 1:
        receipt["samples"].pop()


def _go_past_the_date(chance: Random, receipt: Case) -> None:
    line = chance.choice(receipt["lines"])
    line["expires_on"] = chance.choice(("2026-03-01", "2026-03-02", "2026-03-09"))


_MISHAPS = (
    _lose_an_answer,
    _lose_a_photo,
    _fail_a_check,
    _warm_up,
    _find_faults,
    _stop_counting,
    _lose_a_sample,
    _go_past_the_date,
)


def _fitting(receipt: Case) -> tuple[str, ...]:
    parts = [
        any(line[name] != "0" for line in receipt["lines"])
        for name in ("accepted_quantity", "rejected_quantity", "pending_quantity")
    ]
    accepted, rejected, pending = parts
    if accepted:
        return ("accepted_in_part" if rejected or pending else "accepted", "accepted_by_concession")
    return ("pending",) if pending else ("rejected",)


def _everyday_basis(chance: Random, receipt: Case, lines: Case) -> Case:
    samples = {sample["line_id"]: sample for sample in receipt["samples"]}
    severities = {class_: Severity("normal", "normal") for class_ in "ABC"}
    return deepcopy(
        {
            "supplier": {"licence": {"is_valid": chance.random() < 0.95}},
            "lines": {
                line["id"]: {
                    "product": lines[line["id"]][0],
                    "expires_on": line["expires_on"] or "2026-12-31",
                    "sampling": plan_lot(
                        lines[line["id"]][0], samples.get(line["id"]), severities, ""
                    ),
                }
                for line in receipt["lines"]
            },
        }
    )
