"""Import and export on the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.checklists.exchange.service import FORMATS, Reading, read_checklist
from server.checklists.models import ChecklistVersion
from server.checklists.queries import whole_document
from server.db.base import current_session
from server.db.documents import read_documents
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.errors import CHINESE, Problem

_ENDINGS = {exchange.ending: name for name, exchange in FORMATS.items()}
_EFFECTS = {"left_out": "未导入", "changed": "有改变", "assumed": "按默认"}


@click.command("read-checklist")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["zh-CN", "en"]), default=CHINESE)
def read_command(file: Path, language: str) -> None:
    """Say what would come of FILE (.xlsx or .json), row by row; nothing is stored."""
    format_ = _ENDINGS.get(file.suffix.removeprefix(".").lower(), "xlsform")
    try:
        reading = read_checklist(file.read_bytes(), format_)
    except Problem as problem:
        told = problem.to_dict(language)
        detail = told.get("detail", "")
        for error in told.get("errors", []):
            click.echo(f"{error['pointer']}: {error['detail']}", err=True)
        raise click.ClickException(f"{told['title']}: {detail}") from problem
    for line in report_lines(reading, language):
        click.echo(line)


def report_lines(reading: Reading, language: str) -> list[str]:
    """The report as text, one line an entry."""
    content = reading.content
    lines = [f"{content['code']}: {len(content['head_items']) + len(content['items'])} items"]
    for entry in reading.report.in_order():
        place = f"{entry.sheet}!{entry.row or '-'} {entry.column or ''}".rstrip()
        effect = _EFFECTS[entry.effect] if language == CHINESE else entry.effect
        lines.append(f"{place} [{effect}] {entry.what}: {entry.why.render(language)}")
    faults = (f"{f.pointer} ! {f.text.render(language, **f.params)}" for f in reading.faults)
    return [*lines, *faults]


@click.command("write-checklist")
@with_appcontext
@click.argument("code")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def write_command(code: str, file: Path) -> None:
    """Write the newest version of CODE to FILE, as .xlsx (XLSForm) or .json."""
    format_ = _ENDINGS.get(file.suffix.removeprefix(".").lower())
    if format_ is None:
        raise click.ClickException("文件名应以 .xlsx 或 .json 结尾 / name it .xlsx or .json")
    session = current_session()
    with transaction(session, write=False), unscoped(session):
        content = _exported(session, code, format_)
    file.write_bytes(content)
    click.echo(str(file))


def _exported(session: Session, code: str, format_: str) -> bytes:
    newest = session.scalar(
        select(ChecklistVersion)
        .where(ChecklistVersion.code == code)
        .order_by(ChecklistVersion.version.desc())
        .limit(1)
    )
    if newest is None:
        raise click.ClickException(f"没有这份检查表 / no such checklist: {code}")
    stored = read_documents(session, newest.organisation_id, "checklists", [newest.id])
    return FORMATS[format_].write(whole_document(stored[newest.id].document))
