"""``flask --app wsgi verify-evidence`` and ``audit-head``."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from server.attachments.storage import current_storage
from server.custody.findings import Break, Tally
from server.custody.heads import newest_heads, read_head_lines
from server.custody.verification import amount, organisations, verify_evidence
from server.db.audit_heads import HeadLine
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.context import current_time

SHOWN_AT_MOST = 20
_COUNTED = {
    "entries": "审计条目 audit entries",
    "records": "记录 records",
    "versions": "旧版本 superseded versions",
    "not_kept": "不再保留的版本 versions no longer kept",
    "index_rows": "索引行 index rows",
    "photos": "照片 photos",
    "photos_removed": "按保存期限删除的照片 photos removed by retention",
    "photos_lost": "已知丢失的照片 photos known to be lost",
}


@click.command("verify-evidence")
@click.option("--organisation", "organisation_id", help="only this organisation (its id)")
@click.option("--against", multiple=True, help="a head that was printed, or a file with heads")
@click.option("--quick", is_flag=True, help="sizes of photos instead of their bytes")
@with_appcontext
def verify_command(organisation_id: str | None, against: tuple[str, ...], quick: bool) -> None:
    """Check every audit entry, record, index row and photo; name what is not as it was written."""
    heads = [head for given in against for head in _heads(given)]
    session, tally, shown = current_session(), Tally(), 0
    try:
        with transaction(session, write=False), unscoped(session):
            _require_known(session, organisation_id)
            tally.total = amount(session)
            found = verify_evidence(
                session,
                current_storage().blobs,
                tally,
                organisation_id=organisation_id,
                against=heads,
                quick=quick,
            )
            for one in _with_progress(found, tally):
                shown += 1
                if shown <= SHOWN_AT_MOST:
                    _tell(one, is_first=shown == 1)
    except OSError as error:
        raise click.ClickException(f"照片存储无法读取 / store not available: {error}") from error
    _sum_up(tally, shown)
    if shown:
        sys.exit(1)


@click.command("audit-head")
@with_appcontext
def head_command() -> None:
    """Print each organisation's newest audit head, to be kept where nobody here can write."""
    session = current_session()
    with transaction(session, write=False), unscoped(session):
        for line in newest_heads(session, current_time()):
            sys.stdout.write(f"{line}\n")


def _require_known(session: Session, organisation_id: str | None) -> None:
    """A slip of the pen must not look like a clean verification."""
    if organisation_id is not None and organisation_id not in organisations(session):
        raise click.ClickException(f"没有这个单位 / no such organisation: {organisation_id}")


def _heads(given: str) -> list[HeadLine]:
    try:
        is_file = Path(given).is_file()
    except OSError:
        is_file = False
    try:
        return read_head_lines(Path(given).read_text("utf-8") if is_file else given)
    except (ValueError, OSError) as error:
        raise click.ClickException(f"不是链头 / not a head of an audit log: {given}") from error


def _with_progress(found: Iterator[Break], tally: Tally) -> Iterator[Break]:
    """Pass on what is found; on a terminal also show how far it is, at most five times a second."""
    if not sys.stderr.isatty():
        yield from found
        return
    bar = _Bar(tally)
    tally.on_count = bar.show
    for one in found:
        bar.clear()
        yield one
    bar.clear()


class _Bar:
    _WIDTH = 40

    def __init__(self, tally: Tally) -> None:
        self._tally, self._shown_at = tally, 0.0

    def show(self) -> None:
        if time.monotonic() - self._shown_at < 0.2:
            return
        self._shown_at = time.monotonic()
        part = min(1.0, self._tally.done() / max(1, self._tally.total))
        filled = round(part * self._WIDTH)
        bar = "#" * filled + "-" * (self._WIDTH - filled)
        sys.stderr.write(f"\r[{bar}] {part:4.0%}")
        sys.stderr.flush()

    def clear(self) -> None:
        sys.stderr.write("\r" + " " * (self._WIDTH + 8) + "\r")


def _tell(one: Break, *, is_first: bool) -> None:
    text = one.text()
    if is_first:
        sys.stdout.write("第一处断裂 / the first break:\n")
    sys.stdout.write(f"{text.zh}\n{text.en}\n")


def _sum_up(tally: Tally, breaks: int) -> None:
    for note in tally.notes:
        sys.stdout.write(f"{note.zh} / {note.en}\n")
    for kind, words in _COUNTED.items():
        if tally.read[kind] or kind not in {"photos_removed", "photos_lost", "not_kept"}:
            sys.stdout.write(f"{tally.read[kind]:>12,}  {words}\n")
    verdict = "完好 intact" if not breaks else f"{breaks:,} 处断裂 breaks"
    sys.stdout.write(f"{verdict}\n")
