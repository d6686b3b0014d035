"""Signatures: whose they are, and what may no longer change under them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from server.access import Actor
from server.errors import (
    RECEIPT_SIGNED,
    SIGNED_CONTENT_CHANGED,
    VALIDATION_FAILED,
    FieldError,
    Problem,
    Text,
)
from server.identity.queries import has_account, works_at
from server.receiving.content import client_part


def require_changeable(earlier: Mapping[str, Any], receipt: Mapping[str, Any]) -> None:
    if earlier["status"] == "signed":
        raise Problem(RECEIPT_SIGNED, number=earlier["number"])
    given = {signature["id"]: signature for signature in receipt["signatures"]}
    kept = [signature for signature in earlier["signatures"] if signature["id"] in given]
    is_rewritten = any(given[signature["id"]] != signature for signature in kept)
    if is_rewritten or (kept and _unsigned_part(earlier) != _unsigned_part(receipt)):
        raise Problem(SIGNED_CONTENT_CHANGED)


def _unsigned_part(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in client_part(document).items() if name != "signatures"}


def check_signatures(
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
