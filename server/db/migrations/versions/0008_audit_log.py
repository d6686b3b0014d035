"""the audit log: chains of entries that cannot be changed; what is there already is adopted

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.db.types import UtcDateTime, UuidText

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    table = op.create_table(
        "audit_entries",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("collection", sa.String(length=64), nullable=True),
        sa.Column("record_id", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_audit_entries_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_audit_entries_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "number", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        "ix_audit_entries_record",
        "audit_entries",
        ["organisation_id", "collection", "record_id", "number"],
        unique=False,
    )
    if not op.get_context().as_sql:
        _adopt_everything(op.get_bind(), table)
    for statement in _GUARDS[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_audit_entries_record", table_name="audit_entries")
    op.drop_table("audit_entries")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_are_kept()")


_KEPT = "audit entries are never changed or deleted"
_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries "
        f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
        f"CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries "
        f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END",
        # INSERT OR REPLACE deletes without asking the trigger above.
        "CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries "
        "WHEN EXISTS (SELECT 1 FROM audit_entries AS there "
        "WHERE there.organisation_id = NEW.organisation_id AND there.number = NEW.number) "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed or deleted'); END",
    ],
    "postgresql": [
        f"CREATE FUNCTION audit_entries_are_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$",
        "CREATE TRIGGER audit_entries_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_are_kept()",
    ],
}


# -- what is there already -----------------------------------------------------------------------
# The chain of an organisation in use begins with an entry that counts what was there, followed by
# one for each kept version, each record and each photo: from then on all of it is held by the chain.


def _adopt_everything(connection: sa.Connection, table: sa.Table) -> None:
    now = datetime.now(UTC)
    heads = sa.table("change_log_heads", sa.column("organisation_id", UuidText))
    for organisation_id in connection.execute(sa.select(heads.c.organisation_id)).scalars().all():
        _adopt(connection, table, organisation_id, now)


def _adopt(connection: sa.Connection, table: sa.Table, organisation_id: str, now: datetime) -> None:
    counts = {
        name: connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar()
        for name, query in _found(organisation_id).items()
    }
    if not any(counts.values()):
        return
    rows: list[dict[str, Any]] = []
    previous = "0" * 64
    for number, entry in enumerate(_adopted(connection, organisation_id, counts), start=1):
        row = {
            **dict.fromkeys(column.name for column in table.c),
            **entry,
            "organisation_id": organisation_id,
            "number": number,
            "at": now,
            "previous_hash": previous,
        }
        previous = row["entry_hash"] = _hash(row)
        rows.append(row)
        if len(rows) == _AT_ONCE:
            connection.execute(sa.insert(table), rows)
            rows = []
    if rows:
        connection.execute(sa.insert(table), rows)


def _found(organisation_id: str) -> dict[str, sa.Select[Any]]:
    common = ("organisation_id", "collection", "id", "version", "document")
    versions = _table("sync_record_versions", *common)
    records = _table("sync_records", *common, "site_id")
    possessions = _table("blob_possessions", "organisation_id", "sha256")
    blobs = _table("blobs", "sha256", "size", "media_type")
    return {
        "versions": sa.select(versions)
        .where(versions.c.organisation_id == organisation_id)
        .order_by(versions.c.collection, versions.c.id, versions.c.version),
        "records": sa.select(records)
        .where(records.c.organisation_id == organisation_id)
        .order_by(records.c.collection, records.c.id),
        "photos": sa.select(blobs)
        .where(
            blobs.c.sha256.in_(
                sa.select(possessions.c.sha256).where(
                    possessions.c.organisation_id == organisation_id
                )
            )
        )
        .order_by(blobs.c.sha256),
    }


def _table(name: str, *columns: str) -> sa.TableClause:
    uuids = {"organisation_id", "id", "site_id"}
    return sa.table(name, *(sa.column(c, UuidText if c in uuids else None) for c in columns))


def _adopted(
    connection: sa.Connection, organisation_id: str, counts: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    yield {"action": "chain_begun", "details": json.dumps(counts, sort_keys=True)}
    found = _found(organisation_id)
    for name in ("versions", "records"):
        for row in connection.execute(found[name], execution_options={"yield_per": _AT_ONCE}):
            yield {
                "action": "record_adopted",
                "site_id": getattr(row, "site_id", None),
                "collection": row.collection,
                "record_id": row.id,
                "version": row.version,
                "content_sha256": hashlib.sha256(row.document.encode()).hexdigest(),
            }
    for row in connection.execute(found["photos"], execution_options={"yield_per": _AT_ONCE}):
        yield {
            "action": "photo_adopted",
            "collection": "photos",
            "record_id": row.sha256,
            "content_sha256": row.sha256,
            "details": json.dumps({"media_type": row.media_type, "size": row.size}),
        }


def _hash(row: dict[str, Any]) -> str:
    canonical = {**row, "at": row["at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    del canonical["entry_hash"]
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
