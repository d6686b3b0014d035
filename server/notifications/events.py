"""What people are told, in both languages. Nothing secret stands in a text: it may end up on a
screen in a canteen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.notifications import EVENTS
from server.errors import Text


@dataclass(frozen=True, slots=True)
class Event:
    title: Text
    text: Text


_CATALOGUE: Mapping[str, Event] = MappingProxyType(
    {
        "corrective_action_issued": Event(
            Text("新的整改通知 {number}", "Notice {number}"),
            Text("{title}，请于 {due} 前整改。", "{title}: due by {due}."),
        ),
        "corrective_action_submitted": Event(
            Text("待验证：{number}", "To be verified: {number}"),
            Text("{name} 已提交整改：{title}。", "{name} submitted: {title}."),
        ),
        "corrective_action_returned": Event(
            Text("整改被退回：{number}", "Returned: {number}"),
            Text("{title}，请于 {due} 前重新整改。", "{title}: again by {due}."),
        ),
        "corrective_action_verified": Event(
            Text("整改已验证：{number}", "Verified: {number}"),
            Text("{name} 已验证：{title}。", "{name} verified: {title}."),
        ),
        "corrective_action_overdue": Event(
            Text("整改超期：{number}", "Overdue: {number}"),
            Text("{title}，应于 {due} 前完成。", "{title} was due by {due}."),
        ),
        "extension_asked": Event(
            Text("申请延期：{number}", "Extension asked: {number}"),
            Text("{name} 申请延期至 {due}：{title}。", "{name} asks for {due}: {title}."),
        ),
        "extension_answered": Event(
            Text("延期答复：{number}", "Extension answered: {number}"),
            Text("{title}，期限为 {due}。", "{title}: due by {due}."),
        ),
        "inspection_task_given": Event(
            Text("检查任务", "Inspection"),
            Text("{title}，请于 {due} 前完成。", "{title}: by {due}."),
        ),
        "inspection_task_missed": Event(
            Text("检查任务未完成", "Inspection missed"),
            Text("{title}，应于 {due} 前完成。", "{title} was due by {due}."),
        ),
        "register_failed": Event(
            Text("台账不合格：{zh}", "Register: {en}"),
            Text("{name} 记录了不合格项，请查看。", "{name} recorded something that failed."),
        ),
        # The reason may be an illness; it stands in the record, for those who may read it.
        "duty_blocked": Event(
            Text("不得上岗：{name}", "Off duty: {name}"),
            Text("晨检未通过，原因见记录。", "Did not pass the morning check; see the record."),
        ),
        "on_duty_in_spite": Event(
            Text("晨检未通过却已上岗：{name}", "At work in spite of the check: {name}"),
            Text("请立即调离岗位，原因见记录。", "Take them off duty at once; see the record."),
        ),
        "expiry_near": Event(
            Text("{days} 天后到期：{zh}", "Expires in {days} days: {en}"),
            Text("{name}，有效期至 {until}。", "{name}: valid until {until}."),
        ),
        "expired": Event(
            Text("已到期：{zh}", "Expired: {en}"),
            Text("{name}，有效期至 {until}。", "{name}: valid until {until}."),
        ),
        "record_quarantined": Event(
            Text("有记录未被接收", "A record was not taken"),
            Text("{name} 的设备送来的记录被拒，请处理。", "Something {name} sent was refused."),
        ),
    }
)
assert tuple(_CATALOGUE) == EVENTS


def event_of(kind: str) -> Event:
    return _CATALOGUE[kind]
