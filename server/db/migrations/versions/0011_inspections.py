"""inspections

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspections",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("checklist_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("checklist_code", sa.String(length=32), nullable=False),
        sa.Column("checklist_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=True),
        sa.Column("unit_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("place_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("captured_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.CheckConstraint(
            "(status = 'finished') = (finished_at IS NOT NULL)",
            name=op.f("ck_inspections_finished"),
        ),
        sa.CheckConstraint(
            "grade IN ('pass', 'basic', 'failed', 'undecided')", name=op.f("ck_inspections_grade")
        ),
        sa.CheckConstraint("status IN ('draft', 'finished')", name=op.f("ck_inspections_status")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_inspections_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_inspections_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_inspections_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_inspections_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
    )
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspections_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inspections_organisation_id_site_id_captured_at_id"),
            ["organisation_id", "site_id", "captured_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_inspections_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspections_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inspections_site_id_checklist_code_captured_at"),
            ["site_id", "checklist_code", "captured_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_inspections_unit_id"), ["unit_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspections_unit_id"))
        batch_op.drop_index(batch_op.f("ix_inspections_site_id_checklist_code_captured_at"))
        batch_op.drop_index(batch_op.f("ix_inspections_site_id"))
        batch_op.drop_index(batch_op.f("ix_inspections_place_id"))
        batch_op.drop_index(batch_op.f("ix_inspections_organisation_id_site_id_captured_at_id"))
        batch_op.drop_index(batch_op.f("ix_inspections_organisation_id"))

    op.drop_table("inspections")
