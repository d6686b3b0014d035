"""review of quarantine and conflicts, sync sessions of devices, marks for compaction

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

import json
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from server.db.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_log_marks",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_change_log_marks_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "marked_at", name=op.f("pk_change_log_marks")),
    )
    op.create_table(
        "device_syncs",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("last_sync_at", UtcDateTime(), nullable=False),
        sa.Column("last_push_at", UtcDateTime(), nullable=True),
        sa.Column("last_pull_at", UtcDateTime(), nullable=True),
        sa.Column("unpushed_count", sa.Integer(), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("app_version", sa.String(length=40), nullable=True),
        sa.Column("last_error", sa.String(length=64), nullable=True),
        sa.Column("last_error_at", UtcDateTime(), nullable=True),
        sa.Column("reported_error", sa.String(length=300), nullable=True),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_device_syncs_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "device_id", name=op.f("pk_device_syncs")),
    )
    op.create_table(
        "sync_review_steps",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_sync_review_steps_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "subject_id", "number", name=op.f("pk_sync_review_steps")
        ),
    )
    op.create_table(
        "sync_sessions",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("pulls", sa.Integer(), nullable=False),
        sa.Column("pushes", sa.Integer(), nullable=False),
        sa.Column("changes_sent", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("conflict", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("unpushed_count", sa.Integer(), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("app_version", sa.String(length=40), nullable=True),
        sa.Column("last_error", sa.String(length=64), nullable=True),
        sa.Column("reported_error", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_sync_sessions_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "device_id", "number", name=op.f("pk_sync_sessions")
        ),
    )
    with op.batch_alter_table("quarantined_mutations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("id", sa.Uuid(as_uuid=False), nullable=True))
        batch_op.add_column(sa.Column("slug", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("last_received_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("repaired", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("settled_by", sa.Uuid(as_uuid=False), nullable=True))

    _fill_quarantined()
    with op.batch_alter_table("quarantined_mutations", schema=None) as batch_op:
        batch_op.alter_column("id", existing_type=sa.Uuid(as_uuid=False), nullable=False)
        batch_op.alter_column("slug", existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column("last_received_at", existing_type=UtcDateTime(), nullable=False)
        batch_op.create_index(
            batch_op.f("ix_quarantined_mutations_organisation_id_device_id"),
            ["organisation_id", "device_id"],
            unique=False,
        )
        batch_op.create_index("uq_quarantined_mutations_id", ["id"], unique=True)

    with op.batch_alter_table("sync_conflicts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("resolution", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("resolved_version", sa.Integer(), nullable=True))

    with op.batch_alter_table("sync_mutations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("is_final", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def _fill_quarantined() -> None:
    """What is in quarantine already gets an id, the slug of its problem, and when it came last."""
    rows = sa.table(
        "quarantined_mutations",
        sa.column("organisation_id", sa.Uuid(as_uuid=False)),
        sa.column("mutation_id", sa.Uuid(as_uuid=False)),
        sa.column("content_hash", sa.String(64)),
        sa.column("problem", sa.Text()),
        sa.column("received_at", UtcDateTime()),
        sa.column("id", sa.Uuid(as_uuid=False)),
        sa.column("slug", sa.String(64)),
        sa.column("last_received_at", UtcDateTime()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows)).all():
        connection.execute(
            sa.update(rows)
            .where(
                rows.c.organisation_id == row.organisation_id,
                rows.c.mutation_id == row.mutation_id,
                rows.c.content_hash == row.content_hash,
            )
            .values(
                id=str(uuid4()),
                slug=json.loads(row.problem)["slug"],
                last_received_at=row.received_at,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("sync_mutations", schema=None) as batch_op:
        batch_op.drop_column("is_final")
        batch_op.drop_column("clock_offset_ms")

    with op.batch_alter_table("sync_conflicts", schema=None) as batch_op:
        batch_op.drop_column("resolved_version")
        batch_op.drop_column("resolution")
        batch_op.drop_column("clock_offset_ms")

    with op.batch_alter_table("quarantined_mutations", schema=None) as batch_op:
        batch_op.drop_index("uq_quarantined_mutations_id")
        batch_op.drop_index(batch_op.f("ix_quarantined_mutations_organisation_id_device_id"))
        batch_op.drop_column("settled_by")
        batch_op.drop_column("repaired")
        batch_op.drop_column("last_received_at")
        batch_op.drop_column("clock_offset_ms")
        batch_op.drop_column("slug")
        batch_op.drop_column("id")

    op.drop_table("sync_sessions")
    op.drop_table("sync_review_steps")
    op.drop_table("device_syncs")
    op.drop_table("change_log_marks")
