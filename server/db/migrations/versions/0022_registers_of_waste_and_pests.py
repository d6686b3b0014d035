"""Registers of kitchen waste and of pest control; surveys on every SQLite.

Where SQLAlchemy reflects the CHECKs of SQLite, 0006 left the old one on the kinds of checklists
beside the new one, and no survey could be published.

Revision: 0022
Follows: 0021
"""

from __future__ import annotations

from alembic import op

from server.db.check_constraints import replace_check

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = "'sample_retention', 'disinfection', 'morning_check', 'temperature_log'"
AFTER = f"{BEFORE}, 'waste', 'pest_control', 'other'"
KINDS = "'receipt', 'inspection', 'record', 'survey'"
OF_CHECKLISTS = {
    "ck_checklist_versions_kind": f"kind IN ({KINDS})",
    "ck_checklist_versions_version": "version >= 1",
}


def upgrade() -> None:
    for name, condition in OF_CHECKLISTS.items():
        replace_check(op.get_bind(), "checklist_versions", name, condition)
    _allow_registers(AFTER)


def downgrade() -> None:
    op.execute(
        "UPDATE register_entries SET register = 'other' WHERE register IN ('waste', 'pest_control')"
    )
    _allow_registers(f"{BEFORE}, 'other'")


def _allow_registers(names: str) -> None:
    check = f"register IN ({names})"
    replace_check(op.get_bind(), "register_entries", "ck_register_entries_register", check)
