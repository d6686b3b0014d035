"""What registers ask for beyond their checklists. Pure: no database, no request, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas.fields import parse_time, time_text
from server.checklists.evaluation import Evaluation
from server.checklists.measurement import MeasurementError, parse_measurement, plain_text
from server.errors import FieldError, Text
from server.registers.vocabulary import LEAST_HOURS_KEPT, Register
from server.staff.certificates import CertificateState

Document = Mapping[str, Any]
Answers = Sequence[Document]
_NAMESPACE = uuid.UUID("7a4c0b52-9a53-5d53-8b3c-0f4a0f1f6c21")
CLOCKS_DIFFER = timedelta(minutes=10)
"""So far ahead the watch on the wall may be of the phone's clock."""


# -- what an answer says ---------------------------------------------------------------------------


def said(answers: Answers, item_id: str) -> str | None:
    """The value answered to an item, or None."""
    values = [a["value"] for a in answers if a["item_id"] == item_id and a.get("value")]
    return str(values[-1]).strip() if values else None


def time_said(answers: Answers, item_id: str) -> datetime | None:
    value = said(answers, item_id)
    try:
        moment = None if value is None else datetime.fromisoformat(value)
        return None if moment is None or moment.tzinfo is None else parse_time(value or "")
    except (ValueError, OverflowError):
        return None


def number_said(answers: Answers, item_id: str, unit: str) -> Decimal | None:
    value = said(answers, item_id)
    try:
        return None if value is None else parse_measurement(value, unit)
    except MeasurementError:
        return None


# -- what is filled in by itself -------------------------------------------------------------------


def completed(
    register: Register,
    template: Document,
    entry_id: str,
    answers: Answers,
    certificate: CertificateState | None,
) -> list[Document]:
    """*answers* with those that follow from what is known: how long a sample is kept, and until
    when somebody's certificate is valid. What somebody answered is never replaced."""
    filled = list(answers)
    if register.kind == "sample_retention":
        retained_at = time_said(answers, register.items["retained_at"])
        if retained_at is not None:
            until = time_text(retained_at + hours_kept(register, template))
            _fill(filled, entry_id, register.items["keep_until"], until)
    if register.kind == "morning_check" and certificate and certificate.certificate:
        until = certificate.certificate["valid_until"]
        _fill(filled, entry_id, register.items["valid_until"], until)
    if register.kind == "morning_check" and certificate and certificate.certificate is None:
        _fill(filled, entry_id, register.items["valid_until"], None)
    return filled


def _fill(answers: list[Document], entry_id: str, item_id: str, value: str | None) -> None:
    if any(answer["item_id"] == item_id for answer in answers):
        return
    answers.append(
        {
            "id": str(uuid.uuid5(_NAMESPACE, f"{entry_id}/{item_id}")),
            "item_id": item_id,
            "value": value,
            # Nobody's certificate is a failure that is recorded, not an answer that is missing.
            "is_ok": None if value is not None else False,
            "not_applicable": False,
            "number": "",
            "attachment_ids": [],
            "note": "",
            "captured_at": None,
        }
    )


def hours_kept(register: Register, template: Document) -> timedelta:
    """How long a sample is kept by this version of the checklist."""
    item = _item(template, register.items["keep_until"])
    asked = ((item or {}).get("limits") or {}).get("min_hours")
    hours = max(Decimal(LEAST_HOURS_KEPT), Decimal(asked or 0))
    return timedelta(seconds=int(hours * 3600))


def _item(template: Document, item_id: str) -> Document | None:
    return next((item for item in template["items"] if item["id"] == item_id), None)


# -- what is refused -------------------------------------------------------------------------------


def lost_items(register: Register, template: Document) -> Iterator[FieldError]:
    """Items that the register's rules look at and this version of its checklist has no more."""
    for item_id in register.items.values():
        if _item(template, item_id) is None:
            text = Text(
                "检查表缺少台账规则所需的项目 {item_id}",
                "The checklist lacks the item {item_id}, which the register's rules need.",
            )
            yield FieldError("/checklist_id", text, {"item_id": item_id})


def faults_of(
    register: Register, entry: Document, answers: Answers, measure: str, evaluation: Evaluation
) -> Iterator[FieldError]:
    """What an entry of this register must say and does not."""
    if register.needs_place and not (entry["place_id"] or entry["place_text"].strip()):
        text = Text("须写明是哪一台设备或场所", "Say which equipment or place it is about.")
        yield FieldError("/place_id", text)
    if register.needs_staff_member and entry["staff_member_id"] is None:
        yield FieldError("/staff_member_id", Text("须写明被检人员", "Say who was checked."))
    if register.is_per_meal and entry["meal"] is None:
        yield FieldError("/meal", Text("须写明餐次", "Say for which meal."))
    failed = [outcome for outcome in evaluation.outcomes if outcome.outcome == "not_ok"]
    if register.failure_needs_measure and failed and not measure.strip():
        text = Text(
            "{items} 不合格，须写明采取的措施", "{items} failed: write down what was done about it."
        )
        items = "、".join(outcome.item_id for outcome in failed)
        yield FieldError("/measure", text, {"items": items})
    if register.kind == "sample_retention":
        retained_at = time_said(answers, register.items["retained_at"])
        if retained_at and retained_at > parse_time(entry["captured_at"]) + CLOCKS_DIFFER:
            text = Text("留样时间晚于记录时间", "It was retained later than it was recorded.")
            yield FieldError(f"/answers/{register.items['retained_at']}", text)


# -- samples ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sample:
    """One retained sample; it may not be discarded before ``discard_from``."""

    dish: str
    weight_g: Decimal | None
    retained_at: datetime
    keep_until: datetime
    discard_from: datetime

    def to_dict(self, discarded_at: str | None) -> dict[str, Any]:
        """As the record shows it. A later correction of its times may bring to light that it was
        discarded early: that is said, not hidden."""
        return {
            "dish": self.dish,
            "weight_g": None if self.weight_g is None else plain_text(self.weight_g),
            "retained_at": time_text(self.retained_at),
            "keep_until": time_text(self.keep_until),
            "discard_from": time_text(self.discard_from),
            "discarded_at": discarded_at,
            "was_discarded_early": discarded_at is not None
            and parse_time(discarded_at) < self.discard_from,
        }


def sample_of(register: Register, template: Document, answers: Answers) -> Sample:
    """The sample that complete *answers* speak of.

    A label that promises less than the hours asked for does not make them fewer; one that promises
    more is kept.
    """
    items = register.items
    retained_at = time_said(answers, items["retained_at"])
    keep_until = time_said(answers, items["keep_until"])
    assert retained_at is not None
    assert keep_until is not None
    earliest = max(keep_until, retained_at + hours_kept(register, template))
    return Sample(
        said(answers, items["dish"]) or "",
        number_said(answers, items["weight"], "g"),
        retained_at,
        keep_until,
        earliest,
    )


def same_dish(name: str) -> str:
    """*name* as two spellings of one dish have it in common."""
    return "".join(name.split()).casefold()


def dishes_without_sample(dishes: Iterable[Document], sampled: Iterable[str]) -> list[Document]:
    """Those of a menu's *dishes* of which nothing was retained."""
    names = {same_dish(name) for name in sampled}
    return [dish for dish in dishes if same_dish(dish["name"]) not in names]


# -- morning checks --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether somebody may work today, and whether they did in spite of it."""

    reasons: tuple[Text, ...]
    was_on_duty_anyway: bool

    @property
    def is_cleared(self) -> bool:
        return not self.reasons

    def to_dict(self) -> dict[str, Any]:
        return {
            "is_cleared": self.is_cleared,
            "reasons": [{"zh": reason.zh, "en": reason.en} for reason in self.reasons],
            "was_on_duty_anyway": self.was_on_duty_anyway,
        }


def duty_of(
    register: Register, answers: Answers, evaluation: Evaluation, certificate: CertificateState
) -> Duty:
    """Fever, a symptom, or no valid certificate keep somebody off duty, whatever was ticked.

    The certificate is judged by what is on file: a date typed in is no certificate.
    """
    outcomes = {outcome.item_id: outcome for outcome in evaluation.outcomes}
    reasons = []
    for name in ("temperature", "symptoms"):
        outcome = outcomes[register.items[name]]
        if outcome.outcome == "not_ok":
            zh = "；".join(reason.render("zh-CN") for reason in outcome.reasons)
            en = "; ".join(reason.render("en") for reason in outcome.reasons)
            reasons.append(Text(zh, en))
    if not certificate.is_valid:
        reasons.append(Text(certificate.render("zh-CN"), certificate.render("en")))
    on_duty = said(answers, register.items["outcome"]) == "on_duty"
    return Duty(tuple(reasons), bool(reasons) and on_duty)
