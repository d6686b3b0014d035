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
    }
)
assert tuple(_CATALOGUE) == EVENTS


def event_of(kind: str) -> Event:
    return _CATALOGUE[kind]
