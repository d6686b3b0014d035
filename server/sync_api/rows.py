"""Documents as the rows of a client library: with their version, without what is the library's."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import orjson

from sync.canonical import ascii_json
from sync.values import alike

_NAMESPACE = uuid.UUID("6f0b1a52-8f0c-5d0e-9a4b-3c2f6f1f7b11")
VERSION = "version"
DOCUMENT_VERSION = "document_version"
"""Where a document's own ``version`` stands (checklists), the row's being the record's."""


def row_text(document: str, version: int, extra: str = "") -> str:
    """The stored JSON text as a row. *extra* is text of further members, such as ``"a":1,``."""
    if f'"{VERSION}":' in document:
        parsed = orjson.loads(document)
        if VERSION in parsed:
            parsed[DOCUMENT_VERSION] = parsed.pop(VERSION)
            document = orjson.dumps(parsed).decode()
    return f'{{"{VERSION}":{version},{extra}{document[1:]}'


def content_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The document in a *row*: libraries begin the names of their own columns with ``_``."""
    return {
        name: value
        for name, value in row.items()
        if name != VERSION and not (isinstance(name, str) and name.startswith("_"))
    }


def version_in(row: Any) -> int | None:
    """The record's version in a *row*, None for one that the server has not answered yet."""
    version = row.get(VERSION) if isinstance(row, Mapping) else None
    if not isinstance(version, int) or isinstance(version, bool):
        return None
    return version if 1 <= version < 2**31 else None


def says_the_same(sent: Mapping[str, Any], stands: Mapping[str, Any]) -> bool:
    """Whether every field that was sent stands; the server may have filled in others."""
    return all(alike(value, stands.get(name)) for name, value in sent.items())


def mutation_id_for(*parts: Any) -> str:
    """These libraries have no mutation ids: the same change always gets the same one."""
    return str(uuid.uuid5(_NAMESPACE, ascii_json(list(parts))))
