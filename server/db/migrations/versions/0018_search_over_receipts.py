"""indexes of the search over receipts

Revision: 0018
Follows: 0017
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


_RECEIPTS, _LINES = "goods_receipts", "goods_receipt_lines"
_OLD = "ix_goods_receipts_organisation_id_supplier_id_delivered_on"
_DRAFTS = {name: sa.text("status = 'draft'") for name in ("sqlite_where", "postgresql_where")}
_NEW: list[tuple[str, str, list[str], dict[str, Any]]] = [
    (
        "ix_goods_receipts_organisation_id_delivered_on_id",
        _RECEIPTS,
        ["organisation_id", "delivered_on", "id"],
        {},
    ),
    (
        "ix_goods_receipts_organisation_id_supplier_id_delivered_on_id",
        _RECEIPTS,
        ["organisation_id", "supplier_id", "delivered_on", "id"],
        {},
    ),
    (
        "ix_goods_receipts_organisation_id_decision_delivered_on_id",
        _RECEIPTS,
        ["organisation_id", "decision", "delivered_on", "id"],
        {},
    ),
    (
        "ix_goods_receipts_drafts",
        _RECEIPTS,
        ["organisation_id", "delivered_on", "id"],
        _DRAFTS,
    ),
    (
        "ix_goods_receipts_number_begins",
        _RECEIPTS,
        ["organisation_id", "number"],
        {"postgresql_ops": {"number": "varchar_pattern_ops"}},
    ),
    (
        "ix_goods_receipts_provisional_number_begins",
        _RECEIPTS,
        ["organisation_id", "provisional_number"],
        {"postgresql_ops": {"provisional_number": "varchar_pattern_ops"}},
    ),
    (
        "ix_goods_receipt_lines_batch_begins",
        _LINES,
        ["organisation_id", "supplier_batch_number"],
        {"postgresql_ops": {"supplier_batch_number": "varchar_pattern_ops"}},
    ),
]


def upgrade() -> None:
    op.drop_index(_OLD, _RECEIPTS)
    for name, table, columns, options in _NEW:
        op.create_index(name, table, columns, **options)


def downgrade() -> None:
    for name, table, _columns, _options in reversed(_NEW):
        op.drop_index(name, table)
    op.create_index(_OLD, _RECEIPTS, ["organisation_id", "supplier_id", "delivered_on"])
