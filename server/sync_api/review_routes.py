"""Quarantine and conflicts over HTTP, for those who decide about them."""

from __future__ import annotations

from typing import Any

from schemas.fields import Text
from schemas.sync_review import (
    ConflictDetailOut,
    ConflictItemOut,
    ConflictsOut,
    DiscardDeviceIn,
    DiscardDeviceOut,
    QuarantineDetailOut,
    QuarantineOut,
    ReapplyOut,
    Reason,
    RepairIn,
    ResolveIn,
    ReviewFilter,
)
from server.access import Permission
from server.db.base import current_session
from server.db.transaction import transaction
from server.http.addresses import record_id
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_time
from server.http.guard import own_transaction, requires
from server.http.language import language
from server.http.paging import PageIn
from server.sync_api import conflicts, quarantine, review
from server.sync_api.rendering import result_document

routes = Blueprint(
    "sync_review", __name__, url_prefix="/api/v1/sync", description="同步审核 / Sync review"
)


class ConflictPageIn(PageIn, ReviewFilter):
    pass


class QuarantinePageIn(PageIn, ReviewFilter):
    slug = Text(longest=64, load_default=None, metadata={"description": "The problem's slug"})


@routes.route("/quarantine", methods=["GET"])
@requires(Permission.REVIEW_SYNC)
@routes.arguments(QuarantinePageIn, location="query")
@routes.response(200, QuarantineOut)
def list_quarantine(query: dict[str, Any]) -> dict[str, Any]:
    """What was refused, the newest first; without a filter, what waits for somebody."""
    page = quarantine.list_entries(current_session(), current_actor(), **query)
    directory = review.directory_of(current_session(), page.rows)
    entries = [quarantine.entry_document(row, directory, language()) for row in page.rows]
    return {"quarantined": entries, "next_cursor": page.next_cursor}


@routes.route("/quarantine/<entry_id>", methods=["GET"])
@requires(Permission.REVIEW_SYNC)
@routes.response(200, QuarantineDetailOut)
def get_quarantined(entry_id: str) -> dict[str, Any]:
    """One entry: what arrived, why it was refused, and what was done about it."""
    return _entry(entry_id)


@routes.route("/quarantine/<entry_id>/repair", methods=["POST"])
@requires(Permission.REVIEW_SYNC)
@routes.arguments(RepairIn)
@routes.response(200, QuarantineDetailOut)
def repair_quarantined(body: dict[str, Any], entry_id: str) -> dict[str, Any]:
    """Put a corrected document beside what arrived; reapply carries it out."""
    reason = body.pop("reason")
    quarantine.repair_entry(
        current_session(), current_actor(), record_id(entry_id), body, reason, current_time()
    )
    return _entry(entry_id)


@routes.route("/quarantine/<entry_id>/reapply", methods=["POST"])
@requires(Permission.REVIEW_SYNC)
@own_transaction
@routes.arguments(Reason)
@routes.response(200, ReapplyOut)
def reapply_quarantined(body: dict[str, str], entry_id: str) -> dict[str, Any]:
    """Carry it out as its author's work. ``result`` answers as a push does."""
    result = quarantine.reapply_entry(
        current_session(), current_actor(), record_id(entry_id), body["reason"], current_time()
    )
    with transaction(current_session(), write=False):
        return {"result": result_document(result, language()), "entry": _entry(entry_id)}


@routes.route("/quarantine/<entry_id>/discard", methods=["POST"])
@requires(Permission.REVIEW_SYNC)
@routes.arguments(Reason)
@routes.response(200, QuarantineDetailOut)
def discard_quarantined(body: dict[str, str], entry_id: str) -> dict[str, Any]:
    """Decide that it shall not be carried out. It is kept; the phone is told why."""
    quarantine.discard_entry(
        current_session(), current_actor(), record_id(entry_id), body["reason"], current_time()
    )
    return _entry(entry_id)


@routes.route("/quarantine/<entry_id>/reopen", methods=["POST"])
@requires(Permission.REVIEW_SYNC)
@routes.arguments(Reason)
@routes.response(200, QuarantineDetailOut)
def reopen_quarantined(body: dict[str, str], entry_id: str) -> dict[str, Any]:
    """Take up again what was discarded."""
    quarantine.reopen_entry(
        current_session(), current_actor(), record_id(entry_id), body["reason"], current_time()
    )
    return _entry(entry_id)


@routes.route("/quarantine/discard", methods=["POST"])
@requires(Permission.REVIEW_SYNC)
@routes.arguments(DiscardDeviceIn)
@routes.response(200, DiscardDeviceOut)
def discard_of_device(body: dict[str, str]) -> dict[str, int]:
    """Discard what waits from one device, at most 500 entries at a time."""
    discarded, left = quarantine.discard_device(
        current_session(), current_actor(), body["device_id"], body["reason"], current_time()
    )
    return {"discarded": discarded, "left": left}


@routes.route("/conflicts", methods=["GET"])
@requires(Permission.REVIEW_SYNC)
@routes.arguments(ConflictPageIn, location="query")
@routes.response(200, ConflictsOut)
def list_conflicts(query: dict[str, Any]) -> dict[str, Any]:
    """Conflicts, the newest first; without a filter, those nobody has decided yet."""
    page = conflicts.list_conflicts(current_session(), current_actor(), **query)
    directory = review.directory_of(current_session(), page.rows)
    rows = [conflicts.conflict_document(row, directory) for row in page.rows]
    return {"conflicts": rows, "next_cursor": page.next_cursor}


@routes.route("/conflicts/<mutation_id>", methods=["GET"])
@requires(Permission.REVIEW_SYNC)
@routes.response(200, ConflictDetailOut)
def get_conflict(mutation_id: str) -> dict[str, Any]:
    """Both sides and their base, whole and field by field."""
    session = current_session()
    conflict = conflicts.find_conflict(session, current_actor(), record_id(mutation_id))
    return conflicts.conflict_detail(session, conflict, language())


@routes.route("/conflicts/<mutation_id>/resolve", methods=["POST"])
@requires(Permission.REVIEW_SYNC)
@routes.arguments(ResolveIn)
@routes.response(200, ConflictItemOut)
def resolve_conflict(body: dict[str, Any], mutation_id: str) -> dict[str, Any]:
    """Decide: keep what stands, take the losing side, or a document put together from both."""
    session, actor = current_session(), current_actor()
    conflict = conflicts.resolve_conflict(
        session, actor, record_id(mutation_id), body, current_time()
    )
    return conflicts.conflict_document(conflict, review.directory_of(session, [conflict]))


def _entry(entry_id: str) -> dict[str, Any]:
    session = current_session()
    entry = quarantine.find_entry(session, current_actor(), record_id(entry_id))
    return quarantine.entry_detail(session, entry, language())
