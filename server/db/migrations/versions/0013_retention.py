"""retention: terms of records, holds, removed photos

Revision: 0013
Follows: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_removals",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("attachments", sa.Text(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=False),
        sa.Column("content_deleted_at", UtcDateTime(), nullable=True),
        sa.Column("came_back_at", UtcDateTime(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_photo_removals_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["blobs.sha256"], name=op.f("fk_photo_removals_sha256_blobs")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_photo_removals")),
    )
    with op.batch_alter_table("photo_removals", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_photo_removals_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_photo_removals_organisation_id_sha256"),
            ["organisation_id", "sha256"],
            unique=False,
        )
        batch_op.create_index(
            "ix_photo_removals_pending",
            ["sha256"],
            unique=False,
            sqlite_where=sa.text("content_deleted_at IS NULL AND came_back_at IS NULL"),
            postgresql_where=sa.text("content_deleted_at IS NULL AND came_back_at IS NULL"),
        )

    op.create_table(
        "retention_progress",
        sa.Column("epoch", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_retention_progress_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_retention_progress")),
    )
    with op.batch_alter_table("retention_progress", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_retention_progress_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "retention_terms",
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("parent_collection", sa.String(length=64), nullable=True),
        sa.Column("parent_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_retention_terms_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "collection", "record_id", name=op.f("pk_retention_terms")
        ),
    )
    with op.batch_alter_table("retention_terms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_retention_terms_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "retention_uses",
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("attachment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_retention_uses_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "collection",
            "record_id",
            "attachment_id",
            name=op.f("pk_retention_uses"),
        ),
    )
    with op.batch_alter_table("retention_uses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_retention_uses_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_retention_uses_organisation_id_attachment_id"),
            ["organisation_id", "attachment_id"],
            unique=False,
        )

    op.create_table(
        "retention_holds",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("collection", sa.String(length=64), nullable=True),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("released_by", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.CheckConstraint(
            "(kind <> 'site') OR (site_id IS NOT NULL)", name=op.f("ck_retention_holds_site_id")
        ),
        sa.CheckConstraint(
            "(kind = 'record') = (collection IS NOT NULL)",
            name=op.f("ck_retention_holds_collection"),
        ),
        sa.CheckConstraint(
            "(kind = 'site') = (record_id IS NULL)", name=op.f("ck_retention_holds_record_id")
        ),
        sa.CheckConstraint(
            "kind IN ('record', 'supplier', 'site')", name=op.f("ck_retention_holds_kind")
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)",
            name=op.f("ck_retention_holds_released"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_retention_holds_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"], ["users.id"], name=op.f("fk_retention_holds_placed_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["users.id"], name=op.f("fk_retention_holds_released_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_retention_holds_site_id_sites")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_retention_holds")),
    )
    with op.batch_alter_table("retention_holds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_retention_holds_open",
            ["organisation_id"],
            unique=False,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_retention_holds_organisation_id"), ["organisation_id"], unique=False
        )

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("blobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("blobs", schema=None) as batch_op:
        batch_op.drop_column("removed_at")

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_column("removed_at")

    with op.batch_alter_table("retention_holds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retention_holds_organisation_id"))
        batch_op.drop_index(
            "ix_retention_holds_open",
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )

    op.drop_table("retention_holds")
    with op.batch_alter_table("retention_uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retention_uses_organisation_id_attachment_id"))
        batch_op.drop_index(batch_op.f("ix_retention_uses_organisation_id"))

    op.drop_table("retention_uses")
    with op.batch_alter_table("retention_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retention_terms_organisation_id"))

    op.drop_table("retention_terms")
    with op.batch_alter_table("retention_progress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retention_progress_organisation_id"))

    op.drop_table("retention_progress")
    with op.batch_alter_table("photo_removals", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_photo_removals_pending",
            sqlite_where=sa.text("content_deleted_at IS NULL AND came_back_at IS NULL"),
            postgresql_where=sa.text("content_deleted_at IS NULL AND came_back_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_photo_removals_organisation_id_sha256"))
        batch_op.drop_index(batch_op.f("ix_photo_removals_organisation_id"))

    op.drop_table("photo_removals")
