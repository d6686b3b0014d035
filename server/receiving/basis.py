"""What a receipt is judged by: supplier, products, checklists and plans as they were that day.

The basis is kept on the record. A line keeps the product version and the checklist it began with,
so a draft finishes on its own rules and a finished receipt never changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from sampling import Plan, SamplingError, find_plan
from schemas.receiving import NONCONFORMITY_CLASSES
from server.access import Actor
from server.checklists.queries import newest_checklist_id, published_checklist
from server.db.change_store import document_at
from server.db.documents import StoredDocument, look_up_documents
from server.errors import VALIDATION_FAILED, FieldError, Problem, Text
from server.master_data.licences import licence_state
from server.switching.history import inspection_time
from server.switching.notes import severity_to_use
from server.switching.queries import due_at, states_of

_SUPPLIER_FACTS = ("id", "code", "name", "address", "contact_name", "phone")
_PRODUCT_FACTS = (
    "id",
    "code",
    "name",
    "category",
    "unit",
    "specification",
    "storage_class",
    "species",
    "temperature_limits",
    "shelf_life_days",
    "sampling_scheme",
)


class Severity(NamedTuple):
    """What a class was inspected under, and what was due (``discontinued`` is possible there)."""

    used: str
    due: str


@dataclass(frozen=True, slots=True)
class Basis:
    """*record* goes into the document; *checklists* (by line) are what it refers to."""

    record: dict[str, Any]
    checklists: Mapping[str, Mapping[str, Any]]


def read_basis_ahead(session: Session, actor: Actor, receipts: Sequence[Mapping[str, Any]]) -> None:
    """Look up at once what each of *receipts* will refer to."""
    lines = [line for receipt in receipts for line in receipt["lines"]]
    for collection, ids in (
        ("suppliers", {receipt["supplier_id"] for receipt in receipts}),
        ("products", {line["product_id"] for line in lines}),
        ("checklists", {line["checklist_id"] for line in lines} - {None}),
    ):
        look_up_documents(session, actor.organisation_id, collection, sorted(ids))


def collect_basis(
    session: Session,
    actor: Actor,
    receipt: Mapping[str, Any],
    earlier: Mapping[str, Any] | None,
    now: datetime,
) -> Basis:
    """Read what *receipt* refers to, keeping what the *earlier* basis has settled.

    Raises
    ------
    Problem
        ``validation-failed`` naming the supplier, product, version or checklist that is unknown,
        or the lot size that no plan has.
    """
    kept = (earlier or {}).get("lines", {})
    lines: dict[str, Any] = {}
    checklists: dict[str, Mapping[str, Any]] = {}
    samples = {sample["line_id"]: sample for sample in receipt["samples"]}
    products = _products(session, actor, receipt)
    severities = _severities(session, actor, receipt, earlier, now)
    on = date.fromisoformat(receipt["delivered_on"])
    for position, line in enumerate(receipt["lines"]):
        pointer = f"/lines/{position}"
        product = _product(session, actor, line, kept.get(line["id"]), products, pointer)
        checklist = _checklist(session, actor, line, kept.get(line["id"]), product, on, pointer)
        checklists[line["id"]] = checklist
        lines[line["id"]] = {
            "product": product,
            "checklist": {name: checklist[name] for name in ("id", "code", "version", "zh", "en")},
            "expires_on": _expiry(line),
            "sampling": plan_lot(
                product, samples.get(line["id"]), severities.get(line["id"], {}), pointer
            ),
        }
    categories = {line["product"]["category"] for line in lines.values()}
    supplier = _supplier(session, actor, receipt, categories)
    return Basis({"supplier": supplier, "lines": lines}, checklists)


def _expiry(line: Mapping[str, Any]) -> str | None:
    """The day a line expires on: as printed, or computed from production and shelf life."""
    produced, days = line["produced_on"], line["shelf_life_days"]
    printed: str | None = line["expires_on"]
    if printed is not None or produced is None or days is None:
        return printed
    return (date.fromisoformat(produced) + timedelta(days)).isoformat()


def _supplier(
    session: Session, actor: Actor, receipt: Mapping[str, Any], categories: set[str]
) -> dict[str, Any]:
    supplier_id = receipt["supplier_id"]
    stored = look_up_documents(session, actor.organisation_id, "suppliers", [supplier_id])
    found = stored.get(supplier_id)
    if found is None or found.deleted:
        raise _unknown("/supplier_id", "供货者", "supplier", supplier_id)
    document = found.shared_document
    # Licences are judged on the day of the delivery, not today.
    check = licence_state(document, date.fromisoformat(receipt["delivered_on"]), categories)
    facts = {name: document.get(name) for name in _SUPPLIER_FACTS}
    return {**facts, "version": found.version, "licence": check.to_dict()}


def _products(
    session: Session, actor: Actor, receipt: Mapping[str, Any]
) -> dict[str, StoredDocument]:
    ids = [line["product_id"] for line in receipt["lines"]]
    return look_up_documents(session, actor.organisation_id, "products", ids)


def _product(
    session: Session,
    actor: Actor,
    line: Mapping[str, Any],
    kept: Mapping[str, Any] | None,
    newest: Mapping[str, StoredDocument],
    pointer: str,
) -> dict[str, Any]:
    product_id, wanted = line["product_id"], line["product_version"]
    settled: dict[str, Any] | None = None if kept is None else kept["product"]
    if settled and settled["id"] == product_id and wanted in (None, settled["version"]):
        return settled
    found = newest.get(product_id)
    if found is None or found.deleted:
        raise _unknown(f"{pointer}/product_id", "产品", "product", product_id)
    version, document = found.version, found.shared_document
    if wanted is not None and wanted != version:
        older = document_at(session, actor.organisation_id, "products", product_id, wanted)
        if older is None:
            raise _unknown(f"{pointer}/product_version", "产品版本", "product version", wanted)
        version, document = wanted, older
    return {
        **{name: document.get(name) for name in _PRODUCT_FACTS},
        "version": version,
        "checklist_code": document["checklist_code"],
    }


def _checklist(
    session: Session,
    actor: Actor,
    line: Mapping[str, Any],
    kept: Mapping[str, Any] | None,
    product: Mapping[str, Any],
    on: date,
    pointer: str,
) -> Mapping[str, Any]:
    """The checklist the line was begun on; for a new line, the one in force on the delivery day."""
    checklist_id = line["checklist_id"]
    if checklist_id is None and kept is not None and kept["product"]["id"] == product["id"]:
        checklist_id = kept["checklist"]["id"]
    if checklist_id is None:
        checklist_id = newest_checklist_id(session, product["checklist_code"], on)
    document = None if checklist_id is None else published_checklist(session, actor, checklist_id)
    if document is None or document["code"] != product["checklist_code"]:
        raise _unknown(f"{pointer}/checklist_id", "检查表", "checklist", checklist_id)
    return document


def _severities(
    session: Session,
    actor: Actor,
    receipt: Mapping[str, Any],
    earlier: Mapping[str, Any] | None,
    now: datetime,
) -> dict[str, dict[str, Severity]]:
    """For each line with a sample, the severity of each class.

    The device's word comes first: it drew the sample. Without it, what a draft began with stays,
    and else it is what the supplier's history called for when the goods were inspected.
    """
    supplier_id = receipt["supplier_id"]
    kept = earlier["lines"] if earlier and earlier["supplier"]["id"] == supplier_id else {}
    products = {line["id"]: line["product_id"] for line in receipt["lines"]}
    found: dict[str, dict[str, Severity]] = {}
    states = states_of(session, actor, supplier_id, products.values())
    for sample in receipt["samples"]:
        line_id, at = sample["line_id"], inspection_time(receipt, sample, now)
        product_id = products[line_id]
        due = due_at(session, states, product_id, at)
        began = _began_with(kept.get(line_id), product_id)
        stated = _stated(sample)
        found[line_id] = {
            class_: _severity(due.get(class_, "normal"), began, stated, class_)
            for class_ in NONCONFORMITY_CLASSES
        }
    return found


def _stated(sample: Mapping[str, Any]) -> Mapping[str, str]:
    """What the device says, by class; one word stands for every class."""
    stated = sample["inspection_severity"] or {}
    return dict.fromkeys(NONCONFORMITY_CLASSES, stated) if isinstance(stated, str) else stated


def _began_with(kept: Mapping[str, Any] | None, product_id: str) -> dict[str, Severity]:
    if kept is None or kept["sampling"] is None or kept["product"]["id"] != product_id:
        return {}
    return {
        class_: Severity(rule["inspection_severity"], rule["due_severity"])
        for class_, rule in kept["sampling"]["classes"].items()
    }


def _severity(
    due: str, began: Mapping[str, Severity], stated: Mapping[str, str], class_: str
) -> Severity:
    if class_ in stated:
        return Severity(stated[class_], due)
    return began.get(class_) or Severity(severity_to_use(due), due)


def plan_lot(
    product: Mapping[str, Any],
    sample: Mapping[str, Any] | None,
    severities: Mapping[str, Severity],
    pointer: str,
) -> dict[str, Any] | None:
    """The plans of a line, one for each class, or None while there is no sample."""
    scheme = product["sampling_scheme"]
    if sample is None or scheme is None:
        return None
    lot_size = sample["lot_size"]
    try:
        plans = {
            class_: _find_plan(
                lot_size=lot_size,
                aql=rule["aql"],
                inspection_level=rule["inspection_level"],
                inspection_severity=severities[class_].used,
                quality_measure=scheme["quality_measure"],
            )
            for class_, rule in scheme["classes"].items()
            # A lot of one item has no plan: it is inspected, and nothing wrong is accepted.
            if not rule.get("zero_acceptance") and lot_size > 1
        }
    except SamplingError as error:
        text = Text("{zh}", "{en}")
        told = {"zh": error.message("zh-CN"), "en": error.message("en")}
        raise Problem(
            VALIDATION_FAILED, [FieldError(f"{pointer}/sample/{error.argument}", text, told)]
        ) from error
    largest = max((plan.items_to_inspect for plan in plans.values()), default=lot_size)
    return {
        "lot_size": lot_size,
        "sample_size": largest,
        "full_inspection": largest >= lot_size,
        "classes": {
            class_: _class_plan(plans.get(class_), largest, severities[class_])
            for class_ in NONCONFORMITY_CLASSES
            if class_ in scheme["classes"]
        },
    }


def _class_plan(plan: Plan | None, largest: int, severity: Severity) -> dict[str, Any]:
    if plan is None:
        return {
            "inspection_severity": "normal",  # the first finding decides: nothing switches
            "due_severity": "normal",
            "zero_acceptance": True,
            "sample_size": largest,
            "acceptance_number": 0,
            "rejection_number": 1,
            "plan": None,
        }
    stage = plan.inspection_stages[0]
    return {
        "inspection_severity": severity.used,
        "due_severity": severity.due,
        "zero_acceptance": False,
        "sample_size": stage.sample_size,
        "acceptance_number": stage.acceptance_number,
        "rejection_number": stage.rejection_number,
        "plan": _record_of(plan),
    }


# The same few lot sizes and schemes come again and again; a refusal is not remembered.
_find_plan = lru_cache(1024)(find_plan)


@lru_cache(1024)
def _record_of(plan: Plan) -> dict[str, Any]:
    """Shared by every receipt with this plan: it is written, never changed."""
    return plan.to_record()


def _unknown(pointer: str, zh: str, en: str, value: object) -> Problem:
    text = Text("没有这个{zh}：{value}", "There is no such {en}: {value}.")
    return Problem(
        VALIDATION_FAILED, [FieldError(pointer, text, {"zh": zh, "en": en, "value": value})]
    )
