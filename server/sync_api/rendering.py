"""The engine's answers as JSON. Stored documents are spliced in as they are, never made again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.fields import time_text
from server.errors import CATALOGUE, FieldError, Problem, Text
from sync.records import Change, MutationResult, Page, Status


def page_json(page: Page, now: datetime) -> bytes:
    changes = ",".join(_change_json(change) for change in page.changes)
    head = f'{{"changes":[{changes}],"cursor":"{page.cursor}",'
    tail = f'"has_more":{"true" if page.has_more else "false"},"server_time":"{time_text(now)}"}}'
    return (head + tail).encode()


def _change_json(change: Change) -> str:
    reason = f',"reason":"{change.reason.value}"' if change.reason else ""
    return (
        f'{{"collection":"{change.collection}","id":"{change.record_id}",'
        f'"version":{change.version},"deleted":{"true" if change.deleted else "false"}{reason},'
        f'"document":{change.document or "null"}}}'
    )


def result_document(result: MutationResult, language: str) -> dict[str, Any]:
    """One entry of a push's answer."""
    document: dict[str, Any] = {"mutation_id": result.mutation_id, "status": result.status.value}
    if result.status is Status.REJECTED:
        assert result.problem is not None
        document["problem"] = problem_document(result.problem, language)
        return document
    document["version"] = result.version
    if result.conflict is None:
        document["document"] = result.document
    else:
        document["conflict"] = {
            "fields": list(result.conflict.fields),
            "current": result.conflict.current,
        }
    return document


def problem_document(kept: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A problem that travelled through the engine, in the reader's language."""
    errors = [
        FieldError(error["pointer"], Text("{zh}", "{en}"), {"zh": error["zh"], "en": error["en"]})
        for error in kept.get("errors", ())
    ]
    params: dict[str, Any] = {
        name: Text(**value) if isinstance(value, dict) else value
        for name, value in kept.get("params", {}).items()
    }
    return Problem(CATALOGUE[kept["slug"]], errors, **params).to_dict(language)
