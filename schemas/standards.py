"""Standards, and what people do with checklists: draft, publish, retire, confirm."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.checklists import BilingualSchema, ChecklistContentSchema, OptionSchema
from schemas.conditions import ITEM_ID_LONGEST
from schemas.fields import Choice, Day, Flag, FlagArgument, Text, UuidText
from schemas.messages import both

CONFIRMABLE_PARTS = ("item", "acceptance", "grading", "sampling_scheme")
"""What carries 待核对 (``is_confirmed: false``) in a checklist and can be confirmed."""


class StandardSchema(BilingualSchema):
    """A law, rule or standard, with the clause that is meant and the days it is in force."""

    id = UuidText(required=True)
    code = Text(
        required=True,
        shortest=1,
        longest=64,
        metadata={"description": "How it is cited, such as GB 31654-2021."},
    )
    clause = Text(load_default="", longest=200)
    issued_by = Text(load_default="", longest=200)
    effective_from = Day(load_default=None, allow_none=True)
    effective_until = Day(load_default=None, allow_none=True)
    source = Text(
        load_default="",
        longest=500,
        metadata={"description": "Where its text was read: an address, an edition, a page."},
    )
    is_confirmed = Flag(load_default=False)

    @validates_schema
    def ends_after_it_begins(self, data: dict[str, Any], **_kwargs: Any) -> None:
        begins, ends = data["effective_from"], data["effective_until"]
        if begins and ends and ends < begins:
            message = both("失效日不能早于生效日", "It cannot end before it begins.")
            raise ValidationError({"effective_until": [message]})


class NewDraftSchema(Schema):
    """A draft from a published version, or from *content*."""

    id = UuidText(required=True)
    from_checklist_id = UuidText(load_default=None, allow_none=True)
    content = fields.Nested(ChecklistContentSchema, load_default=None, allow_none=True)

    @validates_schema
    def has_one_origin(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if (data["from_checklist_id"] is None) == (data["content"] is None):
            raise ValidationError(
                both(
                    "应给出 from_checklist_id 或 content 之一",
                    "Either from_checklist_id or content is expected.",
                )
            )


class PublicationSchema(Schema):
    reason = Text(required=True, shortest=1, longest=500)
    valid_from = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "In force from this day on; without it, from today."},
    )


class RetirementSchema(Schema):
    reason = Text(required=True, shortest=1, longest=500)


class ConfirmationSchema(Schema):
    """One figure was checked against its source."""

    id = UuidText(required=True)
    part = Text(required=True, longest=16)
    item_id = Text(load_default="", longest=ITEM_ID_LONGEST)
    source = Text(
        required=True,
        shortest=1,
        longest=500,
        metadata={"description": "What it was checked against: text, edition, page."},
    )

    @validates_schema
    def names_something(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data["part"] not in CONFIRMABLE_PARTS or (data["part"] == "item") != bool(
            data["item_id"]
        ):
            parts = ", ".join(CONFIRMABLE_PARTS)
            raise ValidationError(
                both(
                    f"part 应为 {parts} 之一；part 为 item 时给出 item_id",
                    f"part is one of {parts}; item_id goes with part item.",
                )
            )


# -- answers of the API --------------------------------------------------------------------------


class StandardRecordOut(Schema):
    version = fields.Integer()
    document = fields.Nested(StandardSchema)


class StandardListOut(Schema):
    standards = fields.List(fields.Nested(StandardRecordOut))


class FaultOut(Schema):
    pointer = fields.String()
    detail = fields.String()


class DraftOut(Schema):
    id = fields.String()
    revision = fields.Integer()
    based_on = fields.String(allow_none=True)
    updated_at = fields.String()
    content = fields.Nested(ChecklistContentSchema)
    faults = fields.List(
        fields.Nested(FaultOut),
        metadata={"description": "What keeps it from being published."},
    )


class DraftSummaryOut(Schema):
    id = fields.String()
    code = fields.String()
    revision = fields.Integer()
    based_on = fields.String(allow_none=True)
    updated_at = fields.String()


class DraftListOut(Schema):
    drafts = fields.List(fields.Nested(DraftSummaryOut))


class ConfirmationOut(Schema):
    id = fields.String()
    checklist_id = fields.String()
    part = fields.String()
    item_id = fields.String()
    figure = fields.Raw()
    source = fields.String()
    confirmed_by = fields.String()
    confirmed_by_name = fields.String()
    confirmed_at = fields.String()


class ConfirmationRecordOut(Schema):
    version = fields.Integer()
    document = fields.Nested(ConfirmationOut)


class ConfirmationListOut(Schema):
    confirmations = fields.List(fields.Nested(ConfirmationOut))


class FigureOut(Schema):
    checklist_id = fields.String()
    code = fields.String()
    version = fields.Integer()
    checklist_zh = fields.String()
    checklist_en = fields.String()
    part = fields.String(metadata={"description": " · ".join(CONFIRMABLE_PARTS)})
    item_id = fields.String()
    zh = fields.String()
    en = fields.String()
    figure = fields.Raw(metadata={"description": "What it says."})
    options = fields.List(
        fields.Nested(OptionSchema),
        metadata={"description": "Of the item whose choice decides which limit holds."},
    )
    confirmation = fields.Nested(ConfirmationOut, allow_none=True)


class FigureListOut(Schema):
    figures = fields.List(fields.Nested(FigureOut))


class RetirementOut(Schema):
    code = fields.String()
    reason = fields.String()
    retired_at = fields.String()


class DifferenceOut(Schema):
    change = fields.String(metadata={"description": "added, removed, changed or moved."})
    pointer = fields.String(metadata={"description": "The place in the newer version."})
    item_id = fields.String(allow_none=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class DifferencesOut(Schema):
    older_id = fields.String()
    newer_id = fields.String()
    differences = fields.List(fields.Nested(DifferenceOut))


class ImportIn(Schema):
    """What to do with the file in the body."""

    format = Choice(("xlsform", "json"), load_default="xlsform")
    dry_run = FlagArgument(
        load_default=True,
        metadata={"description": "Only tell what would come of it; false keeps it as a draft."},
    )
    draft_id = UuidText(load_default=None, metadata={"description": "The id of the draft to make."})

    @validates_schema
    def names_its_draft(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not data["dry_run"] and data["draft_id"] is None:
            message = both("导入为草稿时需要 draft_id", "Keeping it as a draft needs a draft_id.")
            raise ValidationError({"draft_id": [message]})


class ExportIn(Schema):
    format = Choice(("xlsform", "json"), load_default="xlsform")


class ImportEntryOut(Schema):
    sheet = fields.String()
    row = fields.Integer(allow_none=True)
    column = fields.String(allow_none=True)
    effect = fields.String(metadata={"description": "left_out, changed or assumed."})
    what = fields.String()
    zh = fields.String()
    en = fields.String()


class ImportOut(Schema):
    """What a file would become, or has become."""

    draft_id = fields.String(allow_none=True)
    content = fields.Nested(ChecklistContentSchema)
    origin = fields.Raw()
    report = fields.List(fields.Nested(ImportEntryOut))
    faults = fields.List(fields.Nested(FaultOut))
