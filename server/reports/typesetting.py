"""From a template, data and pictures to a PDF: the same input gives the same bytes.

What people wrote reaches the template as data in a JSON file, never as markup. Setting a document
takes a processor for a while: at most a few at once in each process, the others wait a little and
are then asked to come back.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import structlog

from server.errors import DOCUMENT_TOO_LARGE, DOCUMENTS_BUSY, Problem
from server.reports import typesetter
from server.reports.fonts import FontBook
from server.reports.wording import printable

TEMPLATES = Path(__file__).parent / "templates"
_AT_ONCE = 2
_WAIT_SECONDS = 20.0
_SECONDS_MAX = 60
_BYTES_MAX = 2 * 1024**3
_NO_GLYPH = "could not be displayed"
_log = structlog.get_logger("yanshou.reports")
_seats = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document to be set: a template, what it shows, and its pictures by file name."""

    template: str
    language: str
    data: Mapping[str, Any]
    made_at: datetime
    """Stands in the file as the time it was made: that of the record, never of the printing."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def set_pdf(sheet: Sheet, fonts: FontBook) -> bytes:
    """The document as PDF/A-2b.

    Raises
    ------
    Problem
        ``fonts-missing``; ``documents-busy`` when others are being set; ``document-too-large``.
    """
    return _set(sheet, fonts, "pdf")[0]


def set_pages(sheet: Sheet, fonts: FontBook, ppi: float = 96) -> list[bytes]:
    """The document's pages as PNG pictures."""
    return _set(sheet, fonts, "png", ppi)


def _set(
    sheet: Sheet, fonts: FontBook, format_: Literal["pdf", "png"], ppi: float = 96
) -> list[bytes]:
    fonts.check()
    with _seat(), tempfile.TemporaryDirectory(prefix="yanshou-sheet-") as name:
        folder = Path(name)
        _lay_out(folder, sheet, fonts, sheet.data)
        job = {
            "template": sheet.template,
            "format": format_,
            "ppi": ppi,
            "timestamp": int(sheet.made_at.timestamp()),
            "fonts": [str(path) for path in fonts.folders],
            "seconds_max": _SECONDS_MAX,
            "bytes_max": _BYTES_MAX,
        }
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        try:
            _run(folder, sheet.template)
        except TypesettingError as error:
            if _NO_GLYPH not in str(error):
                raise
            # Each character has a picture, but not this mark on this letter: write more of it out.
            _log.warning("text written out", template=sheet.template, reason=str(error)[:300])
            _lay_out(folder, sheet, fonts, _plain(sheet.data, fonts.characters))
            _run(folder, sheet.template)
        pages = sorted(folder.glob(f"out-*.{format_}"), key=lambda path: int(path.stem[4:]))
        return [page.read_bytes() for page in pages]


def _lay_out(folder: Path, sheet: Sheet, fonts: FontBook, shown: Mapping[str, Any]) -> None:
    for template in TEMPLATES.iterdir():
        (folder / template.name).write_bytes(template.read_bytes())
    data = {
        "language": sheet.language,
        "fonts": {"song": fonts.song(), "hei": fonts.hei()},
        **shown,
    }
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    for name, content in sheet.pictures.items():
        (folder / name).write_bytes(content)


def _plain(data: Any, characters: Collection[int]) -> Any:
    """*data* with everything in its texts written out that is not a character by itself."""
    if isinstance(data, Mapping):
        return {name: _plain(value, characters) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value, characters) for value in data]
    return printable(data, characters, marks=False) if isinstance(data, str) else data


def _run(folder: Path, template: str) -> None:
    command = [sys.executable, "-I", typesetter.__file__, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS_MAX, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Problem(DOCUMENT_TOO_LARGE) from None
    if done.returncode == 0:
        return
    if done.returncode == typesetter.REFUSED:
        # A template of ours that does not compile is a mistake of ours: an internal error.
        raise TypesettingError(f"{template}: {(folder / 'error.txt').read_text(encoding='utf-8')}")
    _log.error("typesetter ended", template=template, code=done.returncode, said=done.stderr[-500:])
    raise Problem(DOCUMENT_TOO_LARGE)


class TypesettingError(RuntimeError):
    """The typesetter refused a template with its data."""


@contextmanager
def _seat() -> Iterator[None]:
    if not _seats.acquire(timeout=_WAIT_SECONDS):
        raise Problem(DOCUMENTS_BUSY, headers={"Retry-After": "10"})
    try:
        yield
    finally:
        _seats.release()
