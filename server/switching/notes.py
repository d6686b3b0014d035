"""What a receipt says about the severity its lots were inspected under. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sampling.vocabulary import word
from server.errors import Text

WHILE_DISCONTINUED: Final = "tightened"
"""Goods that come while inspection is discontinued are still looked at, as strictly as can be."""


def severity_to_use(due: str) -> str:
    """The severity whose plan is used where *due* is called for."""
    return WHILE_DISCONTINUED if due == "discontinued" else due


def severity_notes(sampling: Mapping[str, Any] | None) -> Iterator[Text]:
    """Where the device inspected under another severity than was due, or none was permitted.

    Notes only: the plan the goods were inspected by is the one that decides them.
    """
    for class_, rule in (sampling or {"classes": {}})["classes"].items():
        used, due = rule["inspection_severity"], rule["due_severity"]
        if due == "discontinued":
            yield Text(
                f"{class_} 类：此供货者的此产品已暂停检验，本批按{word(used, 'zh-CN')}检查；"
                "建议暂停供货，由质量人员或管理者决定",
                f"Class {class_}: inspection of this supplier's product is discontinued; the lot "
                f"was looked at under {word(used, 'en')}. Suspending the supplier is proposed; "
                "quality staff or a manager decide.",
            )
        elif used != due:
            yield Text(
                f"{class_} 类：设备按{word(used, 'zh-CN')}检验，服务器当时为"
                f"{word(due, 'zh-CN')}；按实际所用方案判定",
                f"Class {class_}: the device inspected under {word(used, 'en')}, the server had "
                f"{word(due, 'en')} at that time; the plan that was used decides.",
            )
