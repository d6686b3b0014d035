"""Which pictures a receipt's documents show, in which order and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from server.attachments.images import ImageLimits
from server.attachments.pictures import Variant
from server.attachments.storage import Storage
from server.blobs.store import storage_trouble
from server.errors import IMAGE_UNREADABLE, Problem
from server.reports.receipt_facts import SIGNATURE, Picture, ReceiptFacts

_LARGE_MOST = 40
"""With more photos than this all of them are printed small: a document must stay printable."""


@dataclass(frozen=True)
class PhotoPlan:
    """The photos in the order they were taken, and their numbers in the document."""

    pictures: tuple[Picture, ...]
    signatures: tuple[Picture, ...]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        return {picture.id: at for at, picture in enumerate(self.pictures, start=1)}


def plan_photos(facts: ReceiptFacts) -> PhotoPlan:
    signed = {entry["attachment_id"] for entry in facts.document["signatures"]}
    is_signature = {p.id: p.id in signed or p.role == SIGNATURE for p in facts.pictures}
    return PhotoPlan(
        tuple(p for p in facts.pictures if not is_signature[p.id]),
        tuple(p for p in facts.pictures if is_signature[p.id]),
    )


def photo_titles(facts: ReceiptFacts) -> Mapping[str, Mapping[str, Any]]:
    """What a photo shows: the checklist item whose answer names it."""
    items = {
        item["id"]: item
        for checklist in facts.checklists.values()
        if checklist
        for item in (*checklist["head_items"], *checklist["items"])
    }
    return {
        id_: items[answer["item_id"]]
        for answer in facts.document["answers"]
        for id_ in answer["attachment_ids"]
        if answer["item_id"] in items
    }


def read_previews(
    storage: Storage, limits: ImageLimits, pictures: tuple[Picture, ...]
) -> dict[str, bytes]:
    """The pictures made for showing, by attachment id: upright, and without a position.

    One whose content the store has lost, or that cannot be decoded, is left out, and the document
    says so.

    Raises
    ------
    Problem
        ``storage-unavailable`` if the store is away: the document would change when it is back.
    """
    variant = Variant("preview" if len(pictures) <= _LARGE_MOST else "thumbnail", "jpeg")
    found: dict[str, bytes] = {}
    for picture in pictures:
        if picture.is_stored and not picture.is_removed:
            content = _read_preview(storage, limits, picture.sha256, variant)
            if content is not None:
                found[picture.id] = content
    return found


def _read_preview(
    storage: Storage, limits: ImageLimits, sha256: str, variant: Variant
) -> bytes | None:
    try:
        with storage_trouble(except_missing=True):
            return storage.derivatives.read(sha256, variant, storage.blobs, limits)
    except FileNotFoundError:
        return None
    except Problem as problem:
        if problem.type is IMAGE_UNREADABLE:
            return None
        raise
