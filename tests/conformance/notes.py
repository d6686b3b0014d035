"""A small collection with a service, as simple as one can be that still has every kind of rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sync.errors import Rejected, problem
from sync.policy import (
    COUNTER,
    FIXED,
    KEY_BY_KEY,
    MAP_MAX,
    SERVER,
    SET,
    MergePolicy,
    by_id,
    sealed_by,
)
from sync.ports import Store
from sync.records import Document, Head, Mutation, Publication, Written

NOTES = MergePolicy(
    fields={
        "id": FIXED,
        "site_id": FIXED,
        "number": SERVER,
        "marks": MAP_MAX,
        "answers": KEY_BY_KEY,
        "tags": SET,
        "seen_count": COUNTER,
        "lines": by_id(
            MergePolicy(
                fields={"id": FIXED, "position": SERVER}, groups=(("delivered", "accepted"),)
            )
        ),
        "signatures": by_id(),
    },
    must_not_merge=sealed_by("signatures", besides=frozenset({"number"})),
)
CATALOGUE = MergePolicy(fields={"id": FIXED})

_KNOWN = {*NOTES.fields, "title", "text", "minimum", "maximum"}


@dataclass(frozen=True)
class Pusher:
    """The caller as the handlers know it."""

    device_id: str
    site_ids: frozenset[str]
    store: Store
    only_reads: bool = False

    def may_see(self, collection: str, site_id: str | None) -> bool:
        return site_id is None or site_id in self.site_ids


class NotesHandler:
    policy = NOTES

    def admit(self, context: Pusher, mutation: Mutation, head: Head | None) -> None:
        if context.only_reads:
            raise Rejected(problem("forbidden", permission="capture_records"))

    def apply(
        self, context: Pusher, mutation: Mutation, document: Document | None, head: Head | None
    ) -> Written:
        site_id = head.site_id if head else None
        if document is not None:
            site_id = document.get("site_id") or site_id
            document = {**document, "number": f"N-{mutation.record_id[:8]}"}
            # Written before it is judged, so that a refusal has something to undo.
            written = self._publish(context, mutation, document, site_id)
            if site_id is not None and site_id not in context.site_ids:
                raise Rejected(problem("record-not-found"))
            _judge(document)
            return written
        return self._publish(context, mutation, None, site_id)

    def _publish(
        self, context: Pusher, mutation: Mutation, document: Document | None, site_id: str | None
    ) -> Written:
        head = context.store.publish(
            Publication(
                mutation.collection, mutation.record_id, document, site_id, context.device_id
            )
        )
        return Written(head.version, None if head.deleted else head.document)


def _judge(document: Document) -> None:
    if document.get("title") == "boom":
        raise RuntimeError("a bug in a service")
    if unknown := sorted(set(document) - _KNOWN):
        errors = [{"pointer": f"/{name}"} for name in unknown]
        raise Rejected({"slug": "validation-failed", "params": {}, "errors": errors})
    if document.get("minimum", 0) > document.get("maximum", 100):
        raise Rejected(problem("limits-crossed"))


class CatalogueHandler(NotesHandler):
    """Records of the whole organisation, which devices only read."""

    policy = CATALOGUE

    def admit(self, context: Pusher, mutation: Mutation, head: Head | None) -> None:
        raise Rejected(problem("read-only-collection", collection=mutation.collection))


HANDLERS: Mapping[str, NotesHandler] = {"notes": NotesHandler(), "catalogue": CatalogueHandler()}
