"""``flask --app wsgi move-blobs``: the photos into another store, while the service runs."""

from __future__ import annotations

import sys
import time

import click
from flask import Flask

from server.blobs.moving import Moved, SameStoreError, move_blobs
from server.blobs.opening import open_store
from server.config import SettingsError
from server.http.context import current_settings

_TELL_SECONDS = 1.0


def init_move_command(app: Flask) -> None:
    """Attach the command to *app*."""

    @app.cli.command("move-blobs")
    @click.option("--from", "source", help="default: YANSHOU_FORMER_BLOB_URL")
    @click.option("--to", "target", help="default: YANSHOU_BLOB_URL")
    @click.option("--keep", is_flag=True, help="leave the photos in the former store too")
    def move(source: str | None, target: str | None, keep: bool) -> None:
        """Move all photos into another store; may be killed at any time and run again."""
        settings = current_settings()
        source, target = source or settings.former_blob_url, target or settings.blob_url
        if source is None:
            raise click.ClickException("YANSHOU_FORMER_BLOB_URL or --from says where photos are")
        if target != settings.blob_url and not keep:
            # The service would look for them where its settings say, and call them lost.
            raise click.ClickException("only YANSHOU_BLOB_URL can be moved to without --keep")
        try:
            stores = open_store(source, settings), open_store(target, settings)
            moved = move_blobs(*stores, keep=keep, report=_Progress())
        except SameStoreError as error:
            raise click.ClickException(f"{source} and {target} are the same place") from error
        except SettingsError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            message = f"a store is not available ({error}); run the command again to go on"
            raise click.ClickException(message) from error
        _tell(moved)
        for sha256 in moved.damaged:
            sys.stdout.write(f"已损坏，留在原处 / damaged, left where it was: {sha256}\n")
        if moved.damaged:
            sys.exit(1)


class _Progress:
    """At most one line a second."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def __call__(self, moved: Moved) -> None:
        if time.monotonic() - self._told_at >= _TELL_SECONDS:
            self._told_at = time.monotonic()
            _tell(moved)


def _tell(moved: Moved) -> None:
    megabytes = moved.bytes / 1_000_000
    sys.stdout.write(
        f"{moved.blobs:,} / {moved.total:,} 张照片 photos · {megabytes:,.1f} MB"
        f" · {len(moved.damaged)} 损坏 damaged\n"
    )
    sys.stdout.flush()
