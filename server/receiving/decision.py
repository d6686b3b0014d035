"""The decision: complete, true to the quantities, and never against what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from schemas.fields import decimal_text
from server.access import Actor, Permission
from server.errors import (
    CONCESSION_NOT_PERMITTED,
    FORBIDDEN,
    RECEIPT_INCOMPLETE,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.receiving.content import NOTHING, QUANTITIES
from server.receiving.verdict import Verdict


def require_complete(receipt: Mapping[str, Any], verdict: Verdict) -> None:
    missing = list(verdict.missing)
    if receipt["decision"] is None:
        missing.append(FieldError("/decision", Text("还没有作出决定", "No decision was made.")))
    if missing:
        raise Problem(RECEIPT_INCOMPLETE, missing)


def require_sound_decision(actor: Actor, receipt: Mapping[str, Any], verdict: Verdict) -> None:
    """The decision must say what the quantities say, and neither may overrule what was found."""
    decision, by_concession = receipt["decision"], receipt["decision"] == "accepted_by_concession"
    errors = list(decision_errors(decision, receipt["lines"]))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)
    if by_concession:
        acceptor = next(s for s in receipt["signatures"] if s["role"] == "acceptor")
        require_concession(actor, receipt["site_id"], receipt["decision_reason"])
        require_another(actor, acceptor["user_id"])
    for position, line in enumerate(receipt["lines"]):
        found = verdict.lines[line["id"]]
        if Decimal(line["accepted_quantity"]) <= NOTHING or found.is_acceptable:
            continue
        if found.has_class_a_failure and by_concession:
            raise Problem(CONCESSION_NOT_PERMITTED, **CLASS_A_DECIDES)
        if not by_concession:
            errors.append(not_acceptable(position, found.record["reasons"]))
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


CLASS_A_DECIDES: dict[str, Any] = {
    "reason_zh": "有 A 类（致命）不合格，任何人都不能让步接收。",
    "reason_en": "There is a class A (critical) nonconformity; nobody may concede that.",
}


def require_concession(actor: Actor, site_id: str, reason: str) -> None:
    """Only quality staff and managers concede, and they say why."""
    if not actor.may(Permission.GRANT_CONCESSION, site_id):
        raise Problem(FORBIDDEN, permission=Permission.GRANT_CONCESSION.value)
    if not reason.strip():
        text = Text("让步接收必须写明原因", "Accepting by concession needs a reason.")
        raise Problem(VALIDATION_FAILED, [FieldError("/decision_reason", text)])


def require_another(actor: Actor, acceptor_id: str | None) -> None:
    """Nobody concedes what they accepted themselves."""
    if acceptor_id == actor.user_id:
        raise Problem(CONCESSION_NOT_PERMITTED, **_NOT_ONES_OWN)


_NOT_ONES_OWN: dict[str, Any] = {
    "reason_zh": "验收人不能批准自己的让步接收，请由另一位质量人员或管理者办理。",
    "reason_en": "The acceptor cannot concede their own receipt; another one must.",
}


def conceded_by(actor: Actor, receipt: Mapping[str, Any]) -> dict[str, str] | None:
    if receipt["decision"] != "accepted_by_concession":
        return None
    return {"user_id": actor.user_id, "name": actor.display_name}


def not_acceptable(position: int, reasons: list[dict[str, str]]) -> FieldError:
    return FieldError(
        f"/lines/{position}/accepted_quantity",
        Text("此货品不能接收：{zh}", "This line cannot be accepted: {en}"),
        {
            "zh": "；".join(reason["zh"] for reason in reasons) or "抽样未合格",
            "en": " ".join(reason["en"] for reason in reasons) or "the lot did not pass.",
        },
    )


def decision_errors(decision: str | None, lines: list[dict[str, Any]]) -> Iterator[FieldError]:
    """What is wrong if *decision* does not say what the quantities of *lines* say."""
    accepted, rejected, pending = (
        sum((Decimal(line[name]) for line in lines), NOTHING) for name in QUANTITIES
    )
    fits = {
        "accepted": rejected == pending == NOTHING and accepted > NOTHING,
        "rejected": accepted == pending == NOTHING,
        "accepted_in_part": accepted > NOTHING and rejected + pending > NOTHING,
        "accepted_by_concession": accepted > NOTHING,
        "pending": accepted == NOTHING and pending > NOTHING,
    }
    if not fits.get(str(decision), False):
        yield FieldError(
            "/decision",
            Text(
                "决定“{decision}”与数量不符：接收 {accepted}，拒收 {rejected}，待定 {pending}",
                "“{decision}” does not fit the quantities: {accepted} accepted, "
                "{rejected} rejected, {pending} pending.",
            ),
            {
                "decision": decision,
                "accepted": decimal_text(accepted),
                "rejected": decimal_text(rejected),
                "pending": decimal_text(pending),
            },
        )
