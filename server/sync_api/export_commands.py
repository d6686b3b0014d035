"""``flask --app wsgi import-phone-export``."""

from __future__ import annotations

import sys
from typing import IO

import click
from flask.cli import with_appcontext

from server.attachments.storage import current_storage
from server.db.base import current_session
from server.http.context import current_settings, current_time
from server.sync_api.export_file import NotAnExport, WrongPassphrase, open_entries, read_header
from server.sync_api.export_import import Imported, UnknownAuthor, import_export

_WORDS = {
    "applied": "已写入 applied",
    "merged": "已合并 merged",
    "duplicate": "之前已收到 received before",
    "conflict": "待裁决 in conflict",
    "rejected": "待审核 in quarantine",
}


@click.command("import-phone-export")
@click.argument("file", type=click.File("rb"))
@click.option("--passphrase", prompt="口令 passphrase", hide_input=True)
@with_appcontext
def import_command(file: IO[bytes], passphrase: str) -> None:
    """Carry out what a phone exported, in the name of the person who captured it."""
    try:
        header = read_header(file)
        entries = open_entries(file, header, passphrase)
        session, storage = current_session(), current_storage()
        done = import_export(session, current_settings(), storage, header, entries, current_time())
    except NotAnExport as error:
        raise click.ClickException("不是完整的导出文件 / not a whole export file") from error
    except WrongPassphrase as error:
        raise click.ClickException(
            "口令不对，或文件被改动 / the passphrase is wrong, or the file was changed"
        ) from error
    except UnknownAuthor as error:
        raise click.ClickException(
            "此处没有文件中的帐户或设备 / the account or phone of the file is not known here"
        ) from error
    _tell(done)


def _tell(done: Imported) -> None:
    for outcome, count in sorted(done.outcomes.items()):
        sys.stdout.write(f"{count:>6,}  {_WORDS[outcome]}\n")
    sys.stdout.write(f"{done.photos:>6,}  照片 photos\n")
    for attachment_id, problem in done.refused_photos:
        sys.stdout.write(f"{attachment_id}  {problem.type.slug}\n")
    if done.refused_photos:
        sys.exit(1)
