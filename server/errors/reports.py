"""Problems of documents, spreadsheets and evidence packs."""

from __future__ import annotations

from server.errors.problem import define

FONTS_MISSING = define(
    "fonts-missing",
    503,
    ("缺少中文字体，无法生成文件", "No Chinese font, so no document can be made"),
    (
        "在 {folders} 中没有找到字体，请管理员安装字体包或设置 YANSHOU_FONT_PATH。",
        "No font was found in {folders}. An administrator installs the font packages "
        "or sets YANSHOU_FONT_PATH.",
    ),
)
DOCUMENTS_BUSY = define(
    "documents-busy",
    503,
    ("正在生成其他文件", "Other documents are being made"),
    ("请稍后再试。", "Try again in a moment."),
)
DOCUMENT_TOO_LARGE = define(
    "document-too-large",
    422,
    ("文件过大，无法排版", "The document is too large to be set"),
    (
        "内容过多。请缩小时间范围，或导出 Excel、证据包。",
        "There is too much in it. Choose a shorter time, or export a spreadsheet or evidence pack.",
    ),
)
PERIOD_TOO_LONG = define(
    "period-too-long",
    422,
    ("时间范围过长", "The period is too long"),
    (
        "一次最多 {days} 天、{rows} 行，请缩小时间范围。",
        "At most {days} days and {rows} rows at a time; choose a shorter period.",
    ),
)
NOTHING_WAS_REJECTED = define(
    "nothing-was-rejected",
    409,
    ("没有拒收的货品", "Nothing was rejected"),
    (
        "验收单 {number} 没有拒收的货品，因此没有拒收单。",
        "Receipt {number} rejects nothing, so there is no rejection slip.",
    ),
)
LIST_TOO_LONG = define(
    "list-too-long",
    422,
    ("清单过长", "The list is too long"),
    (
        "一次最多导出 {rows} 行，请用筛选条件缩小范围。",
        "At most {rows} rows are exported at a time; narrow the list by its filters.",
    ),
)
