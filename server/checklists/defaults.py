"""The checklists that come with the product, read from their data file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from schemas.checklists import ChecklistSchema
from server.data_files import read_yaml

_FILE = Path(__file__).with_name("default_checklists.yaml")


@cache
def default_checklists() -> tuple[dict[str, Any], ...]:
    """Every default checklist, validated, as it can be published."""
    data = read_yaml(_FILE)
    schema = ChecklistSchema()
    return tuple(schema.load(_template(data, entry)) for entry in data["checklists"])


def _template(data: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """*entry* of the file with what the receipts share, and its sources spelled out."""
    template = {**entry, "items": _items(data, entry["items"])}
    if entry["kind"] == "receipt":
        template["gates"] = data["gates"]
        template["head_items"] = _items(data, data["head_items"])
        template["acceptance"] = data["acceptance"]
    return template


def _items(data: dict[str, Any], items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_item(data["sources"], item) for item in items]


def _item(sources: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """An item is confirmed if neither it nor its source says otherwise."""
    if "basis" not in item:
        return item
    source = sources[item["basis"]]
    return {
        **item,
        "basis": {"zh": source["zh"], "en": source["en"]},
        "is_confirmed": item.get("is_confirmed", True) and source["is_confirmed"],
    }
