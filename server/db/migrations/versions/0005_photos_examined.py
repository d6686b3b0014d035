"""likeness of photos, flags and who accepted them, radius of a site

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_likenesses",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("quarter_0", sa.Integer(), nullable=False),
        sa.Column("quarter_1", sa.Integer(), nullable=False),
        sa.Column("quarter_2", sa.Integer(), nullable=False),
        sa.Column("quarter_3", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_photo_likenesses_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["blobs.sha256"], name=op.f("fk_photo_likenesses_sha256_blobs")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", name=op.f("pk_photo_likenesses")),
    )
    with op.batch_alter_table("photo_likenesses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_photo_likenesses_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_photo_likenesses_organisation_id_quarter_0"),
            ["organisation_id", "quarter_0"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_photo_likenesses_organisation_id_quarter_1"),
            ["organisation_id", "quarter_1"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_photo_likenesses_organisation_id_quarter_2"),
            ["organisation_id", "quarter_2"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_photo_likenesses_organisation_id_quarter_3"),
            ["organisation_id", "quarter_3"],
            unique=False,
        )

    op.create_table(
        "attachment_flag_acceptances",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("attachment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_name", sa.String(length=100), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_attachment_flag_acceptances_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_attachment_flag_acceptances_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_attachment_flag_acceptances_user_id_users")
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "id", name=op.f("pk_attachment_flag_acceptances")
        ),
    )
    with op.batch_alter_table("attachment_flag_acceptances", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachment_flag_acceptances_organisation_id"),
            ["organisation_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_attachment_flag_acceptances_organisation_id_attachment_id"),
            ["organisation_id", "attachment_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_attachment_flag_acceptances_site_id"), ["site_id"], unique=False
        )

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("needs_examination", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
        batch_op.create_index(
            "ix_attachments_needs_examination",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("needs_examination"),
            postgresql_where=sa.text("needs_examination"),
        )

    with op.batch_alter_table("blobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("software", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("edited_with", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("examined_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("is_readable", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(sa.Column("lost_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("radius_m", sa.Integer(), nullable=True))


def downgrade() -> None:
    # Plain ALTER TABLE: a batch would make the tables anew, and others refer to them.
    op.drop_column("sites", "radius_m")

    op.drop_column("blobs", "lost_at")
    op.drop_column("blobs", "is_readable")
    op.drop_column("blobs", "examined_at")
    op.drop_column("blobs", "edited_with")
    op.drop_column("blobs", "software")

    op.drop_index(
        "ix_attachments_needs_examination",
        sqlite_where=sa.text("needs_examination"),
        postgresql_where=sa.text("needs_examination"),
    )
    op.drop_column("attachments", "clock_offset_ms")
    op.drop_column("attachments", "needs_examination")

    with op.batch_alter_table("attachment_flag_acceptances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_flag_acceptances_site_id"))
        batch_op.drop_index(
            batch_op.f("ix_attachment_flag_acceptances_organisation_id_attachment_id")
        )
        batch_op.drop_index(batch_op.f("ix_attachment_flag_acceptances_organisation_id"))

    op.drop_table("attachment_flag_acceptances")
    with op.batch_alter_table("photo_likenesses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_likenesses_organisation_id_quarter_3"))
        batch_op.drop_index(batch_op.f("ix_photo_likenesses_organisation_id_quarter_2"))
        batch_op.drop_index(batch_op.f("ix_photo_likenesses_organisation_id_quarter_1"))
        batch_op.drop_index(batch_op.f("ix_photo_likenesses_organisation_id_quarter_0"))
        batch_op.drop_index(batch_op.f("ix_photo_likenesses_organisation_id"))

    op.drop_table("photo_likenesses")
