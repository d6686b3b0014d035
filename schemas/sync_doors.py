"""The wire of the two doors for client libraries: RxDB's replication and WatermelonDB's sync."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields

from schemas.fields import Text, WholeNumberArgument
from schemas.sync import AnyDocument, ProblemOut


class RxdbPullQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    checkpoint = Text(
        longest=4100,
        metadata={"description": "The last answer's checkpoint as JSON; without it, all."},
    )
    limit = WholeNumberArgument(lowest=1, highest=1000, load_default=200)


class RxdbCheckpoint(Schema):
    cursor = fields.String()


class RxdbPullOut(Schema):
    documents = fields.List(
        fields.Dict(metadata={"description": "The document with `version` and `_deleted`."})
    )
    checkpoint = fields.Nested(RxdbCheckpoint)
    has_more = fields.Boolean()


class RxdbRowIn(Schema):
    """One row of a push. What the states hold is judged row by row, not here."""

    class Meta:
        unknown = EXCLUDE

    newDocumentState = AnyDocument(required=True, allow_none=True)  # noqa: N815  # RxDB's word
    assumedMasterState = AnyDocument(allow_none=True, load_default=None)  # noqa: N815


class RxdbResultOut(Schema):
    id = fields.String()
    status = fields.String()
    problem = fields.Nested(ProblemOut, allow_none=True)


class RxdbPushOut(Schema):
    conflicts = fields.List(
        fields.Dict(metadata={"description": "What stands where it is not what was sent."})
    )
    results = fields.List(fields.Nested(RxdbResultOut))


class WatermelonPullQuery(Schema):
    """``schema_version`` and ``migration`` are read and not needed: documents come whole."""

    class Meta:
        unknown = EXCLUDE

    last_pulled_at = Text(longest=20)
    schema_version = Text(longest=20)
    migration = Text(longest=4000)


class WatermelonPushQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    last_pulled_at = Text(longest=20)


class WatermelonChanges(Schema):
    created = fields.List(fields.Dict())
    updated = fields.List(fields.Dict())
    deleted = fields.List(fields.String())


class WatermelonPullOut(Schema):
    changes = fields.Dict(keys=fields.String(), values=fields.Nested(WatermelonChanges))
    timestamp = fields.Integer(metadata={"minimum": 1})


class WatermelonPushIn(Schema):
    class Meta:
        unknown = EXCLUDE

    changes = AnyDocument(
        required=True,
        metadata={"type": "object", "description": "Collection → created, updated, deleted."},
    )


class WatermelonPushOut(Schema):
    applied = fields.Integer(metadata={"description": "How many changes were carried out."})
