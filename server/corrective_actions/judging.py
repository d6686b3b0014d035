"""Who may take which step on a notice as it stands. Pure: the one place where this is decided, for
the step that is sent and for the pages that offer only what is possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.corrective_actions import STEP_KINDS
from server.access import Actor, Permission
from server.corrective_actions.lifecycle import TRANSITIONS, next_status
from server.errors import Text

Document = Mapping[str, Any]

_OWN_WORK = Text("您提交的整改须由他人验证。", "Somebody else verifies your work.")
_ANSWERS_FOR_IT = Text(
    "您是整改责任人，须由他人验证。", "You answer for it; somebody else verifies it."
)
_OWN_REQUEST = Text("您申请的延期须由他人批准。", "Somebody else grants what you asked for.")


def why_not_theirs(user_id: str, action: Document, kind: str) -> Text | None:
    """Nobody judges what they did or asked for themselves. *kind* applies to the notice."""
    if kind in {"verified", "returned"}:
        if user_id == action["submission"]["user_id"]:
            return _OWN_WORK
        if action["assignee"] is not None and user_id == action["assignee"]["user_id"]:
            return _ANSWERS_FOR_IT
    if kind == "extension_granted" and user_id == action["extension"]["user_id"]:
        return _OWN_REQUEST
    return None


def possible_steps(actor: Actor, action: Document) -> list[str]:
    """The steps the actor may take now, in the order of a notice's life."""
    return [kind for kind in _open_steps(actor, action) if _is_theirs(actor, action, kind)]


def hindrance(actor: Actor, action: Document) -> Text | None:
    """Why somebody who may judge notices cannot judge this one, which waits for it."""
    for kind in _open_steps(actor, action):
        reason = why_not_theirs(actor.user_id, action, kind)
        if reason is not None:
            return reason
    return None


def _is_theirs(actor: Actor, action: Document, kind: str) -> bool:
    return why_not_theirs(actor.user_id, action, kind) is None


def _open_steps(actor: Actor, action: Document) -> list[str]:
    """The steps that the notice's state and the actor's role allow."""
    site_id = action["site_id"]
    if not actor.may(Permission.CAPTURE_RECORDS, site_id):
        return []
    verifies = actor.may(Permission.VERIFY_CORRECTIVE_ACTION, site_id)
    return [
        kind
        for kind in STEP_KINDS
        if next_status(kind, action["status"]) is not None
        and (verifies or not TRANSITIONS[kind].needs_verifier)
        and _has_its_subject(action, kind)
    ]


def _has_its_subject(action: Document, kind: str) -> bool:
    if kind in {"extension_granted", "extension_refused"}:
        return action["extension"] is not None
    if kind == "extension_asked":
        return action["extension"] is None
    return kind != "acknowledged" or action["acknowledged_at"] is None
