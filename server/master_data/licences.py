"""Whether a supplier's papers were in order on a given day. Pure.

The day is that of the delivery, never today: a licence that has expired since does not make an old
receipt wrong, and one that was renewed later does not make it right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from server.errors import CHINESE, ENGLISH, Text
from server.master_data.vocabulary import CATEGORIES, LICENCE_KINDS

State = Literal["missing", "expired", "not_yet_valid", "suspended", "category_not_approved"]
Licence = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of these kinds must be valid; a requirement that does not bind gives a notice only."""

    kinds: tuple[str, ...]
    is_binding: bool = True
    is_confirmed: bool = True


# 食品安全法 第五十三条第一款: the supplier's permit is checked, the producer's or the seller's.
_PERMIT = Requirement(("food_production_licence", "food_operation_licence"))
# Which further papers go with which kind of supplier is known from secondary copies only.
_BUSINESS = Requirement(("business_licence",), is_confirmed=False)
# A farm or a farmer selling what they grew needs neither of the two permits.
_GROWER = Requirement(
    ("business_licence", "farm_registration", "identity_document"), is_confirmed=False
)
_CONTRACT = Requirement(("contract",), is_binding=False)

REQUIREMENTS: Mapping[str, tuple[Requirement, ...]] = {
    "meat": (_BUSINESS, _PERMIT, _CONTRACT),
    "chilled_frozen": (_BUSINESS, _PERMIT, _CONTRACT),
    "vegetables": (_GROWER, _CONTRACT),
    "dry_goods": (_BUSINESS, _PERMIT, _CONTRACT),
}

TEXTS: Mapping[State, Text] = {
    "missing": Text("缺少{kinds_zh}", "No {kinds_en} on file"),
    "expired": Text(
        "{kinds_zh}（{number}）已于 {valid_until} 到期",
        "The {kinds_en} ({number}) expired on {valid_until}",
    ),
    "not_yet_valid": Text(
        "{kinds_zh}（{number}）自 {valid_from} 起才有效",
        "The {kinds_en} ({number}) is valid only from {valid_from}",
    ),
    "suspended": Text("供货者已暂停供货：{reason}", "The supplier is suspended: {reason}"),
    "category_not_approved": Text(
        "供货者未获准供应{category_zh}", "The supplier is not approved for {category_en}"
    ),
}


@dataclass(frozen=True, slots=True)
class LicenceFinding:
    """One thing that is not in order; without ``is_required`` it is a notice."""

    state: State
    kinds: tuple[str, ...] = ()
    licence_id: str | None = None
    is_required: bool = True
    is_confirmed: bool = True
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> Text:
        return TEXTS[self.state]

    def render(self, language: str) -> str:
        return self.text.render(language, **self.params)

    def to_dict(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "kinds": list(self.kinds),
            "licence_id": self.licence_id,
            "is_required": self.is_required,
            "is_confirmed": self.is_confirmed,
            "zh": self.render(CHINESE),
            "en": self.render(ENGLISH),
        }


@dataclass(frozen=True, slots=True)
class LicenceCheck:
    """How a supplier's papers stood on the day asked about."""

    on: date
    findings: tuple[LicenceFinding, ...]

    @property
    def is_valid(self) -> bool:
        return not any(finding.is_required for finding in self.findings)

    @property
    def is_confirmed(self) -> bool:
        """Whether everything that makes it invalid rests on a confirmed rule."""
        return all(finding.is_confirmed for finding in self.findings if finding.is_required)

    def to_dict(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "is_valid": self.is_valid,
            "is_confirmed": self.is_confirmed,
            "findings": [finding.to_dict() for finding in self.findings],
        }


def licence_state(
    supplier: Mapping[str, Any], on: date, product_categories: Iterable[str]
) -> LicenceCheck:
    """How the papers of *supplier* (its document) stood on the day *on*.

    Parameters
    ----------
    supplier : Mapping
        A supplier's document.
    on : date
        The day of the delivery.
    product_categories : Iterable of str
        The categories of what is delivered; they decide which papers are needed.
    """
    categories = [name for name in CATEGORIES if name in set(product_categories)]
    approved = supplier.get("categories") or []
    findings: list[LicenceFinding] = []
    if supplier.get("is_suspended"):
        params = {"reason": supplier.get("suspension_reason") or "—"}
        findings.append(LicenceFinding("suspended", params=params))
    findings.extend(
        LicenceFinding("category_not_approved", params=_named(category))
        for category in categories
        if approved and category not in approved
    )
    needed = dict.fromkeys(
        requirement for category in categories for requirement in REQUIREMENTS[category]
    )
    for requirement in needed:
        finding = _judge(requirement, supplier.get("licences") or [], on)
        if finding is not None:
            findings.append(finding)
    return LicenceCheck(on, tuple(findings))


def _named(category: str) -> dict[str, str]:
    name = CATEGORIES[category].name
    return {"category_zh": name.zh, "category_en": name.en}


def _judge(
    requirement: Requirement, licences: Sequence[Licence], on: date
) -> LicenceFinding | None:
    """What is wrong with the one paper needed; None if any of them covers the day."""
    held = [licence for licence in licences if licence["kind"] in requirement.kinds]
    if any(_covers(licence, on) for licence in held):
        return None
    expired = [licence for licence in held if _is_over(licence, on)]
    coming = [licence for licence in held if not _is_over(licence, on)]
    state: State = "missing"
    shown: Licence | None = None
    if expired:
        state, shown = "expired", max(expired, key=lambda licence: licence["valid_until"])
    elif coming:
        state, shown = "not_yet_valid", min(coming, key=lambda licence: licence["valid_from"])
    kinds = requirement.kinds if shown is None else (shown["kind"],)
    params = {
        "kinds_zh": "或".join(LICENCE_KINDS[kind].zh for kind in kinds),
        "kinds_en": " or ".join(LICENCE_KINDS[kind].en for kind in kinds),
    }
    if shown is not None:
        params |= {name: shown.get(name) or "—" for name in ("number", "valid_from", "valid_until")}
    return LicenceFinding(
        state,
        requirement.kinds,
        None if shown is None else shown["id"],
        requirement.is_binding,
        requirement.is_confirmed,
        params,
    )


def _covers(licence: Licence, on: date) -> bool:
    begins = licence.get("valid_from")
    has_begun = not begins or date.fromisoformat(begins) <= on
    return has_begun and not _is_over(licence, on)


def _is_over(licence: Licence, on: date) -> bool:
    """The last day of validity still counts."""
    ends: str | None = licence.get("valid_until")
    return ends is not None and date.fromisoformat(ends) < on
