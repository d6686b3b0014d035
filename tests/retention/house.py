"""A house with photos that grow old, for tests of retention."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from server.access import Role
from server.attachments.storage import current_storage
from server.db.base import current_session
from server.http.context import current_settings, current_time
from server.retention.daily import Result, apply_retention
from tests.api.sync_client import entry, mutation, push
from tests.infrastructure.photos import PhotoFile
from tests.infrastructure.tus import stored_photo
from tests.world import Person, World

HOLDS = "/api/v1/retention/holds"
DAY_OF_RECORD = "2026-03-02T01:15:30Z"


@dataclass
class House:
    """``li`` writes the work log at ``north``; ``ma`` is the manager there."""

    world: World
    clock: Any
    li: Person = field(init=False)
    ma: Person = field(init=False)

    def __post_init__(self) -> None:
        self.li = self.world.person("li")
        self.ma = self.world.person("ma", Role.MANAGER)

    def years_pass(self, years: float) -> None:
        self.clock.advance(days=round(years * 365.25) + 1)
        for person in (self.li, self.ma):
            person.sign_in()

    def log_entry(self, captured_at: str = DAY_OF_RECORD) -> dict[str, Any]:
        document = entry(captured_at=captured_at)
        push(self.li, mutation(document))
        return document

    def photo_of(self, document: dict[str, Any], file: PhotoFile) -> dict[str, Any]:
        return stored_photo(
            self.li, file, owner_collection="work_log_entries", owner_id=document["id"]
        )

    def run(self, *, deletes: bool = True, **changes: Any) -> Result:
        with self.world.app.app_context():
            settings = replace(current_settings(), retention_deletes=deletes, **changes)
            return apply_retention(current_session(), current_storage(), settings, current_time())

    def has(self, file: PhotoFile) -> bool:
        with self.world.app.app_context():
            return current_storage().blobs.stat(file.sha256) is not None

    def hold(self, person: Person | None = None, **what: Any) -> Any:
        body = {"id": str(uuid4()), "reason": "学生家长投诉", **what}
        return (person or self.ma).put(f"{HOLDS}/{body['id']}", json=body)

    def release(self, hold_id: str, person: Person | None = None) -> Any:
        path = f"{HOLDS}/{hold_id}/release"
        return (person or self.ma).post(path, json={"reason": "调查结束"})

    def due(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.ma.get("/api/v1/retention/due", query_string=query)
        assert answer.status_code == 200, answer.text
        photos: list[dict[str, Any]] = answer.json["photos"]
        return photos
