"""Ids in addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.fields import is_device_id, uuid_text
from server.errors import RECORD_NOT_FOUND, VALIDATION_FAILED, FieldError, Problem, Text

_OTHER_ID = Text("与地址中的 id 不同", "This is not the id of the address.")


def record_id(given: str) -> str:
    """*given* as a canonical id. What is no UUID names no record: 404."""
    id_ = uuid_text(given)
    if id_ is None:
        raise Problem(RECORD_NOT_FOUND)
    return id_


def device_id(given: str) -> str:
    """*given* if it may be a device's id. What cannot be one names no device: 404."""
    if not is_device_id(given):
        raise Problem(RECORD_NOT_FOUND)
    return given


def require_same_id(document: Mapping[str, Any], given: str) -> None:
    """Refuse a body that speaks of another record than its address."""
    if document["id"] != uuid_text(given):
        raise Problem(VALIDATION_FAILED, [FieldError("/id", _OTHER_ID)])
