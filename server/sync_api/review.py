"""What the reviews of quarantine and of conflicts have in common: who may, whose work it is, and
the record of what was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor, Permission, Role
from server.db.audit import record_audit
from server.db.change_log import QuarantinedMutation, SyncConflict, SyncReviewStep
from server.db.scope import unscoped
from server.identity.models import Device, User
from server.identity.service import make_actor
from server.sync_api.rendering import problem_document
from sync.errors import Problem as Refusal

Subject = QuarantinedMutation | SyncConflict


def may_review(actor: Actor, model: type[Subject]) -> ColumnElement[bool]:
    """The rows of the actor's sites. What belongs to no site in particular, because its author
    works at several, is for administrators."""
    sites = sorted(actor.sites_with(Permission.REVIEW_SYNC))
    mine: ColumnElement[bool] = model.site_id.in_(sites)
    if actor.may(Permission.MANAGE_USERS):
        mine = or_(mine, model.site_id.is_(None))
    return (model.organisation_id == actor.organisation_id) & mine


def author_of(
    session: Session, reviewer: Actor, subject: Subject, named_site: str | None = None
) -> Actor:
    """The author of refused work as an actor, for carrying it out in their name.

    They may do what they still may at sites the reviewer answers for. At the site concerned they
    may capture records: perhaps the account was disabled or moved since, and the reviewer vouches
    for work that was done before.
    """
    with unscoped(session):
        user = session.get_one(User, subject.user_id)
        author = make_actor(session, user, subject.device_id)
    answered_for = reviewer.sites_with(Permission.REVIEW_SYNC)
    roles = {site: held for site, held in author.roles.items() if site in answered_for}
    site = subject.site_id or named_site
    if site in answered_for and site is not None:
        roles[site] = roles.get(site, frozenset()) | {Role.INSPECTOR}
    return replace(author, roles=roles, vouched_by=reviewer.user_id)


# -- what was done -------------------------------------------------------------------------------


def record_step(
    session: Session,
    reviewer: Actor,
    subject_id: str,
    action: str,
    reason: str,
    now: datetime,
    *,
    site_id: str | None,
    content: Mapping[str, Any] | None = None,
    outcome: str | None = None,
    refusal: Refusal | None = None,
    version: int | None = None,
) -> None:
    """Write down who did what and why. Steps are never changed; whoever adds one holds the lock of
    what it is about."""
    so_far = len(steps_of(session, subject_id, reviewer.organisation_id))
    session.add(
        SyncReviewStep(
            organisation_id=reviewer.organisation_id,
            subject_id=subject_id,
            number=so_far + 1,
            action=action,
            reason=reason,
            content=None if content is None else orjson.dumps(content).decode(),
            outcome=outcome,
            problem=None if refusal is None else orjson.dumps(refusal).decode(),
            version=version,
            user_id=reviewer.user_id,
            device_id=reviewer.device_id,
            done_at=now,
        )
    )
    record_audit(
        session,
        reviewer,
        f"review_{action}",
        now,
        site_id=site_id,
        details={"subject_id": subject_id, "reason": reason, "outcome": outcome},
    )


def steps_of(session: Session, subject_id: str, organisation_id: str) -> list[SyncReviewStep]:
    steps = session.scalars(
        select(SyncReviewStep)
        .where(
            SyncReviewStep.organisation_id == organisation_id,
            SyncReviewStep.subject_id == subject_id,
        )
        .order_by(SyncReviewStep.number)
    )
    return list(steps)


# -- whose names stand in it ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Directory:
    """The people and devices that a page of review speaks of."""

    users: Mapping[str, User]
    devices: Mapping[str, Device]

    def person(self, user_id: str | None) -> dict[str, Any] | None:
        if user_id is None:
            return None
        user = self.users.get(user_id)
        return {
            "user_id": user_id,
            "display_name": None if user is None else user.display_name,
            "is_active": None if user is None else user.is_active,
        }

    def device(self, device_id: str | None) -> dict[str, Any]:
        device = self.devices.get(device_id or "")
        revoked_at = None if device is None else device.revoked_at
        return {
            "device_id": device_id,
            "name": None if device is None else device.name,
            "revoked_at": None if revoked_at is None else time_text(revoked_at),
        }


def directory_of(
    session: Session, subjects: Iterable[Subject], steps: Iterable[SyncReviewStep] = ()
) -> Directory:
    rows = list(subjects)
    user_ids = {row.user_id for row in rows} | {step.user_id for step in steps}
    user_ids |= {settled for row in rows if (settled := settled_by(row)) is not None}
    device_ids = {row.device_id for row in rows}
    users = session.scalars(select(User).where(User.id.in_(sorted(user_ids))))
    devices = session.scalars(select(Device).where(Device.id.in_(sorted(filter(None, device_ids)))))
    return Directory({user.id: user for user in users}, {device.id: device for device in devices})


def settled_by(row: Subject) -> str | None:
    return row.settled_by if isinstance(row, QuarantinedMutation) else row.resolved_by


def common_document(row: Subject, directory: Directory) -> dict[str, Any]:
    settled = row.settled_at if isinstance(row, QuarantinedMutation) else row.resolved_at
    return {
        "mutation_id": row.mutation_id,
        "collection": row.collection,
        "record_id": row.record_id,
        "site_id": row.site_id,
        "user_id": row.user_id,
        "device_id": row.device_id,
        "author": directory.person(row.user_id),
        "device": directory.device(row.device_id),
        "received_at": time_text(row.received_at),
        "clock_offset_ms": row.clock_offset_ms,
        "settled_at": None if settled is None else time_text(settled),
        "settled_by": directory.person(settled_by(row)),
    }


def step_document(step: SyncReviewStep, directory: Directory, language: str) -> dict[str, Any]:
    refusal = None if step.problem is None else orjson.loads(step.problem)
    return {
        "action": step.action,
        "reason": step.reason,
        "content": None if step.content is None else orjson.loads(step.content),
        "outcome": step.outcome,
        "problem": None if refusal is None else problem_document(refusal, language),
        "version": step.version,
        "by": directory.person(step.user_id),
        "done_at": time_text(step.done_at),
    }
