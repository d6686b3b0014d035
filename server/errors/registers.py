"""Problems of registers."""

from __future__ import annotations

from server.errors.problem import define

REGISTER_ENTRY_STANDS = define(
    "register-entry-stands",
    409,
    ("台账记录不能改写", "A register entry is not rewritten"),
    (
        "已记入台账的内容不再改动；请另记一条更正并写明原因。",
        "What is recorded stays. Add a correction with its reason.",
    ),
)
REGISTER_EVENT_IS_RECORDED = define(
    "register-event-is-recorded",
    409,
    ("此步骤已记录，不能再改", "This event is recorded and cannot be changed"),
    ("请另记一步。", "Record a further one instead."),
)
REGISTER_EVENT_DOES_NOT_APPLY = define(
    "register-event-does-not-apply",
    409,
    ("此步骤不适用于这条记录", "This does not apply to the entry"),
    ("{reason_zh}", "{reason_en}"),
)
SAMPLE_DISCARDED_EARLY = define(
    "sample-discarded-early",
    409,
    ("留样未满保存时间，不能销毁", "The sample may not be discarded yet"),
    (
        "“{dish}”最早可于 {earliest} 销毁。",
        "“{dish}” may be discarded from {earliest} on (kitchen time).",
    ),
)
