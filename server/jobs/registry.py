"""Which jobs there are, and how often each runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from server.config import Settings
from server.errors import Text
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
from server.jobs.refresh_statistics import run_refresh_statistics
from server.jobs.renew_certificate import run_renew_certificate
from server.jobs.send_notifications import run_send_notifications
from server.jobs.tell_of_missed_tasks import run_tell_of_missed_tasks
from server.jobs.tell_of_quarantine import run_tell_of_quarantine
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
    Job("refresh_statistics", run_refresh_statistics, HOUR),
    Job("renew_certificate", run_renew_certificate, 5 * MINUTE),
    Job("plan_inspections", run_plan_inspections, 5 * MINUTE),
    Job("escalate_overdue", run_escalate_overdue, 5 * MINUTE),
    Job("tell_of_missed_tasks", run_tell_of_missed_tasks, 5 * MINUTE),
    Job("tell_of_quarantine", run_tell_of_quarantine, 5 * MINUTE),
    Job("warn_of_expiry", run_warn_of_expiry, HOUR),
    Job("send_notifications", run_send_notifications, 15, has_own_transactions=True),
)

TITLES: Mapping[str, Text] = MappingProxyType(
    {
        "examine_photos": Text("检查照片并制作预览", "Examining photos"),
        "find_lost_photos": Text("查找丢失的照片", "Finding lost photos"),
        "apply_retention": Text("按保存期清理照片", "Letting photos go"),
        "expire_uploads": Text("清理中断的上传", "Clearing interrupted uploads"),
        "forget_login_failures": Text("清理登录失败记录", "Forgetting refused sign-ins"),
        "forget_access_tokens": Text("清理过期的登录", "Forgetting ended sign-ins"),
        "compact_change_log": Text("压缩变更日志", "Compacting the change log"),
        "note_audit_heads": Text("记录审计日志每日摘要", "Noting the audit log's heads"),
        "refresh_statistics": Text("更新查询统计", "Looking at the tables' sizes"),
        "renew_certificate": Text("续期证书", "Renewing the certificate"),
        "plan_inspections": Text("生成检查任务", "Planning inspections"),
        "escalate_overdue": Text("整改超期升级", "Escalating overdue notices"),
        "tell_of_missed_tasks": Text("通知未完成的检查", "Telling of missed inspections"),
        "tell_of_quarantine": Text("通知被拒的记录", "Telling of refused records"),
        "warn_of_expiry": Text("证照到期提醒", "Warning of papers that end"),
        "send_notifications": Text("发送通知", "Sending notifications"),
    }
)
assert set(TITLES) == {job.name for job in JOBS}
