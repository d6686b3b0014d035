"""A checklist as a JSON file: for backups, for other sites, for what a spreadsheet cannot hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from server.checklists.exchange.report import Report
from server.checklists.exchange.workbook import FILE_BYTES_MOST
from server.checklists.exchange.xlsform_import import Imported
from server.errors import IMPORT_TOO_LARGE, IMPORT_UNREADABLE, Problem, Text

FORMAT, FORMAT_VERSION = "yanshou-checklist", 1
_ORIGIN = ("version", "reason", "valid_from")
_NOT_JSON = Text("不是可读的 JSON 文件。", "It is no readable JSON file.")
_OTHER_FORMAT = Text(
    f"不是 {FORMAT} 第 {FORMAT_VERSION} 版格式的文件。",
    f"It is not in the format {FORMAT}, version {FORMAT_VERSION}.",
)
_TOO_LARGE = Text("文件超过 2 MiB，不能导入。", "The file is larger than 2 MiB.")


def write_json(document: Mapping[str, Any]) -> bytes:
    """*document* (published, or a draft's content) with the version it was."""
    content = {name: document[name] for name in document if name not in {"id", *_ORIGIN}}
    whole = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "origin": {name: document.get(name) for name in _ORIGIN},
        "checklist": content,
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)


def read_json(content: bytes) -> Imported:
    """Raises ``Problem`` for what is no such file; its content is validated by the caller."""
    if len(content) > FILE_BYTES_MOST:
        raise Problem(IMPORT_TOO_LARGE, reason=_TOO_LARGE)
    try:
        whole = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Problem(IMPORT_UNREADABLE, reason=_NOT_JSON) from None
    is_ours = isinstance(whole, dict) and whole.get("format") == FORMAT
    if not is_ours or whole.get("format_version") != FORMAT_VERSION:
        raise Problem(IMPORT_UNREADABLE, reason=_OTHER_FORMAT)
    origin = whole.get("origin")
    return Imported(
        whole.get("checklist"), dict(origin) if isinstance(origin, dict) else {}, Report()
    )
