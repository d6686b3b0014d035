"""The empty file to fill in: the headings, what each cell may hold, and one example."""

from __future__ import annotations

import io

import xlsxwriter

from server.imports.columns import Kind

_WIDTH = 18


def template_workbook(kind: Kind, language: str) -> bytes:
    """A workbook whose first sheet is read again by an import, and a second with an example."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1F2F4", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(kind.title.render(language))
        example = book.add_worksheet("示例" if language != "en" else "Example")
        for at, column in enumerate(kind.columns):
            heading = column.heading.render(language) + ("*" if column.is_required else "")
            for each in (sheet, example):
                # Cells are text: a code keeps its zeros and a long number its digits.
                each.set_column(at, at, _WIDTH, text)
                each.write_string(0, at, heading, head)
            example.write_string(1, at, column.example)
        sheet.freeze_panes(1, 0)
    return file.getvalue()
