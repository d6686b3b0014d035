"""Receiving goods. Online routes and phones that were offline come through here alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission
from server.db.change_store import RecordHead, document_of, heads_of, publish
from server.errors import (
    CONCESSION_NOT_PERMITTED,
    FORBIDDEN,
    RECEIPT_INCOMPLETE,
    RECEIPT_SIGNED,
    RECORD_NOT_FOUND,
    SIGNED_CONTENT_CHANGED,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.http.conditional import ExpectedVersion
from server.identity.queries import has_account, works_at
from server.receiving.basis import collect_basis
from server.receiving.models import GoodsReceipt, GoodsReceiptAttachment, GoodsReceiptLine
from server.receiving.numbering import next_number
from server.receiving.verdict import Verdict, is_signed, judge
from server.switching.service import record_lots

COLLECTION = "goods_receipts"
NUMBER_KIND = "YS"
SERVER_OWNED = (
    "number",
    "status",
    "received_at",
    "signed_received_at",
    "conceded_by",
    "basis",
    "verdict",
)
QUANTITIES = ("accepted_quantity", "rejected_quantity", "pending_quantity")
NOTHING = Decimal(0)


def save_receipt(
    session: Session,
    actor: Actor,
    document: dict[str, Any],
    now: datetime,
    expected: ExpectedVersion | None = None,
) -> RecordHead:
    """Create a receipt, change a draft, or complete it with its second signature.

    *document* is the client's, validated. With the signatures of acceptor and witness it becomes
    final: everything the checklists ask for must be there, the decision must follow from what was
    found, and from then on nothing changes it.

    Raises
    ------
    Problem
        ``receipt-signed``, ``receipt-incomplete`` naming each missing item, photo or signature,
        ``signed-content-changed``, ``concession-not-permitted``, ``validation-failed``,
        ``forbidden`` or ``record-not-found``.
    """
    head = _head(session, actor, document["id"])
    earlier = None if head is None or head.deleted else document_of(head)
    # A deleted draft still belongs to its site: nobody else's record begins on its id.
    site_id = actor.own_site(document["site_id"] if head is None else head.site_id)
    actor.require(Permission.CAPTURE_RECORDS, site_id)
    receipt = {**_client_part(document), "site_id": site_id}
    if head is not None and earlier is not None and receipt == _client_part(earlier):
        return head  # sent again: its answer was lost
    if expected is not None:
        expected.require(None if head is None else head.version)
    if earlier is not None:
        _require_changeable(earlier, receipt)
    basis = collect_basis(session, actor, receipt, (earlier or {}).get("basis"), now)
    verdict = judge(receipt, basis.record, basis.checklists)
    _check_signatures(session, actor, receipt, earlier)
    is_final = is_signed(receipt)
    if is_final:
        _require_complete(receipt, verdict)
        _require_sound_decision(actor, receipt, verdict)
    stored = {
        **receipt,
        "number": next_number(session, actor, site_id, NUMBER_KIND, now) if is_final else None,
        "status": "signed" if is_final else "draft",
        "received_at": earlier["received_at"] if earlier else time_text(now),
        "signed_received_at": time_text(now) if is_final else None,
        "conceded_by": _conceded_by(actor, receipt) if is_final else None,
        "basis": basis.record,
        "verdict": verdict.record,
    }
    _write_index(session, actor, stored, now)
    if is_final:
        record_lots(session, actor, stored, now)
    return publish(session, actor, COLLECTION, stored["id"], site_id, stored, now)


def delete_draft(session: Session, actor: Actor, record_id: str, now: datetime) -> RecordHead:
    """Throw a draft away. It leaves a tombstone; its photos stay."""
    head = _head(session, actor, record_id)
    if head is None:
        raise Problem(RECORD_NOT_FOUND)
    actor.require(Permission.CAPTURE_RECORDS, head.site_id)
    document = document_of(head)
    if document["status"] == "signed":
        raise Problem(RECEIPT_SIGNED, number=document["number"])
    _forget_index(session, record_id)
    receipt = session.get(GoodsReceipt, record_id)
    if receipt is not None:
        session.delete(receipt)
    return publish(session, actor, COLLECTION, record_id, head.site_id, document, now, deleted=True)


def _head(session: Session, actor: Actor, record_id: str) -> RecordHead | None:
    key = (COLLECTION, record_id)
    return heads_of(session, actor.organisation_id, [key]).get(key)


def _client_part(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in SERVER_OWNED}


# -- signatures ------------------------------------------------------------------------------------


def _require_changeable(earlier: Mapping[str, Any], receipt: Mapping[str, Any]) -> None:
    if earlier["status"] == "signed":
        raise Problem(RECEIPT_SIGNED, number=earlier["number"])
    given = {signature["id"]: signature for signature in receipt["signatures"]}
    kept = [signature for signature in earlier["signatures"] if signature["id"] in given]
    is_rewritten = any(given[signature["id"]] != signature for signature in kept)
    if is_rewritten or (kept and _unsigned_part(earlier) != _unsigned_part(receipt)):
        raise Problem(SIGNED_CONTENT_CHANGED)


def _unsigned_part(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in _client_part(document).items() if name != "signatures"}


def _check_signatures(
    session: Session, actor: Actor, receipt: Mapping[str, Any], earlier: Mapping[str, Any] | None
) -> None:
    """Acceptor and witness are two different people, and nobody signs as acceptor for another."""
    errors = list(_signature_errors(receipt, actor))
    known = {signature["id"] for signature in (earlier or {}).get("signatures", ())}
    for position, signature in enumerate(receipt["signatures"]):
        pointer = f"/signatures/{position}/user_id"
        if signature["id"] in known:
            continue
        if signature["role"] == "acceptor" and signature["user_id"] != actor.user_id:
            errors.append(
                FieldError(
                    pointer,
                    Text("验收人只能由本人签字", "The acceptor signs on their own account only."),
                )
            )
        elif not _may_stand(session, actor, signature["user_id"], receipt["site_id"]):
            errors.append(
                FieldError(
                    pointer,
                    Text("签字人不是本站点人员", "The signer does not work at this site."),
                )
            )
    if errors:
        raise Problem(VALIDATION_FAILED, errors)


def _may_stand(session: Session, actor: Actor, signer_id: str | None, site_id: str) -> bool:
    """Whether a new signature of that person may stand: of nobody with an account, of the actor,
    of somebody who works at the site, or, where a reviewer vouches, who did work there."""
    if signer_id in (None, actor.user_id) or works_at(session, signer_id, site_id):
        return True
    return actor.vouched_by is not None and has_account(session, signer_id)


def _signature_errors(receipt: Mapping[str, Any], actor: Actor) -> Iterator[FieldError]:
    by_role: dict[str, Mapping[str, Any]] = {}
    pictures: set[str] = set()
    for position, signature in enumerate(receipt["signatures"]):
        role = signature["role"]
        if signature["attachment_id"] in pictures:
            text = Text("两个签字不能用同一张图片", "Two signatures cannot be one picture.")
            yield FieldError(f"/signatures/{position}/attachment_id", text)
        pictures.add(signature["attachment_id"])
        if role in by_role:
            text = Text("同一身份只能有一个签字", "There is one signature of each role.")
            yield FieldError(f"/signatures/{position}/role", text)
        by_role[role] = signature
    acceptor, witness = by_role.get("acceptor"), by_role.get("witness")
    if acceptor is not None and witness is not None and _same_person(acceptor, witness, actor):
        yield FieldError(
            "/signatures",
            Text(
                "验收人与见证人必须是两个不同的人",
                "Acceptor and witness must be two different people.",
            ),
        )


def _same_person(one: Mapping[str, Any], other: Mapping[str, Any], actor: Actor) -> bool:
    """By their accounts, or, where one has none, by name: the typed ones and the actor's own."""
    if one["user_id"] is not None and one["user_id"] == other["user_id"]:
        return True
    if one["user_id"] is not None and other["user_id"] is not None:
        return False
    names = [{_plain(one["name"])}, {_plain(other["name"])}]
    for signature, known in zip((one, other), names, strict=True):
        if signature["user_id"] == actor.user_id:
            known.add(_plain(actor.display_name))
    return bool(names[0] & names[1])


def _plain(name: str) -> str:
    return name.strip().casefold()


# -- the decision ----------------------------------------------------------------------------------


def _require_complete(receipt: Mapping[str, Any], verdict: Verdict) -> None:
    missing = list(verdict.missing)
    if receipt["decision"] is None:
        missing.append(FieldError("/decision", Text("还没有作出决定", "No decision was made.")))
    if missing:
        raise Problem(RECEIPT_INCOMPLETE, missing)


def _require_sound_decision(actor: Actor, receipt: Mapping[str, Any], verdict: Verdict) -> None:
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


def _conceded_by(actor: Actor, receipt: Mapping[str, Any]) -> dict[str, str] | None:
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
                "accepted": accepted,
                "rejected": rejected,
                "pending": pending,
            },
        )


# -- the index -------------------------------------------------------------------------------------


def _write_index(session: Session, actor: Actor, receipt: Mapping[str, Any], now: datetime) -> None:
    """Write the rows that lists, searches and constraints look at."""
    row = session.get(GoodsReceipt, receipt["id"])
    if row is None:
        row = GoodsReceipt(
            id=receipt["id"],
            organisation_id=actor.organisation_id,
            site_id=receipt["site_id"],
            received_at=now,
        )
        session.add(row)
    signers = {s["role"]: s["user_id"] for s in receipt["signatures"]}
    row.provisional_number = receipt["provisional_number"]
    row.number = receipt["number"]
    row.supplier_id = receipt["supplier_id"]
    row.delivered_on = date.fromisoformat(receipt["delivered_on"])
    row.status = receipt["status"]
    row.decision = receipt["decision"]
    row.acceptor_id, row.witness_id = signers.get("acceptor"), signers.get("witness")
    row.updated_at = now
    session.flush()
    _forget_index(session, receipt["id"])
    session.add_all(_line_rows(actor, receipt))
    session.add_all(_attachment_rows(actor, receipt))


def _forget_index(session: Session, receipt_id: str) -> None:
    for model in (GoodsReceiptLine, GoodsReceiptAttachment):
        session.execute(delete(model).where(model.goods_receipt_id == receipt_id))


def _line_rows(actor: Actor, receipt: Mapping[str, Any]) -> Iterator[GoodsReceiptLine]:
    for position, line in enumerate(receipt["lines"]):
        yield GoodsReceiptLine(
            goods_receipt_id=receipt["id"],
            id=line["id"],
            organisation_id=actor.organisation_id,
            site_id=receipt["site_id"],
            position=position,
            product_id=line["product_id"],
            supplier_batch_number=line["supplier_batch_number"],
            produced_on=_day(line["produced_on"]),
            expires_on=_day(receipt["basis"]["lines"][line["id"]]["expires_on"]),
            delivered_quantity=Decimal(line["delivered_quantity"]),
            **{name: Decimal(line[name]) for name in QUANTITIES},
        )


def _attachment_rows(actor: Actor, receipt: Mapping[str, Any]) -> Iterator[GoodsReceiptAttachment]:
    for attachment_id in named_attachments(receipt):
        yield GoodsReceiptAttachment(
            goods_receipt_id=receipt["id"],
            attachment_id=attachment_id,
            organisation_id=actor.organisation_id,
            site_id=receipt["site_id"],
        )


def named_attachments(receipt: Mapping[str, Any]) -> list[str]:
    """Every photo and paper the content names, once each."""
    named = [
        *receipt["attachment_ids"],
        *(id_ for answer in receipt["answers"] for id_ in answer["attachment_ids"]),
        *(signature["attachment_id"] for signature in receipt["signatures"]),
    ]
    return list(dict.fromkeys(named))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def receipt_row(session: Session, receipt_id: str) -> GoodsReceipt:
    row = session.scalar(select(GoodsReceipt).where(GoodsReceipt.id == receipt_id))
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    return row
