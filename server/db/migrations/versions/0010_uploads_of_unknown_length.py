"""Uploads whose length is not known when they begin.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("uploads") as batch_op:
        batch_op.alter_column("length", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    # An unfinished upload of unknown length cannot be gone on with by the older program.
    op.execute("DELETE FROM uploads WHERE length IS NULL")
    with op.batch_alter_table("uploads") as batch_op:
        batch_op.alter_column("length", existing_type=sa.BigInteger(), nullable=False)
