"""Holds on evidence."""

from __future__ import annotations

from server.errors.problem import define

RECORD_IS_HELD = define(
    "record-is-held",
    409,
    ("记录已被封存", "The record is held"),
    (
        "此记录处于封存中，解除封存之前不能删除。",
        "A hold covers this record; it cannot be deleted until the hold is released.",
    ),
)
HOLD_IS_RELEASED = define(
    "hold-is-released",
    409,
    ("封存已经解除", "The hold is released already"),
    (
        "此封存已于 {released_at} 解除，不能再次解除。",
        "This hold was released at {released_at} and cannot be released again.",
    ),
)
