"""Problems of inspections."""

from server.errors.problem import define

INSPECTION_IS_FINISHED = define(
    "inspection-is-finished",
    409,
    ("检查已完成，不能再改", "The inspection is finished and stands"),
    (
        "完成的检查不再改动。需要补充时请另记一项发现。",
        "A finished inspection does not change. Record what is to be added as a finding.",
    ),
)
INSPECTION_IS_NOT_YOURS = define(
    "inspection-is-not-yours",
    403,
    ("只有检查人可以撤回草稿", "Only the inspector can take a draft back"),
    ("这次检查由 {name} 开始。", "{name} began this inspection."),
)
