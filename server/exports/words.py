"""The words that exported lists need and no other table has."""

from __future__ import annotations

from collections.abc import Mapping

from server.errors import Text

YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}
FINDING_KINDS: Mapping[str, Text] = {
    "nonconformity": Text("不合格", "nonconformity"),
    "good_practice": Text("好做法", "good practice"),
}
ACTION_KINDS: Mapping[str, Text] = {
    "written_notice": Text("书面通知单", "written notice"),
    "rectification_order": Text("限期整改通知书", "rectification order"),
}
ACTION_STATUSES: Mapping[str, Text] = {
    "open": Text("待整改", "open"),
    "submitted": Text("已提交，待验证", "submitted, to be verified"),
    "returned": Text("已退回", "returned"),
    "verified": Text("已验证", "verified"),
    "closed": Text("已关闭", "closed"),
    "withdrawn": Text("已撤销", "withdrawn"),
}
INSPECTION_STATUSES: Mapping[str, Text] = {
    "draft": Text("未完成", "not finished"),
    "finished": Text("已完成", "finished"),
}
SEVERITIES: Mapping[str, Text] = {
    "normal": Text("正常", "normal"),
    "tightened": Text("加严", "tightened"),
    "reduced": Text("放宽", "reduced"),
    "discontinued": Text("暂停", "discontinued"),
}
