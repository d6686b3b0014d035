"""standards; drafts, retirements and confirmations of checklists; surveys

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checklist_confirmations",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("checklist_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.CheckConstraint(
            "part IN ('item', 'acceptance', 'grading', 'sampling_scheme')",
            name=op.f("ck_checklist_confirmations_part"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_checklist_confirmations_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_checklist_confirmations")),
    )
    with op.batch_alter_table("checklist_confirmations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_checklist_confirmations_what",
            ["organisation_id", "checklist_id", "part", "item_id"],
            unique=True,
        )

    op.create_table(
        "checklist_drafts",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("based_on", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_checklist_drafts_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_checklist_drafts")),
    )
    with op.batch_alter_table("checklist_drafts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_checklist_drafts_organisation_id_code"),
            ["organisation_id", "code"],
            unique=False,
        )

    op.create_table(
        "checklist_retirements",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=False),
        sa.Column("retired_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_checklist_retirements_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "code", name=op.f("pk_checklist_retirements")),
    )
    op.create_table(
        "standards",
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_standards_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_standards")),
    )
    with op.batch_alter_table("standards", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_standards_organisation_id_code"),
            ["organisation_id", "code"],
            unique=True,
        )

    with op.batch_alter_table("checklist_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
    _allow_kinds("receipt", "inspection", "record", "survey")


def downgrade() -> None:
    _allow_kinds("receipt", "inspection", "record")
    with op.batch_alter_table("checklist_versions", schema=None) as batch_op:
        batch_op.drop_column("valid_from")

    with op.batch_alter_table("standards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standards_organisation_id_code"))

    op.drop_table("standards")
    op.drop_table("checklist_retirements")
    with op.batch_alter_table("checklist_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checklist_drafts_organisation_id_code"))

    op.drop_table("checklist_drafts")
    with op.batch_alter_table("checklist_confirmations", schema=None) as batch_op:
        batch_op.drop_index("ix_checklist_confirmations_what")

    op.drop_table("checklist_confirmations")


def _allow_kinds(*kinds: str) -> None:
    """SQLite makes the table anew for this, and forgets every CHECK that is not named here."""
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_checklist_versions_kind"), "checklist_versions", type_="check")
        op.create_check_constraint(
            op.f("ck_checklist_versions_kind"), "checklist_versions", f"kind IN ({allowed})"
        )
        return
    checks = (
        sa.CheckConstraint("version >= 1", name=op.f("ck_checklist_versions_version")),
        sa.CheckConstraint(f"kind IN ({allowed})", name=op.f("ck_checklist_versions_kind")),
    )
    with op.batch_alter_table("checklist_versions", recreate="always", table_args=checks):
        pass
