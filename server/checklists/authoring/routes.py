"""Writing checklists: standards, drafts, publication, confirmation, retirement."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from marshmallow import Schema

from schemas.checklists import ChecklistContentSchema, ChecklistRecordOut
from schemas.fields import UuidText, time_text
from schemas.standards import (
    ConfirmationListOut,
    ConfirmationRecordOut,
    ConfirmationSchema,
    DifferencesOut,
    DraftListOut,
    DraftOut,
    FigureListOut,
    NewDraftSchema,
    PublicationSchema,
    RetirementOut,
    RetirementSchema,
    StandardListOut,
    StandardRecordOut,
    StandardSchema,
)
from server.access import Permission
from server.calendars.deadlines import KITCHEN_TIME
from server.checklists import queries, service
from server.checklists.authoring import confirmation, drafts, standards
from server.checklists.authoring.differences import differences
from server.checklists.models import ChecklistDraft
from server.checklists.validation import faults_of
from server.db.base import current_session
from server.http.addresses import record_id, require_same_id
from server.http.blueprint import Blueprint
from server.http.conditional import etag_of, expected_version, record_response
from server.http.context import current_actor, current_time
from server.http.guard import requires
from server.http.json import raw_json
from server.http.language import language

routes = Blueprint(
    "checklist_authoring", __name__, url_prefix="/api/v1", description="检查表的编写 / Authoring"
)


class DifferencesIn(Schema):
    since = UuidText(
        load_default=None,
        metadata={"description": "The older version; without it, the one before."},
    )


# -- standards -----------------------------------------------------------------------------------


@routes.route("/standards", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, StandardListOut)
def list_standards() -> dict[str, Any]:
    """The laws, rules and standards that checklists go back to, by code."""
    found = standards.all_standards(current_session(), current_actor())
    return {"standards": [{"version": one.version, "document": one.document} for one in found]}


@routes.route("/standards/<standard_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(StandardSchema)
@routes.response(200, StandardRecordOut)
def put_standard(document: dict[str, Any], standard_id: str) -> Response:
    """Create a standard, or change it with If-Match."""
    require_same_id(document, standard_id)
    head = standards.save_standard(
        current_session(), current_actor(), document, current_time(), expected_version()
    )
    return record_response(head.version, head.document, 201 if head.version == 1 else 200)


# -- drafts --------------------------------------------------------------------------------------


@routes.route("/checklist-drafts", methods=["GET"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.response(200, DraftListOut)
def list_drafts() -> dict[str, Any]:
    """Every draft of the organisation, by code."""
    found = drafts.all_drafts(current_session(), current_actor())
    return {"drafts": [_summary(draft) for draft in found]}


@routes.route("/checklist-drafts", methods=["POST"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(NewDraftSchema)
@routes.response(201, DraftOut)
def post_draft(given: dict[str, Any]) -> Response:
    """Begin a draft from a published version, or of a new checklist."""
    draft = drafts.begin_draft(current_session(), current_actor(), given, current_time())
    return _answer(draft, 201)


@routes.route("/checklist-drafts/<draft_id>", methods=["GET"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.response(200, DraftOut)
def get_draft(draft_id: str) -> Response:
    """A draft, with everything that keeps it from being published."""
    return _answer(drafts.the_draft(current_session(), current_actor(), record_id(draft_id)))


@routes.route("/checklist-drafts/<draft_id>", methods=["PUT"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(ChecklistContentSchema)
@routes.response(200, DraftOut)
def put_draft(content: dict[str, Any], draft_id: str) -> Response:
    """Save a draft's content, with If-Match naming its revision. It may be unfinished."""
    id_, expected = record_id(draft_id), expected_version()
    session, actor = current_session(), current_actor()
    return _answer(drafts.save_draft(session, actor, id_, content, current_time(), expected))


@routes.route("/checklist-drafts/<draft_id>", methods=["DELETE"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.response(204)
def delete_draft(draft_id: str) -> None:
    """Throw a draft away, with If-Match."""
    id_, expected = record_id(draft_id), expected_version()
    drafts.discard_draft(current_session(), current_actor(), id_, expected)


@routes.route("/checklist-drafts/<draft_id>/publication", methods=["POST"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(PublicationSchema)
@routes.response(201, ChecklistRecordOut)
def post_publication(given: dict[str, Any], draft_id: str) -> Response:
    """Publish a draft, with If-Match. What is published never changes again."""
    id_, expected = record_id(draft_id), expected_version()
    session, actor = current_session(), current_actor()
    head = drafts.publish_draft(session, actor, id_, given, current_time(), expected)
    return record_response(head.version, head.document, 201)


# -- published versions --------------------------------------------------------------------------


@routes.route("/checklists/<checklist_id>/differences", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.arguments(DifferencesIn, location="query")
@routes.response(200, DifferencesOut)
def get_differences(query: dict[str, Any], checklist_id: str) -> dict[str, Any]:
    """What changed from an older version to this one, place by place."""
    session, actor = current_session(), current_actor()
    newer = queries.required_checklist(session, actor, record_id(checklist_id))
    older_id = query["since"] or queries.version_before(session, newer)
    older = queries.required_checklist(session, actor, older_id)
    found = [one._asdict() for one in differences(older, newer)]
    return {"older_id": older["id"], "newer_id": newer["id"], "differences": found}


@routes.route("/checklists/<checklist_id>/confirmations", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, ConfirmationListOut)
def list_confirmations(checklist_id: str) -> dict[str, Any]:
    """Who checked which figure of this version against its source."""
    session, actor, id_ = current_session(), current_actor(), record_id(checklist_id)
    queries.required_checklist(session, actor, id_)
    return {"confirmations": confirmation.confirmations_of(session, actor, id_)}


@routes.route("/checklists/<checklist_id>/confirmations", methods=["POST"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(ConfirmationSchema)
@routes.response(201, ConfirmationRecordOut)
def post_confirmation(given: dict[str, Any], checklist_id: str) -> Response:
    """Confirm a figure that was marked 待核对, saying what it was checked against."""
    session, actor, id_ = current_session(), current_actor(), record_id(checklist_id)
    head = confirmation.confirm_figure(session, actor, id_, given, current_time())
    return record_response(head.version, head.document, 201)


@routes.route("/checklist-figures", methods=["GET"])
@requires(Permission.READ_MASTER_DATA)
@routes.response(200, FigureListOut)
def list_figures() -> dict[str, Any]:
    """What of the checklists in force today shipped as 待核对, and who confirmed it since."""
    today = current_time().astimezone(KITCHEN_TIME).date()
    found = confirmation.figures_to_confirm(current_session(), current_actor(), today)
    return {"figures": found}


@routes.route("/checklists/<checklist_id>/retirement", methods=["POST"])
@requires(Permission.WRITE_MASTER_DATA)
@routes.arguments(RetirementSchema)
@routes.response(200, RetirementOut)
def post_retirement(given: dict[str, Any], checklist_id: str) -> dict[str, Any]:
    """Retire the checklist this version belongs to: it is offered no more."""
    session, actor = current_session(), current_actor()
    document = queries.required_checklist(session, actor, record_id(checklist_id))
    retired = service.retire_checklist(
        session, actor, document["code"], given["reason"], current_time()
    )
    return {
        "code": retired.code,
        "reason": retired.reason,
        "retired_at": time_text(retired.retired_at),
    }


def _summary(draft: ChecklistDraft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "code": draft.code,
        "revision": draft.revision,
        "based_on": draft.based_on,
        "updated_at": time_text(draft.updated_at),
    }


def _answer(draft: ChecklistDraft, status: int = 200) -> Response:
    content = orjson.loads(draft.content)
    faults = [fault.to_dict(language()) for fault in faults_of(content)]
    body = {**_summary(draft), "content": content, "faults": faults}
    response = raw_json(orjson.dumps(body), status)
    response.headers["ETag"] = etag_of(draft.revision)
    return response
