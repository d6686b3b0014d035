"""Switching states over HTTP: looked up by everybody, approved by quality staff and managers."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from sampling.vocabulary import NONCONFORMITY_CLASSES
from schemas.fields import Choice, Text, UuidText, uuid_text
from schemas.sampling import FlagArgument
from schemas.switching import (
    SEVERITIES,
    SwitchingActionIn,
    SwitchingActionOut,
    SwitchingDetailOut,
    SwitchingLotListOut,
    SwitchingStateListOut,
)
from server.access import Permission
from server.db.base import current_session
from server.db.documents import StoredDocument
from server.errors import RECORD_NOT_FOUND, Problem
from server.http.conditional import etag_of
from server.http.context import current_actor, current_time
from server.http.guard import readable, requires
from server.http.paging import PageIn
from server.switching import queries, service
from server.switching.documents import action_document, lot_document

routes = Blueprint(
    "switching", __name__, url_prefix="/api/v1/switching", description="转移规则 / Switching rules"
)


class StatePageIn(PageIn):
    supplier_id = UuidText(load_default=None)
    product_id = UuidText(load_default=None)
    nonconformity_class = Choice(NONCONFORMITY_CLASSES, load_default=None)
    severity = Choice(SEVERITIES, load_default=None)
    search = Text(
        load_default=None,
        longest=100,
        metadata={"description": "供货者或产品名称中的文字 / in the supplier's or product's name"},
    )


class LotPageIn(PageIn):
    is_marked = FlagArgument(load_default=None)


@routes.route("", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@readable("switching")
@routes.arguments(StatePageIn, location="query")
@routes.response(200, SwitchingStateListOut)
def list_states(query: dict[str, Any]) -> dict[str, Any]:
    """How the next lot of each supplier and product is to be inspected, the newest change first."""
    session, actor = current_session(), current_actor()
    page = queries.page_of_states(session, actor, **query)
    glimpses = queries.recent_lots(session, actor, [record.id for record in page.rows])
    records = [
        {**named, "recent_lots": [lot._asdict() for lot in glimpses[record.id]]}
        for record, named in zip(page.rows, _named(page.rows), strict=True)
    ]
    return {"switching_states": records, "next_cursor": page.next_cursor}


@routes.route("/<state_id>", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@readable("switching")
@routes.response(200, SwitchingDetailOut)
def get_state(state_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One state with its reasons, and what was declared or approved about it."""
    record = _known(state_id)
    [named] = _named([record])
    answer = {
        **named,
        "actions": [action_document(a) for a in queries.actions_of(current_session(), record.id)],
    }
    return answer, 200, {"ETag": etag_of(record.version)}


@routes.route("/<state_id>/lots", methods=["GET"])
@requires(Permission.READ_RECORDS)
@readable("switching")
@routes.arguments(LotPageIn, location="query")
@routes.response(200, SwitchingLotListOut)
def list_lots(query: dict[str, Any], state_id: str) -> dict[str, Any]:
    """The lots of the reader's sites; a marked one was due another severity and says why."""
    record = _known(state_id)
    page = queries.page_of_lots(current_session(), current_actor(), record.id, **query)
    lots = [lot_document(lot) for lot in page.rows]
    return {"switching_lots": lots, "next_cursor": page.next_cursor}


@routes.route("/<state_id>/actions", methods=["POST"])
@requires(Permission.GRANT_CONCESSION)
@routes.arguments(SwitchingActionIn)
@routes.response(201, SwitchingActionOut)
def post_action(action: dict[str, Any], state_id: str) -> dict[str, Any]:
    """Declare production steady or not, approve or withdraw reduced inspection, or a restart."""
    record = _known(state_id)
    recorded = service.record_action(
        current_session(), current_actor(), record.id, action, current_time()
    )
    return action_document(recorded)


def _named(records: list[StoredDocument]) -> list[dict[str, Any]]:
    documents = [record.document for record in records]
    names = queries.names_of(current_session(), documents)
    return [
        {
            "version": record.version,
            "document": document,
            "supplier_name": names[document["supplier_id"]],
            "product_name": names[document["product_id"]],
        }
        for record, document in zip(records, documents, strict=True)
    ]


def _known(text: str) -> StoredDocument:
    id_ = uuid_text(text)
    record = queries.state_record(current_session(), current_actor(), id_) if id_ else None
    if record is None:
        raise Problem(RECORD_NOT_FOUND)
    return record
