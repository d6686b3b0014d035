"""Which records have an evidence pack. A feature adds its own with one line."""

from __future__ import annotations

from collections.abc import Mapping

from server.corrective_actions.issuing import COLLECTION as CORRECTIVE_ACTIONS
from server.inspection.service import COLLECTION as INSPECTIONS
from server.receiving import content as receiving
from server.registers.service import COLLECTION as REGISTER_ENTRIES
from server.reports.evidence.pack import PackMaker
from server.reports.evidence.receipt_pack import receipt_pack
from server.reports.evidence.register_pack import register_pack
from server.reports.evidence.supervision_packs import inspection_pack, notice_pack

PACKS: Mapping[str, PackMaker] = {
    receiving.COLLECTION: receipt_pack,
    REGISTER_ENTRIES: register_pack,
    CORRECTIVE_ACTIONS: notice_pack,
    INSPECTIONS: inspection_pack,
}
"""By collection."""
