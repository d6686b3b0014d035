"""no index over photos by arrival: SQLite took it for the photos of a receipt

Revision: 0020
Follows: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NAME = "ix_attachments_organisation_id_received_at_id"


def upgrade() -> None:
    op.drop_index(_NAME, "attachments")


def downgrade() -> None:
    op.create_index(_NAME, "attachments", ["organisation_id", "received_at", "id"])
