"""Switching rules."""

from __future__ import annotations

from server.errors.problem import define

INSPECTION_NOT_DISCONTINUED = define(
    "inspection-not-discontinued",
    409,
    ("检验未暂停，无需批准恢复", "Inspection is not discontinued"),
    (
        "现在是{zh}；只有暂停检验后才批准恢复。",
        "Now: {en}. A restart is approved only after inspection was discontinued.",
    ),
)
SWITCHING_ACTION_IS_FINAL = define(
    "switching-action-is-final",
    409,
    ("此项批准已记录，不能再改", "This action is on record and cannot be changed"),
    (
        "编号 {id} 已用于另一项记录；请用新的编号。",
        "The id {id} belongs to another entry; send this with a new one.",
    ),
)
