"""What can go wrong in the engine. None of these knows a status code or a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Problem = Mapping[str, Any]
"""A refusal as data, JSON only: ``{"slug": …, "params": {…}, "errors": [{"pointer", …}]}``.

The engine reads nothing but hands it through: to the quarantine, the result, and back to whoever
renders it in the reader's language.
"""

UNKNOWN_COLLECTION = "unknown-collection"
RECORD_NOT_FOUND = "record-not-found"
MUTATION_ID_REUSED = "mutation-id-reused"
MALFORMED_DOCUMENT = "malformed-document"
INTERNAL_ERROR = "internal-error"


def problem(slug: str, **params: Any) -> Problem:
    """Make a :data:`Problem` of *slug* whose text has places for *params*."""
    return {"slug": slug, "params": params}


class SyncError(Exception):
    """The parent of everything the engine raises on purpose."""


class NotCanonical(SyncError):
    """A value that has no canonical JSON: NaN, Infinity, a lone surrogate, or too deep."""


class Rejected(SyncError):
    """Raised by a handler: this mutation cannot be accepted, and here is why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem.get("slug")))
        self.problem = problem


class RetryTransaction(SyncError):
    """Raised by a store: the whole transaction lost a race and must be run again from the start."""


class CursorInvalid(SyncError):
    """Not a cursor of this server for this user, or one from the future."""


class CursorExpired(SyncError):
    """A cursor that was good once: the client starts over and keeps what it has not pushed."""
