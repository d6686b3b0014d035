"""``flask --app wsgi find-orphans`` and ``apply-retention``."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from server.attachments.storage import current_storage
from server.db.base import current_session
from server.http.context import current_settings, current_time
from server.retention.daily import apply_retention
from server.retention.orphans import compare_store

_REASONS = {
    "unknown": "没有登记 never registered",
    "removed": "已删除又出现 removed, there again",
    "unclaimed": "没有记录引用 no record refers to it",
}


@click.command("find-orphans")
@click.option("--grace-hours", type=click.FloatRange(min=0), help="default: 168, one week")
@with_appcontext
def orphans_command(grace_hours: float | None) -> None:
    """Name contents that no record needs, and records whose content is missing. Changes nothing."""
    grace = current_settings().orphan_grace_seconds if grace_hours is None else grace_hours * 3600
    try:
        found = compare_store(current_session(), current_storage().blobs, current_time(), grace)
    except OSError as error:
        raise click.ClickException(f"照片存储无法读取 / store not available: {error}") from error
    for orphan in found.orphans:
        sys.stdout.write(f"{orphan.sha256}  {orphan.size:>12,} B  {_REASONS[orphan.reason]}\n")
    for sha256 in found.missing:
        sys.stdout.write(f"{sha256}  {'—':>12}    内容缺失 its content is missing\n")
    sys.stdout.write(
        f"{found.contents:,} 个内容 contents · {len(found.orphans):,} 无主 orphans"
        f" · {len(found.missing):,} 缺失 missing\n"
    )
    if found.orphans or found.missing:
        sys.exit(1)


@click.command("apply-retention")
@with_appcontext
def retention_command() -> None:
    """Do now what the daily job does: report what is over; delete it where that is switched on."""
    settings = current_settings()
    try:
        result = apply_retention(current_session(), current_storage(), settings, current_time())
    except OSError as error:
        raise click.ClickException(f"照片存储无法读取 / store not available: {error}") from error
    sys.stdout.write(
        f"{result.due:,} 张到期 over · {result.held:,} 封存 held"
        f" · {result.deleted:,} 个内容已删除 contents deleted\n"
    )
    if not settings.retention_deletes:
        sys.stdout.write("未开启删除 / deletion is off (YANSHOU_RETENTION_DELETES=0)\n")
