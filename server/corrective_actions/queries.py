"""The board: notices in the order in which they are due, one notice whole, and statistics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from schemas.fields import time_text
from server.access import Actor
from server.attachments.completeness import PhotoCount, count_photos
from server.corrective_actions import issuing, steps
from server.corrective_actions.board import Whose, names_of
from server.corrective_actions.judging import hindrance, possible_steps
from server.corrective_actions.lanes import WORKING, lane_condition
from server.corrective_actions.lifecycle import is_overdue
from server.corrective_actions.models import CorrectiveAction, CorrectiveActionStep
from server.db.documents import StoredDocument, read_documents
from server.errors import RECORD_NOT_FOUND, Problem
from server.findings.service import COLLECTION as FINDINGS
from server.http.paging import Page, keyset_page
from server.identity.queries import people_at


@dataclass(frozen=True, slots=True)
class Filters(Whose):
    """What a page of the board shows; None: everything."""

    lane: str | None = None
    status: str | None = None
    is_overdue: bool | None = None
    has_open_extension: bool | None = None
    due_before: datetime | None = None
    order: str = "next_due"

    def wanted(self, now: datetime) -> Iterator[ColumnElement[bool]]:
        yield from self.conditions()
        if self.lane is not None:
            yield lane_condition(self.lane, now)
        if self.status is not None:
            yield CorrectiveAction.status == self.status
        if self.has_open_extension is not None:
            yield CorrectiveAction.has_open_extension == self.has_open_extension
        if self.is_overdue is not None:
            late = lane_condition("overdue", now)
            yield late if self.is_overdue else ~late
        if self.due_before is not None:
            yield CorrectiveAction.status.in_(WORKING)
            yield CorrectiveAction.due_at < self.due_before


def page_of_actions(
    session: Session,
    actor: Actor,
    limit: int,
    cursor: str | None,
    filters: Filters,
    now: datetime,
) -> Page[dict[str, Any]]:
    """Notices of the reader's sites, with who answers for them, what the reader may do, and the
    first photo of what was found."""
    statement = select(CorrectiveAction).where(*filters.wanted(now))
    order = [CorrectiveAction.due_at, CorrectiveAction.id]
    page = keyset_page(
        session,
        statement,
        order,
        limit=limit,
        cursor=cursor,
        descending=filters.order == "last_due",
    )
    ids = [row.id for row in page.rows]
    stored = read_documents(session, actor.organisation_id, issuing.COLLECTION, ids)
    documents = [stored[id_].document for id_ in ids]
    names = names_of(session, (row.unit_id or row.supplier_id for row in page.rows))
    findings = _findings_of(session, actor, documents)
    photos = count_photos(session, issuing.COLLECTION, documents, _parts(session, actor, findings))
    moment = time_text(now)
    rows = [
        {
            **document,
            "is_overdue": is_overdue(document["status"], document["due_at"], moment),
            "responsible_name": names.get(document["unit_id"] or document["supplier_id"], ""),
            "possible_steps": possible_steps(actor, document),
            "first_photo_id": _first_photo(findings[document["id"]]),
            "photos": photos[document["id"]].to_dict(),
        }
        for document in documents
    ]
    return Page(rows, page.next_cursor)


def _findings_of(
    session: Session, actor: Actor, documents: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """The findings of each notice, in its order."""
    wanted = [id_ for document in documents for id_ in document["finding_ids"]]
    found = read_documents(session, actor.organisation_id, FINDINGS, wanted)
    return {
        document["id"]: [found[id_].document for id_ in document["finding_ids"] if id_ in found]
        for document in documents
    }


def _parts(
    session: Session, actor: Actor, findings: Mapping[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """What else speaks of photos of each notice: its findings and its steps."""
    rows = session.execute(
        select(CorrectiveActionStep.id, CorrectiveActionStep.corrective_action_id).where(
            CorrectiveActionStep.corrective_action_id.in_(list(findings))
        )
    ).all()
    stored = read_documents(
        session, actor.organisation_id, steps.COLLECTION, [row.id for row in rows]
    )
    parts = {id_: list(documents) for id_, documents in findings.items()}
    for row in rows:
        parts[row.corrective_action_id].append(stored[row.id].document)
    return parts


def _first_photo(findings: list[dict[str, Any]]) -> str | None:
    photos = findings[0]["attachment_ids"] if findings else []
    return photos[0] if photos else None


@dataclass(frozen=True, slots=True)
class WholeAction:
    """A notice with its findings and all steps, the oldest first."""

    record: StoredDocument
    findings: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    photos: PhotoCount


def whole_action(session: Session, actor: Actor, action_id: str) -> WholeAction:
    """One notice of the reader's sites, or 404."""
    row = session.scalar(select(CorrectiveAction).where(CorrectiveAction.id == action_id))
    if row is None:
        raise Problem(RECORD_NOT_FOUND)
    stored = read_documents(session, actor.organisation_id, issuing.COLLECTION, [row.id])[row.id]
    step_ids = session.scalars(
        select(CorrectiveActionStep.id)
        .where(CorrectiveActionStep.corrective_action_id == row.id)
        .order_by(CorrectiveActionStep.ordinal)
    ).all()
    findings = _documents(session, actor, FINDINGS, stored.document["finding_ids"])
    taken = _documents(session, actor, steps.COLLECTION, step_ids)
    parts = {row.id: [*findings, *taken]}
    photos = count_photos(session, issuing.COLLECTION, [stored.document], parts)[row.id]
    return WholeAction(stored, findings, taken, photos)


def action_detail(session: Session, actor: Actor, action_id: str, now: datetime) -> dict[str, Any]:
    """The same as the API shows it."""
    whole = whole_action(session, actor, action_id)
    document = whole.record.document
    responsible = document["unit_id"] or document["supplier_id"]
    possible, reason = possible_steps(actor, document), hindrance(actor, document)
    is_given = "reassigned" in possible
    return {
        "version": whole.record.version,
        "document": document,
        "is_overdue": is_overdue(document["status"], document["due_at"], time_text(now)),
        "responsible_name": names_of(session, [responsible]).get(responsible, ""),
        "findings": whole.findings,
        "steps": whole.steps,
        "photos": whole.photos.to_dict(),
        "possible_steps": possible,
        "hindrance": None if reason is None else {"zh": reason.zh, "en": reason.en},
        "people": people_at(session, document["site_id"]) if is_given else [],
    }


def _documents(
    session: Session, actor: Actor, collection: str, ids: Iterable[str]
) -> list[dict[str, Any]]:
    """The documents of *ids*, in that order."""
    wanted = list(ids)
    stored = read_documents(session, actor.organisation_id, collection, wanted)
    return [stored[id_].document for id_ in wanted]


def statistics(
    session: Session, since: datetime, until: datetime, site_id: str | None = None
) -> list[dict[str, Any]]:
    """By unit or supplier: notices issued in the time, how they went, and how long they took.

    The time to fix runs from issue to the verified submission, by the first deadline as issued.
    """
    rows = session.execute(
        select(*_COUNTED).where(
            CorrectiveAction.issued_at >= since,
            CorrectiveAction.issued_at < until,
            *Whose(site_id=site_id).conditions(),
        )
    ).all()
    names = names_of(session, (row.unit_id or row.supplier_id for row in rows))
    grouped: defaultdict[tuple[str | None, str | None], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[row.unit_id, row.supplier_id].append(row)
    return [
        {
            "unit_id": unit_id,
            "supplier_id": supplier_id,
            "responsible_name": names.get(unit_id or supplier_id, ""),
            **_figures(group),
        }
        for (unit_id, supplier_id), group in sorted(grouped.items(), key=lambda i: str(i[0]))
    ]


# A year has many thousands of notices: as columns they are read in a tenth of the time of objects.
_COUNTED: tuple[Any, ...] = (
    CorrectiveAction.unit_id,
    CorrectiveAction.supplier_id,
    CorrectiveAction.status,
    CorrectiveAction.issued_at,
    CorrectiveAction.first_due_at,
    CorrectiveAction.submitted_at,
    CorrectiveAction.verified_at,
    CorrectiveAction.times_returned,
    CorrectiveAction.times_extended,
    CorrectiveAction.is_repeat,
)


def _figures(group: list[Row[Any]]) -> dict[str, Any]:
    counted = [row for row in group if row.status != "withdrawn"]
    fixed = [row for row in counted if row.verified_at is not None]
    hours = sorted(
        (row.submitted_at - row.issued_at).total_seconds() / 3600
        for row in fixed
        if row.submitted_at is not None
    )
    in_time = [row for row in fixed if row.submitted_at and row.submitted_at <= row.first_due_at]
    return {
        "issued": len(counted),
        "withdrawn": len(group) - len(counted),
        "verified": len(fixed),
        "verified_in_first_deadline": len(in_time),
        "times_returned": sum(row.times_returned for row in counted),
        "times_extended": sum(row.times_extended for row in counted),
        "repeats": sum(row.is_repeat for row in counted),
        "median_hours_to_fix": None if not hours else round(hours[len(hours) // 2], 1),
    }
