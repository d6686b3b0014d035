"""Deliveries of one product by one supplier, for tests of the switching rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.receipts import Draft, reject_line
from tests.receiving_world import Canteen
from tests.world import Person

STATES = "/api/v1/switching"
MORNING = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
"""Minute 0 of the tests' day; the tests' clock stands at 01:30, minute 90."""


def minute(number: int) -> str:
    return (MORNING + timedelta(minutes=number)).isoformat().replace("+00:00", "Z")


class Ramp:
    """Lots of 50 boxes of dry goods: class B has AQL 2.5, so one nonconforming item refuses."""

    def __init__(self, canteen: Canteen) -> None:
        self.canteen = canteen
        self.product_id = canteen.products["dry_goods"]["id"]

    def lot(self, at: int, *, found: int = 0, **sample: Any) -> Draft:
        """A signed receipt of one lot inspected at minute *at*, with *found* class B items."""
        draft = self.canteen.draft("dry_goods")
        draft.document["captured_at"] = minute(at)
        draft.sample()["nonconforming"]["B"] = found
        draft.sample().update(sample)
        if found:
            reject_line(draft.line())
        return self.canteen.finish(draft, "rejected" if found else "accepted")

    def deliver(self, *lots: Draft, person: Person | None = None) -> list[dict[str, Any]]:
        """Push *lots* as a phone does when it is back online; the documents the server made."""
        person = person or self.canteen.li
        mutations = [
            {
                "mutation_id": str(uuid4()),
                "collection": "goods_receipts",
                "id": lot.document["id"],
                "operation": "upsert",
                "base_version": None,
                "document": lot.document,
            }
            for lot in lots
        ]
        body = {"device_id": person.device_id, "mutations": mutations}
        answer = person.post("/api/v1/sync/push", json=body)
        assert answer.status_code == 200, answer.text
        results = answer.json["results"]
        assert {result["status"] for result in results} == {"applied"}, results
        return [result["document"] for result in results]

    def refuse_twice(self, at: int = 0) -> None:
        """Bring about tightened inspection."""
        self.deliver(self.lot(at, found=1), self.lot(at + 1, found=1))

    def discontinue(self) -> None:
        """Two lots refused on normal inspection, then five on tightened."""
        self.refuse_twice()
        for at in range(2, 7):
            self.deliver(self.lot(at, found=1))

    def states(self, person: Person | None = None) -> list[dict[str, Any]]:
        """The states as a phone pulls them."""
        answer = (person or self.canteen.wang).get(
            "/api/v1/sync/pull", query_string={"collections": "switching_states"}
        )
        return [change["document"] for change in answer.json["changes"]]

    def state(self, class_: str = "B") -> dict[str, Any]:
        found = [state for state in self.states() if state["nonconformity_class"] == class_]
        assert len(found) == 1, found
        return found[0]

    def lots(self, person: Person | None = None, **query: Any) -> list[dict[str, Any]]:
        """The lots of class B, the latest inspection first."""
        path = f"{STATES}/{self.state()['id']}/lots"
        answer = (person or self.canteen.li).get(path, query_string=query)
        assert answer.status_code == 200, answer.text
        lots: list[dict[str, Any]] = answer.json["switching_lots"]
        return lots

    def act(self, kind: str, person: Person | None = None, **more: Any) -> Any:
        body = {"kind": kind, "reason": "已核查供货者的整改", **more}
        path = f"{STATES}/{self.state()['id']}/actions"
        return (person or self.canteen.quality).post(path, json=body)


def plan_of(document: dict[str, Any], class_: str = "B") -> dict[str, Any]:
    """What the first line's class was inspected by."""
    line = document["lines"][0]["id"]
    rule: dict[str, Any] = document["basis"]["lines"][line]["sampling"]["classes"][class_]
    return rule


def notes_of(document: dict[str, Any]) -> list[dict[str, str]]:
    line = document["lines"][0]["id"]
    notes: list[dict[str, str]] = document["verdict"]["lines"][line]["notes"]
    return notes
