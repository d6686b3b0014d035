"""An organisation with the default checklists, and somebody who writes checklists over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from server.access import Role
from server.checklists.service import publish_default_checklists
from server.db.base import current_session
from server.db.scope import Scope, enter_scope
from server.db.transaction import transaction
from server.http.context import current_time
from tests.world import Person, World

CHECKLISTS = "/api/v1/checklists"
DRAFTS = "/api/v1/checklist-drafts"
Document = dict[str, Any]


def small_checklist(code: str = "INS-STORE", **changes: Any) -> Document:
    """A checklist of two items, as an author sends it."""
    return {
        "code": code,
        "kind": "inspection",
        "zh": "库房检查",
        "en": "Store check",
        "items": [
            {"id": "S1", "type": "check", "nonconformity_class": "B", "zh": "整洁", "en": "Tidy"},
            {
                "id": "S2",
                "type": "temperature",
                "nonconformity_class": "A",
                "zh": "冷藏温度",
                "en": "Chiller",
                "unit": "°C",
                "limits": {"min": "0", "max": "8"},
            },
        ],
        **changes,
    }


@dataclass
class Author:
    person: Person

    def begin(self, **given: Any) -> TestResponse:
        return self.person.post(DRAFTS, json={"id": str(uuid4()), **given})

    def draft_of(self, checklist_id: str) -> Document:
        answer = self.begin(from_checklist_id=checklist_id)
        assert answer.status_code == 201, answer.text
        draft: Document = answer.json
        return draft

    def save(self, draft: Document, content: Document, revision: int | None = None) -> TestResponse:
        seen = str(draft["revision"] if revision is None else revision)
        return self.person.put(
            f"{DRAFTS}/{draft['id']}", json=content, headers={"If-Match": f'"{seen}"'}
        )

    def publish(self, draft: Document, reason: str = "试用", **given: Any) -> TestResponse:
        return self.person.post(
            f"{DRAFTS}/{draft['id']}/publication",
            json={"reason": reason, **given},
            headers={"If-Match": f'"{draft["revision"]}"'},
        )

    def published(self, **changes: Any) -> Document:
        """A new checklist, drafted and published."""
        begun = self.begin(content=small_checklist(**changes))
        assert begun.status_code == 201, begun.text
        answer = self.publish(begun.json)
        assert answer.status_code == 201, answer.text
        document: Document = answer.json["document"]
        return document

    def next_version(self, older: Document, change: Document, **given: Any) -> Document:
        """The version after *older*, with the fields of *change*."""
        draft = self.draft_of(older["id"])
        saved = self.save(draft, {**draft["content"], **change})
        assert saved.status_code == 200, saved.text
        answer = self.publish(saved.json, **given)
        assert answer.status_code == 201, answer.text
        document: Document = answer.json["document"]
        return document

    def in_force(self, **query: str) -> dict[str, Document]:
        listed = self.person.get(CHECKLISTS, query_string=query).json["checklists"]
        return {one["document"]["code"]: one["document"] for one in listed}


def author_in(world: World) -> Author:
    person = world.person("quality", Role.QUALITY)
    with world.app.app_context(), transaction(current_session(), write=True):
        session, actor = current_session(), world.actor(person)
        enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
        publish_default_checklists(session, actor, current_time())
    return Author(person)
