"""Switching states, lots and actions as they travel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from schemas.fields import time_text
from server.switching.history import Standing
from server.switching.models import SwitchingAction, SwitchingLot, SwitchingStateRow


def state_document(
    row: SwitchingStateRow, standing: Standing, lots: int, marked: int, last: datetime | None
) -> dict[str, Any]:
    """What phones pull. It names no receipt: those belong to their sites."""
    state, entered = standing.state, standing.entered
    is_discontinued = state.severity == "discontinued"
    return {
        "id": row.id,
        "supplier_id": row.supplier_id,
        "product_id": row.product_id,
        "nonconformity_class": row.nonconformity_class,
        "severity": state.severity,
        "since": None if standing.entered_at is None else time_text(standing.entered_at),
        "reason": {"zh": entered.explain("zh-CN"), "en": entered.explain("en")},
        "outlook": {"zh": state.outlook("zh-CN"), "en": state.outlook("en")},
        "switching_score": state.switching_score,
        "recent": list(state.recent),
        "accepted_in_a_row": state.accepted_in_a_row,
        "refused_since_tightened": state.refused_since_tightened,
        "production_steady": state.production_steady,
        "reduced_desirable": state.reduced_desirable,
        "is_suspension_proposed": is_discontinued,
        "suspension_reason": _suspension_reason(standing) if is_discontinued else None,
        "lot_count": lots,
        "marked_lot_count": marked,
        "last_inspected_at": None if last is None else time_text(last),
    }


def _suspension_reason(standing: Standing) -> dict[str, str]:
    """The program proposes; a person suspends the supplier, or approves the restart."""
    entered = standing.entered
    return {
        "zh": f"{entered.explain('zh-CN')}；建议暂停该供货者供应此产品，由质量人员或管理者决定",
        "en": f"{entered.explain('en')}; suspending the supplier for this product is proposed, "
        "quality staff or a manager decide",
    }


def lot_document(lot: SwitchingLot) -> dict[str, Any]:
    return {
        "goods_receipt_id": lot.goods_receipt_id,
        "line_id": lot.line_id,
        "site_id": lot.site_id,
        "inspected_at": time_text(lot.inspected_at),
        "received_at": time_text(lot.received_at),
        "decision": lot.decision,
        "score_gain": lot.score_gain,
        "inspected_under": lot.inspected_under,
        "is_resubmitted": lot.is_resubmitted,
        "due_severity": lot.due_severity,
        "mark": None if lot.mark_zh is None else {"zh": lot.mark_zh, "en": lot.mark_en},
        "marked_at": None if lot.marked_at is None else time_text(lot.marked_at),
    }


def action_document(action: SwitchingAction) -> dict[str, Any]:
    return {
        "id": action.id,
        "number": action.number,
        "kind": action.kind,
        "reason": action.reason,
        "user_id": action.user_id,
        "user_name": action.user_name,
        "recorded_at": time_text(action.recorded_at),
    }
