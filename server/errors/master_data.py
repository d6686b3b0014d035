"""Master data and checklists."""

from __future__ import annotations

from server.errors.problem import define

CODE_IS_TAKEN = define(
    "code-is-taken",
    409,
    ("编码已被使用", "The code is taken"),
    ("编码“{code}”已属于“{name}”。", "The code “{code}” belongs to “{name}” already."),
)
CHECKLIST_UNKNOWN = define(
    "checklist-unknown",
    422,
    ("没有这份检查表", "No such checklist"),
    ("本单位没有发布过检查表“{code}”。", "No checklist “{code}” has been published here."),
)
CHECKLIST_VERSION_PUBLISHED = define(
    "checklist-version-published",
    409,
    ("此版本已发布，不能再改", "This version is published and cannot be changed"),
    (
        "检查表 {code} 的第 {version} 版已经发布。请作为下一版发布。",
        "Version {version} of checklist {code} is published. Publish a next version instead.",
    ),
)
CHECKLIST_VERSION_OUT_OF_ORDER = define(
    "checklist-version-out-of-order",
    409,
    ("版本号不连续", "The version is not the next one"),
    (
        "检查表 {code} 的下一版应为第 {expected} 版，收到第 {version} 版。",
        "The next version of checklist {code} is {expected}, not {version}.",
    ),
)
ROWS_REFUSED = define(
    "rows-refused",
    422,
    ("文件中有错误的行", "Rows of the file are wrong"),
    (
        "有 {count} 行无法导入，因此没有导入任何内容。",
        "{count} rows cannot be taken, so nothing was imported.",
    ),
)
