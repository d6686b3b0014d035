"""Set one document. Runs as a program of its own: ``python typesetter.py <folder>``.

A document that never ends, or takes all memory, then ends this process and not the service. It
knows the folder it is given and nothing else; the folder holds ``job.json`` and what it names.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from typst import Compiler, Fonts, TypstError

REFUSED = 3
"""The exit code for a document that cannot be set; the reason is in ``error.txt``."""


def main(folder: Path) -> int:
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    _limit(job["seconds_max"], job["bytes_max"])
    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=job["fonts"])
    compiler = Compiler(input=str(folder / job["template"]), root=str(folder), font_paths=fonts)
    try:
        pages = _compile(compiler, job)
    except TypstError as error:
        (folder / "error.txt").write_text(f"{error.message}\n{error.diagnostic}", encoding="utf-8")
        return REFUSED
    for number, page in enumerate(pages, start=1):
        (folder / f"out-{number}.{job['format']}").write_bytes(page)
    return 0


def _compile(compiler: Compiler, job: dict[str, Any]) -> list[bytes]:
    if job["format"] == "png":
        made = compiler.compile(format="png", ppi=job["ppi"])
    else:
        # PDF/A: every font inside, nothing from elsewhere, and an error for a missing glyph.
        made = compiler.compile(
            format="pdf", pdf_standards=["a-2b"], timestamp=job["timestamp"], pdf_tags=False
        )
    assert made is not None
    return made if isinstance(made, list) else [made]


def _limit(seconds: int, size: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
