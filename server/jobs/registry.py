"""Which jobs there are, and how often each runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.config import Settings
from server.jobs.apply_retention import run_apply_retention
from server.jobs.compact_change_log import run_compact_change_log
from server.jobs.escalate_overdue import run_escalate_overdue
from server.jobs.examine_photos import run_examine_photos
from server.jobs.expire_uploads import run_expire_uploads
from server.jobs.find_lost_photos import run_find_lost_photos
from server.jobs.forget_access_tokens import run_forget_access_tokens
from server.jobs.forget_login_failures import run_forget_login_failures
from server.jobs.note_audit_heads import run_note_audit_heads
from server.jobs.plan_inspections import run_plan_inspections
from server.jobs.send_notifications import run_send_notifications
from server.jobs.warn_of_expiry import run_warn_of_expiry

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Job:
    """*run* must be idempotent: it may be cut off anywhere and is simply run again."""

    name: str
    run: Callable[[Session, Settings, datetime], int]
    every_seconds: int
    has_own_transactions: bool = False
    """It works long between short transactions, and holds no writer's lock meanwhile."""


JOBS = (
    Job("examine_photos", run_examine_photos, 5, has_own_transactions=True),
    Job("find_lost_photos", run_find_lost_photos, 24 * HOUR, has_own_transactions=True),
    Job("apply_retention", run_apply_retention, 24 * HOUR, has_own_transactions=True),
    Job("expire_uploads", run_expire_uploads, HOUR),
    Job("forget_login_failures", run_forget_login_failures, 10 * MINUTE),
    Job("forget_access_tokens", run_forget_access_tokens, 6 * HOUR),
    Job("compact_change_log", run_compact_change_log, HOUR),
    Job("note_audit_heads", run_note_audit_heads, HOUR),
    Job("plan_inspections", run_plan_inspections, 5 * MINUTE),
    Job("escalate_overdue", run_escalate_overdue, 5 * MINUTE),
    Job("warn_of_expiry", run_warn_of_expiry, HOUR),
    Job("send_notifications", run_send_notifications, 15, has_own_transactions=True),
)
