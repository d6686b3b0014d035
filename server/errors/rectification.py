"""Findings, notices to put them right, and the steps of a notice."""

from __future__ import annotations

from server.errors.problem import define

FINDING_ON_NOTICE = define(
    "finding-on-notice",
    409,
    ("此项已开整改通知，不能再改", "A notice names this finding; it stands as it is"),
    (
        "整改通知发出后，所列问题不再改动。需要补充时请另记一项或在通知中留言。",
        "Once a notice is issued, what it names does not change. "
        "Record another finding, or add a remark to the notice.",
    ),
)
FINDING_IS_NOT_YOURS = define(
    "finding-is-not-yours",
    403,
    ("只有记录人可以撤回", "Only whoever recorded it can take it back"),
    ("这一项由 {name} 记录。", "{name} recorded this finding."),
)
FINDINGS_DO_NOT_FIT = define(
    "findings-do-not-fit",
    422,
    ("这些问题不能合并在一份通知里", "These findings do not fit on one notice"),
)
CORRECTIVE_ACTION_IS_ISSUED = define(
    "corrective-action-is-issued",
    409,
    ("通知已发出，不能再改", "The notice is issued and cannot be changed"),
    (
        "整改通知 {number} 已发出；请用新的步骤（延期、改派、撤销等）来变更。",
        "Notice {number} is issued; change it by a further step (extension, reassignment, …).",
    ),
)
STEP_IS_RECORDED = define(
    "step-is-recorded",
    409,
    ("此步骤已记录，不能再改", "This step is recorded and cannot be changed"),
    ("请另记一步。", "Record a further step instead."),
)
STEP_DOES_NOT_APPLY = define(
    "step-does-not-apply",
    409,
    ("此步骤已不适用", "This step no longer applies"),
    ("{reason_zh}", "{reason_en}"),
)
STEP_NOT_YOURS = define(
    "step-not-yours",
    403,
    ("此步骤须由他人办理", "Somebody else must take this step"),
    ("{reason_zh}", "{reason_en}"),
)
NOT_VERIFIED_YET = define(
    "not-verified-yet",
    409,
    ("整改尚未验证", "The rectification is not verified yet"),
    (
        "通知 {number} 现为“{state}”，验证后才有整改验证单。",
        "Notice {number} is {state}; it has a verification sheet once it is verified.",
    ),
)
ANSWER_LINK_UNKNOWN = define(
    "answer-link-unknown",
    404,
    ("链接无效", "This link is not valid"),
    (
        "请核对链接是否完整，或向发通知的单位索取新的链接。",
        "Check that the whole link was copied, or ask who sent the notice for a new one.",
    ),
)
ANSWER_LINK_OVER = define(
    "answer-link-over",
    410,
    ("链接已失效", "This link is over"),
    (
        "链接已过期或已被撤回。请向发通知的单位索取新的链接。",
        "It has expired or was taken back. Ask who sent the notice for a new one.",
    ),
)
ANSWER_NOT_NEEDED = define(
    "answer-not-needed",
    409,
    ("此通知不需回复", "This notice needs no answer"),
    ("通知 {number} 现为“{state}”。", "Notice {number} is {state}."),
)
TOO_MANY_ANSWER_PHOTOS = define(
    "too-many-answer-photos",
    409,
    ("照片太多", "Too many photos"),
    ("此通知最多可上传 {most} 张照片。", "At most {most} photos may be sent for this notice."),
)
