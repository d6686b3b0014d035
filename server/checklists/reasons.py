"""Why an item came out as it did, in both languages. The codes are shared with the phone app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.errors import CHINESE, ENGLISH, Text

REASONS: Mapping[str, Text] = {
    "not_answered": Text("未填写", "Not answered"),
    "not_applicable_refused": Text("此项不可选“不适用”", "“Not applicable” is not allowed here"),
    "marked_not_ok": Text("现场判为不合格", "Marked as not OK on site"),
    "unreadable_number": Text("“{value}”不是可读的数值", "“{value}” is not a readable number"),
    "unreadable_count": Text("“{value}”不是可读的个数", "“{value}” is not a readable count"),
    "unreadable_day": Text("“{value}”不是可读的日期", "“{value}” is not a readable date"),
    "unreadable_time": Text("“{value}”不是可读的时间", "“{value}” is not a readable time"),
    "above_max": Text("{value}{unit} 高于上限 {max}{unit}", "{value}{unit} is above {max}{unit}"),
    "below_min": Text("{value}{unit} 低于下限 {min}{unit}", "{value}{unit} is below {min}{unit}"),
    "paper_missing": Text(
        "缺少证明文件（照片或编号）", "The paper is missing (a photo or its number)"
    ),
    "number_missing": Text("缺少证明文件编号", "The paper's number is missing"),
    "critical_found": Text("发现 A 类不合格 {count} 个", "Class A nonconformities found: {count}"),
    "unknown_option": Text("没有选项“{value}”", "There is no option “{value}”"),
    "option_not_ok": Text("结果为“{zh}”", "The result is “{en}”"),
    "dates_missing": Text(
        "缺少生产日期、到期日期或到货日期",
        "The production, expiry or delivery date is missing",
    ),
    "produced_after_delivery": Text(
        "生产日期 {produced_on} 晚于到货日期 {delivered_on}",
        "Produced on {produced_on}, after the delivery on {delivered_on}",
    ),
    "expires_before_production": Text(
        "到期日期 {expires_on} 早于生产日期 {produced_on}",
        "Expires on {expires_on}, before its production on {produced_on}",
    ),
    "expired": Text(
        "已于 {expires_on} 到期，到货日期 {delivered_on}",
        "Expired on {expires_on}, delivered on {delivered_on}",
    ),
    "remaining_life_short": Text(
        "保质期 {life_days} 天，剩余 {remaining_days} 天，少于约定的 {ratio}",
        "{remaining_days} of {life_days} days are left, less than the agreed share of {ratio}",
    ),
    "kept_too_short": Text(
        "应至少保存 {min_hours} 小时", "It must be kept for {min_hours} hours at least"
    ),
    "licences_not_valid": Text(
        "供货者的证照在到货日不符合要求",
        "The supplier's licences do not meet the requirements on the delivery date",
    ),
    "photo_missing": Text("缺少照片", "The photo is missing"),
    "unreadable_location": Text(
        "“{value}”不是可读的位置（纬度,经度）",
        "“{value}” is not a readable location (latitude,longitude)",
    ),
    "not_signed": Text("签字不齐", "A signature is missing"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> Text:
        return REASONS[self.code]

    def render(self, language: str) -> str:
        return self.text.render(language, **self.params)

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "params": dict(self.params),
            "zh": self.render(CHINESE),
            "en": self.render(ENGLISH),
        }
