"""Which pictures a receipt's documents show, in which order and size."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from server.attachments.blob_store import storage_trouble
from server.attachments.derivatives import DerivativeName
from server.attachments.storage import Storage
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
    storage: Storage, pixels_max: int, pictures: tuple[Picture, ...]
) -> dict[str, bytes]:
    """The pictures made for showing, by attachment id: upright, and without a position.

    One whose content the store has lost is left out, and the document says so.

    Raises
    ------
    Problem
        ``storage-unavailable`` if the store is away: the document would change when it is back.
    """
    kind: DerivativeName = "preview" if len(pictures) <= _LARGE_MOST else "thumbnail"
    found: dict[str, bytes] = {}
    with storage_trouble():
        for picture in pictures:
            if not picture.is_stored:
                continue
            with suppress(FileNotFoundError):
                found[picture.id] = storage.derivatives.read(
                    picture.sha256, kind, storage.blobs, pixels_max
                )
    return found
