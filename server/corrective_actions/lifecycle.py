"""The life of a notice, as a table. Pure.

待整改 open → 已提交 submitted → 已验证 verified → 已关闭 closed; 退回 returned goes back to
whoever puts it right. Overdue is no state: it follows from the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from server.errors import Text

STATUS_LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "open": Text("待整改", "to be put right"),
        "submitted": Text("已提交，待验证", "submitted, to be verified"),
        "returned": Text("已退回", "returned"),
        "verified": Text("已验证", "verified"),
        "closed": Text("已关闭", "closed"),
        "withdrawn": Text("已撤销", "withdrawn"),
    }
)
STEP_LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "acknowledged": Text("签收", "acknowledge"),
        "submitted": Text("提交整改", "submit"),
        "verified": Text("验证通过", "verify"),
        "returned": Text("退回", "return"),
        "closed": Text("关闭", "close"),
        "reopened": Text("重新打开", "reopen"),
        "extension_asked": Text("申请延期", "ask for an extension"),
        "extension_granted": Text("同意延期", "grant the extension"),
        "extension_refused": Text("不同意延期", "refuse the extension"),
        "reassigned": Text("改派", "reassign"),
        "withdrawn": Text("撤销", "withdraw"),
        "remark": Text("留言", "remark"),
    }
)

_WORKING = frozenset({"open", "returned"})
_LIVE = _WORKING | {"submitted"}
_DONE = frozenset({"verified", "closed"})
_ALL = frozenset(STATUS_LABELS)


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a step may be taken, and where it leads (None: nowhere else)."""

    before: frozenset[str]
    after: str | None
    needs_verifier: bool = False
    """Whether only quality staff and managers take it."""


TRANSITIONS: Mapping[str, Transition] = MappingProxyType(
    {
        "acknowledged": Transition(_WORKING, None),
        "submitted": Transition(_WORKING, "submitted"),
        "verified": Transition(frozenset({"submitted"}), "verified", needs_verifier=True),
        "returned": Transition(frozenset({"submitted"}), "returned", needs_verifier=True),
        "closed": Transition(frozenset({"verified"}), "closed", needs_verifier=True),
        "reopened": Transition(_DONE, "open", needs_verifier=True),
        "extension_asked": Transition(_WORKING, None),
        "extension_granted": Transition(_WORKING, None, needs_verifier=True),
        "extension_refused": Transition(_WORKING, None, needs_verifier=True),
        "reassigned": Transition(_LIVE, None, needs_verifier=True),
        "withdrawn": Transition(_LIVE, "withdrawn", needs_verifier=True),
        "remark": Transition(_ALL, None),
    }
)

NEEDS_TEXT = frozenset(
    {
        "returned",
        "reopened",
        "extension_asked",
        "extension_refused",
        "reassigned",
        "withdrawn",
        "remark",
    }
)
"""Steps that say why, or what."""


def is_overdue(status: str, due_at: str, now: str) -> bool:
    """Whether it should have been put right by now; times in the one spelling of the wire."""
    return status in _WORKING and due_at < now


def next_status(kind: str, status: str) -> str | None:
    """The state after the step, or None where the step does not apply in *status*."""
    transition = TRANSITIONS[kind]
    if status not in transition.before:
        return None
    return transition.after or status
