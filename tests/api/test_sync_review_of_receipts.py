"""Review of receipts: signatures, photos and numbers behave as if the phone had come through."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import update

from server.access import Role
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.identity.models import User
from tests.api.sync_client import mutation, push, slugs, statuses
from tests.receipts import Draft
from tests.receiving_world import Canteen
from tests.world import Person, World

QUARANTINE, CONFLICTS = "/api/v1/sync/quarantine", "/api/v1/sync/conflicts"


@pytest.fixture
def canteen(sqlite_world: World) -> Canteen:
    return Canteen(sqlite_world)


def sent(draft: Draft, base: int | None = None, **changes: Any) -> dict[str, Any]:
    document = {**deepcopy(draft.document), **changes}
    return mutation(document, base, collection="goods_receipts")


def lose_the_phone(canteen: Canteen) -> None:
    boss = canteen.world.person("boss", Role.MANAGER)
    assert boss.post(f"/api/v1/devices/{canteen.li.device_id}/revoke").status_code == 200


def let_go(canteen: Canteen) -> None:
    disable(canteen, canteen.li)


def disable(canteen: Canteen, person: Person) -> None:
    with canteen.world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        with unscoped(session):
            statement = update(User).where(User.id == person.user_id)
            session.execute(statement.values(is_active=False))


@pytest.mark.parametrize("lose_access", [lose_the_phone, let_go], ids=lambda f: f.__name__)
def test_a_signed_receipt_from_before_is_carried_out_with_its_signatures_and_a_number(
    canteen: Canteen, lose_access: Any
) -> None:
    receipt = canteen.signed("dry_goods")
    lose_access(canteen)
    assert statuses(push(canteen.li, sent(receipt))) == ["rejected"]
    [kept] = canteen.quality.get(QUARANTINE).json["quarantined"]
    body = {"reason": "收货单与纸面一致"}
    answer = canteen.quality.post(f"{QUARANTINE}/{kept['id']}/reapply", json=body)
    result = answer.json["result"]
    assert result["status"] == "applied", result
    assert result["document"]["status"] == "signed"
    assert result["document"]["number"]
    [acceptor] = [s for s in result["document"]["signatures"] if s["role"] == "acceptor"]
    assert acceptor["user_id"] == canteen.li.user_id


def test_the_witness_may_have_left_since(canteen: Canteen) -> None:
    receipt = canteen.signed("dry_goods")
    disable(canteen, canteen.wang)
    assert statuses(push(canteen.li, sent(receipt))) == ["rejected"]
    [kept] = canteen.quality.get(QUARANTINE).json["quarantined"]
    body = {"reason": "王当天在场"}
    answer = canteen.quality.post(f"{QUARANTINE}/{kept['id']}/reapply", json=body)
    assert answer.json["result"]["status"] == "applied", answer.text


def test_a_reviewer_cannot_sign_in_the_authors_name(canteen: Canteen) -> None:
    draft = canteen.draft("dry_goods")
    assert statuses(push(canteen.li, sent(draft, colour="red"))) == ["rejected"]
    [kept] = canteen.quality.get(QUARANTINE).json["quarantined"]
    signed = canteen.finish(draft)
    answer = canteen.quality.post(
        f"{QUARANTINE}/{kept['id']}/repair",
        json={"reason": "补签", "document": signed.document},
    )
    assert slugs([{"problem": answer.json}]) == ["signed-content-changed"]


@pytest.mark.parametrize("resolution", ["take_theirs", "put_together"])
def test_a_conflict_about_a_draft_is_decided_by_the_receipts_own_rules(
    canteen: Canteen, resolution: str
) -> None:
    draft = canteen.draft("dry_goods")
    push(canteen.li, sent(draft))
    push(canteen.li, sent(draft, 1, driver_name="李师傅"))
    lost = sent(draft, 1, driver_name="王师傅")
    assert statuses(push(canteen.wang, lost)) == ["conflict"]
    body: dict[str, Any] = {"resolution": resolution, "reason": "看过证件", "current_version": 2}
    if resolution == "put_together":
        bad = {**body, "document": {**draft.document, "delivered_on": "not a day"}}
        address = f"{CONFLICTS}/{lost['mutation_id']}/resolve"
        assert canteen.quality.post(address, json=bad).status_code == 422
        body["document"] = {**draft.document, "driver_name": "王师傅"}
    answer = canteen.quality.post(f"{CONFLICTS}/{lost['mutation_id']}/resolve", json=body)
    assert answer.status_code == 200, answer.text
    receipt = canteen.quality.get(f"/api/v1/goods-receipts/{draft.document['id']}").json
    assert (receipt["version"], receipt["document"]["driver_name"]) == (3, "王师傅")


def test_a_signed_receipt_is_not_overwritten_by_a_decision(canteen: Canteen) -> None:
    """What was signed meanwhile stays: the losing side is refused, keeping what stands is not."""
    draft = canteen.draft("dry_goods")
    push(canteen.li, sent(draft))
    push(canteen.li, sent(draft, 1, driver_name="李师傅"))
    lost = sent(draft, 1, driver_name="王师傅")
    assert statuses(push(canteen.wang, lost)) == ["conflict"]
    draft.document["driver_name"] = "李师傅"
    [result] = push(canteen.li, sent(canteen.finish(draft), 2))
    assert result["document"]["status"] == "signed"
    address = f"{CONFLICTS}/{lost['mutation_id']}/resolve"
    body = {"resolution": "take_theirs", "reason": "看过证件", "current_version": 3}
    answer = canteen.quality.post(address, json=body)
    assert answer.status_code == 409, answer.text
    receipt = canteen.quality.get(f"/api/v1/goods-receipts/{draft.document['id']}").json
    assert receipt["document"]["driver_name"] == "李师傅"
    body["resolution"] = "keep_current"
    assert canteen.quality.post(address, json=body).status_code == 200
