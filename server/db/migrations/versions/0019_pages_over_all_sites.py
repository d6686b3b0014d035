"""indexes in the order of the pages, for those who read at several sites

Revision: 0019
Follows: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NEW = [
    ("findings", ["organisation_id", "captured_at", "id"]),
    ("inspections", ["organisation_id", "captured_at", "id"]),
    ("corrective_actions", ["organisation_id", "due_at", "id"]),
    ("corrective_actions", ["organisation_id", "supplier_id", "issued_at"]),
    ("attachments", ["organisation_id", "received_at", "id"]),
]


def upgrade() -> None:
    for table, columns in _NEW:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def downgrade() -> None:
    for table, columns in reversed(_NEW):
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
