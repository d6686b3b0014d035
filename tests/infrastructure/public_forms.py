"""XLSForms that nobody here wrote: those by which the field's reference reader was tested.

Old .xls files among them are brought into .xlsx, cell by cell, as Excel's "save as" does.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import xlrd

from tests.infrastructure.source_packages import SourcePackage

# The last release whose source package brings its example forms along.
_PYXFORM = SourcePackage(
    "pyxform",
    "1.5.1",
    "84470899e2f4f2f14f268495ccb78158750116042c8e3f595833288d73eca53e",
    "pyxform/tests/example_xls",
)
_WHOLE = {xlrd.XL_CELL_BOOLEAN: bool, xlrd.XL_CELL_NUMBER: float}


def public_forms() -> Iterator[tuple[str, bytes]]:
    """The name and the .xlsx content of each."""
    for path in sorted(_PYXFORM.files().iterdir()):
        if path.suffix in {".xlsx", ".xlsm"}:
            yield path.name, path.read_bytes()
        elif path.suffix == ".xls":
            yield path.name, _saved_as_xlsx(path)


def an_old_workbook() -> bytes:
    return (_PYXFORM.files() / "tutorial.xls").read_bytes()


def _saved_as_xlsx(path: Path) -> bytes:
    old, new = xlrd.open_workbook(path), openpyxl.Workbook()
    new.remove(new.active)
    for sheet in old.sheets():
        made = new.create_sheet(sheet.name)
        for row in range(sheet.nrows):
            for column in range(sheet.ncols):
                cell = sheet.cell(row, column)
                if cell.ctype not in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                    value = _WHOLE.get(cell.ctype, str)(cell.value)
                    made.cell(row + 1, column + 1, value)
    content = io.BytesIO()
    new.save(content)
    return content.getvalue()
