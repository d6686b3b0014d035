"""No index on the organisation alone.

Nearly every row is of the same organisation. SQLite, which keeps no statistics of its own accord,
took this index for what a better one is there for.

Revision: 0021
Follows: 0020
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = (
    "access_tokens",
    "answer_links",
    "attachment_flag_acceptances",
    "attachments",
    "audit_heads",
    "blob_possessions",
    "corrective_action_steps",
    "corrective_actions",
    "document_counters",
    "findings",
    "goods_receipt_amendments",
    "goods_receipt_attachments",
    "goods_receipt_lines",
    "goods_receipts",
    "health_certificates",
    "inspection_draws",
    "inspection_schedules",
    "inspection_tasks",
    "inspections",
    "memberships",
    "menus",
    "notification_channels",
    "notification_deliveries",
    "notification_settings",
    "notifications",
    "photo_likenesses",
    "photo_removals",
    "places",
    "register_entries",
    "register_entry_events",
    "retention_holds",
    "retention_progress",
    "retention_terms",
    "retention_uses",
    "shifts",
    "sites",
    "staff_members",
    "switching_actions",
    "switching_lots",
    "switching_states",
    "unit_members",
    "units",
    "uploads",
    "users",
)


def upgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_organisation_id", table_name=table)


def downgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_organisation_id", table, ["organisation_id"])
