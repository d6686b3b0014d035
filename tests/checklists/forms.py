"""Forms as other people write them, made here cell by cell."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]


def workbook(**sheets: Rows) -> bytes:
    """An .xlsx file of *sheets*; the first row of each holds its columns."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def survey(*rows: dict[str, Any], **sheets: Rows) -> bytes:
    """A form whose survey has *rows*, with every column that any of them names."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    table = [columns, *([row.get(column) for column in columns] for row in rows)]
    return workbook(survey=table, **sheets)


# A restaurant inspection in the manner of public health departments: Chinese, English and French.
INSPECTION = survey(
    {"type": "start", "name": "start"},
    {"type": "note", "name": "intro", "label::中文": "请逐项检查", "label::English": "Check all"},
    {
        "type": "begin group", "name": "kitchen", "label::中文": "后厨",
        "label::English": "Kitchen", "label::Français": "Cuisine",
    },
    {
        "type": "select one from yes_no", "name": "open", "label::中文": "是否营业",
        "label::English": "Open?", "required": "yes",
    },
    {
        "type": "decimal", "name": "chiller", "label::中文": "冷藏温度",
        "label::English": "Chiller", "relevant": "${open} = ‘yes’",
        "constraint": ". >= 0 and . <= 8", "constraint_message": "0–8", "required": "true()",
    },
    {
        "type": "text", "name": "remark", "label::中文": "说明", "label::English": "Remark",
        "relevant": "selected(${open}, 'no') or not(${chiller} < 8)", "hint::中文": "可不填",
        "required": "${open} = 'no'",
    },
    {"type": "select_multiple yes_no", "name": "many", "label::English": "Several"},
    {"type": "end group"},
    {
        "type": "begin repeat", "name": "staff", "label::中文": "人员", "label::English": "Staff",
        "repeat_count": "3",
    },
    {"type": "integer", "name": "age", "label::English": "Age", "constraint": ". > 15"},
    {"type": "image", "name": "sign", "label::English": "Sign", "appearance": "signature"},
    {"type": "end repeat"},
    {"type": "calculate", "name": "sum", "calculation": "${age} + 1"},
    {
        "type": "text", "name": "old", "label::English": "Old?", "relevant": "${age} > ${chiller}",
    },
    {"type": "geopoint", "name": "place"},
    choices=[
        ["list_name", "name", "label::中文", "label::English", "filter"],
        ["yes_no", "yes", "是", "Yes", "x"],
        ["yes_no", "no", "否", "No", None],
        ["yes_no", "no", "否", "No again", None],
    ],
    settings=[
        ["form_title", "form_id", "version", "style"],
        ["后厨检查", "kitchen-check", "2024", "pages"],
    ],
    entities=[["dataset"], ["kitchens"]],
)  # fmt: skip
