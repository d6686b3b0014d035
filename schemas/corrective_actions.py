"""Notices to put findings right (整改通知) and the steps taken on them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from schemas.attachments import PhotoCountOut
from schemas.calendars import DEADLINES
from schemas.fields import Choice, ServerOwned, Text, UtcTime, UuidText
from schemas.findings import photo_ids, position
from schemas.messages import both

ACTION_KINDS = ("written_notice", "rectification_order")
"""书面通知单 and 限期整改通知书."""
ACTION_STATUSES = ("open", "submitted", "returned", "verified", "closed", "withdrawn")
LANES = (
    "due_today",
    "overdue",
    "to_do",
    "extension",
    "submitted",
    "returned",
    "repeats",
    "verified",
    "closed",
)
"""The lanes of the board."""
STEP_KINDS = (
    "acknowledged",
    "submitted",
    "verified",
    "returned",
    "closed",
    "reopened",
    "extension_asked",
    "extension_granted",
    "extension_refused",
    "reassigned",
    "withdrawn",
    "remark",
)
_MOST_FINDINGS = 100


class SupplierContactSchema(Schema):
    """Whom at the supplier's the notice is handed to."""

    name = Text(required=True, shortest=1, longest=100)
    phone = Text(load_default="", longest=40)


class SignatureSchema(Schema):
    """Who signed with a finger, and the picture of it."""

    name = Text(required=True, shortest=1, longest=100)
    attachment_id = UuidText(required=True)
    signed_at = UtcTime(required=True)


class CorrectiveActionSchema(Schema):
    """A notice over one or more findings of one unit or one supplier. Once issued it stands."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    kind = Choice(ACTION_KINDS, required=True)
    provisional_number = Text(required=True, shortest=1, longest=40)
    finding_ids = fields.List(
        UuidText(),
        required=True,
        validate=validate.Length(
            min=1,
            max=_MOST_FINDINGS,
            error=both(
                f"应列 1 至 {_MOST_FINDINGS} 个问题",
                f"A notice names 1 to {_MOST_FINDINGS} findings.",
            ),
        ),
    )
    unit_id = UuidText(allow_none=True, load_default=None)
    supplier_id = UuidText(allow_none=True, load_default=None)
    assignee_user_id = UuidText(allow_none=True, load_default=None)
    supplier_contact = fields.Nested(SupplierContactSchema, allow_none=True, load_default=None)
    title = Text(required=True, shortest=1, longest=200)
    requirement = Text(load_default="", longest=4000)
    deadline = Choice(
        DEADLINES,
        allow_none=True,
        load_default=None,
        metadata={"description": "Without it, that of the gravest finding's class"},
    )
    due_at = UtcTime(
        allow_none=True,
        load_default=None,
        metadata={"description": "Needed for a fixed deadline, else worked out from it"},
    )
    attachment_ids = photo_ids()
    captured_at = UtcTime(required=True)
    entered_at = UtcTime(allow_none=True, load_default=None)
    latitude = position("90")
    longitude = position("180")

    number = ServerOwned()
    status = ServerOwned(metadata={"description": " · ".join(ACTION_STATUSES)})
    nonconformity_class = ServerOwned()
    is_repeat = ServerOwned()
    first_due_at = ServerOwned(metadata={"description": "As issued; extensions leave it"})
    received_at = ServerOwned()
    issued_by = ServerOwned()
    assignee = ServerOwned(metadata={"description": "user_id and name of whoever puts it right"})
    acknowledged_at = ServerOwned()
    submission = ServerOwned(metadata={"description": "The newest: step_id, user_id, name, at"})
    verification = ServerOwned()
    extension = ServerOwned(metadata={"description": "An extension asked for and not answered"})
    times_returned = ServerOwned()
    times_extended = ServerOwned()
    escalation_level = ServerOwned()
    closed_at = ServerOwned()
    last_step_id = ServerOwned()

    @validates_schema
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        errors: dict[str, list[str]] = {}
        if (data["unit_id"] is None) == (data["supplier_id"] is None):
            errors["unit_id"] = [
                both(
                    "责任方须是一个单位或一个供应商，二者取一",
                    "A notice goes to one unit or to one supplier.",
                )
            ]
        if len(set(data["finding_ids"])) != len(data["finding_ids"]):
            text = both("同一问题列了两次", "A finding is named twice.")
            errors["finding_ids"] = [text]
        if data["deadline"] == "fixed" and data["due_at"] is None:
            text = both("指定时间须写明到期时间", "A fixed deadline needs its time.")
            errors["due_at"] = [text]
        if data["due_at"] is not None and data["due_at"] <= data["captured_at"]:
            text = both("到期时间须晚于开具时间", "It is due before it is issued.")
            errors["due_at"] = [text]
        if errors:
            raise ValidationError(errors)


class CorrectiveActionStepSchema(Schema):
    """One step on a notice. It is never changed: what came out otherwise is a further step."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    corrective_action_id = UuidText(required=True)
    kind = Choice(STEP_KINDS, required=True)
    text = Text(load_default="", longest=4000)
    cause = Text(load_default="", longest=2000)
    correction = Text(load_default="", longest=2000)
    prevention = Text(load_default="", longest=2000)
    attachment_ids = photo_ids()
    concerns_step_id = UuidText(
        allow_none=True,
        load_default=None,
        metadata={"description": "The submission judged, or the request for extension answered"},
    )
    due_at = UtcTime(allow_none=True, load_default=None)
    assignee_user_id = UuidText(allow_none=True, load_default=None)
    signature = fields.Nested(SignatureSchema, allow_none=True, load_default=None)
    captured_at = UtcTime(required=True)
    entered_at = UtcTime(allow_none=True, load_default=None)
    latitude = position("90")
    longitude = position("180")

    received_at = ServerOwned()
    created_by = ServerOwned()
    device_id = ServerOwned()
    status_after = ServerOwned()
    number = ServerOwned(metadata={"description": "The notice's number and the step's place"})
    answered_by = ServerOwned(
        metadata={
            "description": "Of an answer by link: link_id, the name given, address and device"
        }
    )


class CorrectiveActionListOut(Schema):
    corrective_actions = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)


class NamedPersonOut(Schema):
    user_id = fields.String()
    name = fields.String()


class CorrectiveActionOut(Schema):
    version = fields.Integer()
    document = fields.Dict()
    is_overdue = fields.Boolean()
    responsible_name = fields.String(metadata={"description": "Of the unit or the supplier"})
    findings = fields.List(fields.Dict())
    steps = fields.List(fields.Dict())
    photos = fields.Nested(PhotoCountOut)
    possible_steps = fields.List(
        fields.String(), metadata={"description": "Which steps the reader may take now"}
    )
    hindrance = fields.Dict(
        allow_none=True,
        metadata={"description": "Why the reader cannot judge it, in zh and en, or null"},
    )
    people = fields.List(
        fields.Nested(NamedPersonOut),
        metadata={"description": "To whom it may be given, for readers who may reassign it"},
    )


class LanesOut(Schema):
    """How many notices stand in each lane; one may stand in several."""

    due_today = fields.Integer()
    overdue = fields.Integer()
    to_do = fields.Integer()
    extension = fields.Integer(metadata={"description": "An extension waits for its answer"})
    submitted = fields.Integer()
    returned = fields.Integer()
    repeats = fields.Integer()
    verified = fields.Integer()
    closed = fields.Integer()


class ResponsibleOut(Schema):
    """Who has live notices: a unit or a supplier, and the person."""

    site_id = fields.String()
    unit_id = fields.String(allow_none=True)
    supplier_id = fields.String(allow_none=True)
    responsible_name = fields.String()
    assignee_user_id = fields.String(allow_none=True)
    assignee_name = fields.String(allow_none=True)
    live = fields.Integer()
    overdue = fields.Integer()
    overdue_since = fields.String(allow_none=True)


class BoardOut(Schema):
    lanes = fields.Nested(LanesOut)
    responsible = fields.List(fields.Nested(ResponsibleOut))


class CorrectiveActionStatisticsOut(Schema):
    rows = fields.List(fields.Dict())
