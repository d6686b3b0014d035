"""Problems of writing, publishing, importing and exporting checklists."""

from server.errors.problem import define

CHECKLIST_RETIRED = define(
    "checklist-retired",
    409,
    ("检查表已停用", "The checklist is retired"),
    (
        "检查表 {code} 已停用，不能再发布新版本；已有的记录不受影响。",
        "Checklist {code} is retired and gets no new version. Records made with it keep it.",
    ),
)
DRAFT_OUTDATED = define(
    "draft-outdated",
    409,
    ("草稿所依据的版本已不是最新版", "The draft is not based on the newest version"),
    (
        "检查表 {code} 在此期间发布了第 {newest} 版。请比较两者的差异，从最新版重新起草。",
        "Version {newest} of checklist {code} was published meanwhile. "
        "Compare the two and begin a draft from the newest.",
    ),
)
ALREADY_CONFIRMED = define(
    "already-confirmed",
    409,
    ("已经核对过", "This was confirmed already"),
    ("这一项已核对，无需再核对。", "This figure was confirmed; nothing is left to confirm."),
)
IMPORT_UNREADABLE = define(
    "import-unreadable",
    422,
    ("文件无法读取", "The file cannot be read"),
    ("{reason}", "{reason}"),
)
IMPORT_TOO_LARGE = define(
    "import-too-large",
    413,
    ("文件过大", "The file is too large"),
    ("{reason}", "{reason}"),
)
