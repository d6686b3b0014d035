"""Regular work, as administrators see it."""

from __future__ import annotations

from marshmallow import Schema, fields


class RunnerOut(Schema):
    is_alive = fields.Boolean(metadata={"description": "It was heard of in the last 30 seconds"})
    host = fields.String(allow_none=True)
    pid = fields.Integer(allow_none=True)
    began_at = fields.String(allow_none=True)
    seen_at = fields.String(allow_none=True)


class JobOut(Schema):
    name = fields.String()
    zh = fields.String()
    en = fields.String()
    every_seconds = fields.Integer()
    result = fields.String(
        allow_none=True, metadata={"description": "running, ok or failed; null: never run"}
    )
    reason = fields.String(allow_none=True, metadata={"description": "Why it failed, in short"})
    count = fields.Integer(allow_none=True, metadata={"description": "What it had to do"})
    milliseconds = fields.Integer(allow_none=True)
    last_started_at = fields.String(allow_none=True)
    last_finished_at = fields.String(allow_none=True)
    last_succeeded_at = fields.String(allow_none=True)
    next_run_at = fields.String(allow_none=True)
    failures_in_a_row = fields.Integer()
    is_late = fields.Boolean(metadata={"description": "Its time is over and it has not run"})


class JobsOut(Schema):
    runner = fields.Nested(RunnerOut)
    jobs = fields.List(fields.Nested(JobOut))
