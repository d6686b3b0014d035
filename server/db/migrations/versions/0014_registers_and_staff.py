"""registers and staff

Revision: 0014
Follows: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.types import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "menus",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(length=32), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_menus_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_menus_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menus")),
    )
    with op.batch_alter_table("menus", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_menus_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_menus_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_menus_site_id_served_on_meal"),
            ["site_id", "served_on", "meal"],
            unique=True,
        )

    op.create_table(
        "staff_members",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("unit_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_staff_members_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_staff_members_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_staff_members_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_staff_members_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_members")),
    )
    with op.batch_alter_table("staff_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_staff_members_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_staff_members_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_staff_members_site_id_is_active_name"),
            ["site_id", "is_active", "name"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_staff_members_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "health_certificates",
        sa.Column("staff_member_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_health_certificates_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_health_certificates_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["staff_member_id"],
            ["staff_members.id"],
            name=op.f("fk_health_certificates_staff_member_id_staff_members"),
        ),
        sa.PrimaryKeyConstraint("staff_member_id", "id", name=op.f("pk_health_certificates")),
    )
    with op.batch_alter_table("health_certificates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_health_certificates_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_health_certificates_organisation_id_valid_until"),
            ["organisation_id", "valid_until"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_health_certificates_site_id"), ["site_id"], unique=False
        )

    op.create_table(
        "register_entries",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("checklist_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("checklist_code", sa.String(length=32), nullable=False),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("is_ok", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("place_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("meal", sa.String(length=32), nullable=True),
        sa.Column("staff_member_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("dish", sa.String(length=500), nullable=True),
        sa.Column("discard_from", UtcDateTime(), nullable=True),
        sa.Column("discarded_at", UtcDateTime(), nullable=True),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("captured_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.CheckConstraint(
            "(register = 'sample_retention') = (discard_from IS NOT NULL)",
            name=op.f("ck_register_entries_discard_from"),
        ),
        sa.CheckConstraint(
            "(status = 'discarded') <= (discarded_at IS NOT NULL)",
            name=op.f("ck_register_entries_discarded"),
        ),
        sa.CheckConstraint(
            "register IN ('sample_retention', 'disinfection', 'morning_check', 'temperature_log', 'other')",
            name=op.f("ck_register_entries_register"),
        ),
        sa.CheckConstraint(
            "status IN ('recorded', 'discarded', 'void')", name=op.f("ck_register_entries_status")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_register_entries_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_register_entries_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["staff_member_id"],
            ["staff_members.id"],
            name=op.f("fk_register_entries_staff_member_id_staff_members"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_register_entries_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_register_entries_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
    )
    with op.batch_alter_table("register_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_register_entries_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_register_entries_organisation_id_captured_at_id"),
            ["organisation_id", "captured_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_register_entries_place_id"), ["place_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_register_entries_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_register_entries_site_id_register_business_on_captured_at_id"),
            ["site_id", "register", "business_on", "captured_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_register_entries_staff_member_id"), ["staff_member_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_register_entries_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "register_entry_events",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("register_entry_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("captured_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("site_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.CheckConstraint(
            "kind IN ('correction', 'void', 'discard', 'hold', 'release')",
            name=op.f("ck_register_entry_events_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_register_entry_events_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["register_entry_id"],
            ["register_entries.id"],
            name=op.f("fk_register_entry_events_register_entry_id_register_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_register_entry_events_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_register_entry_events_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry_events")),
    )
    with op.batch_alter_table("register_entry_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_register_entry_events_organisation_id"),
            ["organisation_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_register_entry_events_register_entry_id"),
            ["register_entry_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_register_entry_events_site_id"), ["site_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("register_entry_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entry_events_site_id"))
        batch_op.drop_index(batch_op.f("ix_register_entry_events_register_entry_id"))
        batch_op.drop_index(batch_op.f("ix_register_entry_events_organisation_id"))

    op.drop_table("register_entry_events")
    with op.batch_alter_table("register_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entries_unit_id"))
        batch_op.drop_index(batch_op.f("ix_register_entries_staff_member_id"))
        batch_op.drop_index(
            batch_op.f("ix_register_entries_site_id_register_business_on_captured_at_id")
        )
        batch_op.drop_index(batch_op.f("ix_register_entries_site_id"))
        batch_op.drop_index(batch_op.f("ix_register_entries_place_id"))
        batch_op.drop_index(batch_op.f("ix_register_entries_organisation_id_captured_at_id"))
        batch_op.drop_index(batch_op.f("ix_register_entries_organisation_id"))

    op.drop_table("register_entries")
    with op.batch_alter_table("health_certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_health_certificates_site_id"))
        batch_op.drop_index(batch_op.f("ix_health_certificates_organisation_id_valid_until"))
        batch_op.drop_index(batch_op.f("ix_health_certificates_organisation_id"))

    op.drop_table("health_certificates")
    with op.batch_alter_table("staff_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_members_unit_id"))
        batch_op.drop_index(batch_op.f("ix_staff_members_site_id_is_active_name"))
        batch_op.drop_index(batch_op.f("ix_staff_members_site_id"))
        batch_op.drop_index(batch_op.f("ix_staff_members_organisation_id"))

    op.drop_table("staff_members")
    with op.batch_alter_table("menus", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_menus_site_id_served_on_meal"))
        batch_op.drop_index(batch_op.f("ix_menus_site_id"))
        batch_op.drop_index(batch_op.f("ix_menus_organisation_id"))

    op.drop_table("menus")
