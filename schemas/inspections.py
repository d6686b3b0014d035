"""Inspections, register entries and surveys: a checklist filled in at a place."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.checklists import STORAGE_CLASSES, ItemAnswerSchema
from schemas.fields import Choice, ServerOwned, Text, UtcTime, UuidText

_MOST_ANSWERS = 2000


class InspectionSchema(Schema):
    """Answers to one version of a checklist. With ``finished_at`` it is judged and stands."""

    id = UuidText(required=True)
    site_id = UuidText(allow_none=True, load_default=None)
    checklist_id = UuidText(
        required=True, metadata={"description": "The published version it is made with."}
    )
    task_id = UuidText(allow_none=True, load_default=None)
    unit_id = UuidText(allow_none=True, load_default=None)
    place_id = UuidText(allow_none=True, load_default=None)
    place_text = Text(load_default="", longest=200)
    storage_class = Choice(
        STORAGE_CLASSES,
        allow_none=True,
        load_default=None,
        metadata={"description": "How goods are kept at the place, as known there and then"},
    )
    answers = fields.List(
        fields.Nested(ItemAnswerSchema),
        load_default=list,
        validate=validate.Length(max=_MOST_ANSWERS),
    )
    note = Text(load_default="", longest=2000)
    captured_at = UtcTime(required=True)
    entered_at = UtcTime(allow_none=True, load_default=None)
    finished_at = UtcTime(allow_none=True, load_default=None)

    number = ServerOwned(metadata={"description": "Given when it is finished: JC-N1-2026-000001."})
    received_at = ServerOwned()
    created_by = ServerOwned()
    checklist = ServerOwned(metadata={"description": "Code, version and title of what it uses."})
    status = ServerOwned(metadata={"description": "draft or finished"})
    result = ServerOwned(
        metadata={"description": "How it stands: outcomes by item, and the grade once finished."}
    )
    finding_ids = ServerOwned(metadata={"description": "The findings its failed items became."})


class InspectionListOut(Schema):
    inspections = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)
