"""an index over photos with open flags

Revision: 0016
Follows: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_attachments_flagged",
        "attachments",
        ["organisation_id", "site_id", "received_at", "id"],
        sqlite_where=sa.text("open_flags > 0"),
        postgresql_where=sa.text("open_flags > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_attachments_flagged", "attachments")
