"""One text for one value: the form in which documents are compared, hashed and stored."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sync.errors import NotCanonical


def canonical_json(value: Any) -> str:
    """Write *value* as JSON with sorted keys and no spaces, non-ASCII characters as they are.

    Parameters
    ----------
    value
        What ``json.loads`` can give: dict with text keys, list, str, int, float, bool, None.

    Raises
    ------
    NotCanonical
        For NaN or an infinity, a lone surrogate, nesting deeper than the interpreter follows, or
        a value JSON does not know.
    """
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        text.encode("utf-8")
    except (ValueError, TypeError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    return text


def content_hash_of(value: Any) -> str:
    """SHA-256 of the canonical JSON of *value* [64 hex digits].

    Numbers count as written: 1 and 1.0 are two contents, as they are two texts.
    """
    return hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest()


def ascii_json(value: Any) -> str:
    """Write *value* so that any store can keep it, whatever it contains (for the quarantine)."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=repr)
    except RecursionError:
        return json.dumps({"unreadable": "nested too deeply"})
