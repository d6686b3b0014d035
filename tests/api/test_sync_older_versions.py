"""A record made on an older published version is accepted, however late it arrives."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest

from server.checklists.service import publish_checklist, retire_checklist
from server.db.base import current_session
from server.db.scope import Scope, enter_scope
from server.db.transaction import transaction
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from tests.api.sync_client import mutation, push, statuses
from tests.receipts import Draft, sign
from tests.receiving_world import Canteen
from tests.world import World

CODE = "dry_goods"
[COMPACTION] = [job for job in JOBS if job.name == "compact_change_log"]


@pytest.fixture
def canteen(sqlite_world: World) -> Canteen:
    return Canteen(sqlite_world)


def as_quality(canteen: Canteen, work: Any) -> None:
    with canteen.world.app.app_context(), transaction(current_session(), write=True):
        session, actor = current_session(), canteen.world.actor(canteen.quality)
        enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
        work(session, actor, canteen.world.app.extensions["yanshou.clock"]())


def publish_stricter_version(canteen: Canteen) -> None:
    """Version 2 asks for one check more; the one that version 1 began with is gone."""
    code = canteen.products[CODE]["checklist_code"]
    old = canteen.checklists[code]
    new = {**deepcopy(old), "version": old["version"] + 1}
    del new["id"]
    gone, *rest = new["items"]
    new["items"] = [*rest, {**deepcopy(gone), "id": "Z99"}]
    as_quality(canteen, lambda session, actor, now: publish_checklist(session, actor, new, now))


def push_receipt(canteen: Canteen, draft: Draft, base: int | None = None) -> dict[str, Any]:
    sent = mutation(deepcopy(draft.document), base, collection="goods_receipts")
    [result] = push(canteen.li, sent)
    return result


def test_a_receipt_captured_on_version_1_is_signed_after_version_2_was_published(
    canteen: Canteen,
) -> None:
    captured = canteen.signed(CODE)
    publish_stricter_version(canteen)
    result = push_receipt(canteen, captured)
    assert statuses([result]) == ["applied"], result
    document = result["document"]
    [line] = document["basis"]["lines"].values()
    assert (document["status"], line["checklist"]["version"]) == ("signed", 1)


def test_a_draft_begun_on_version_1_goes_on_and_ends_on_it(canteen: Canteen) -> None:
    draft = canteen.draft(CODE)
    assert statuses([push_receipt(canteen, draft)]) == ["applied"]
    publish_stricter_version(canteen)
    draft.line()["supplier_batch_number"] = "改过的批号"
    edited = push_receipt(canteen, draft, 1)
    assert (edited["status"], edited["version"]) == ("applied", 2)
    draft.document["decision"] = "accepted"
    sign(draft, "acceptor", canteen.li.user_id, "Li")
    sign(draft, "witness", canteen.wang.user_id, "Wang")
    result = push_receipt(canteen, draft, 2)
    assert statuses([result]) == ["applied"], result
    [line] = result["document"]["basis"]["lines"].values()
    assert (result["document"]["status"], line["checklist"]["version"]) == ("signed", 1)


def test_a_receipt_on_a_checklist_that_was_retired_meanwhile_is_accepted(canteen: Canteen) -> None:
    captured = canteen.signed(CODE)
    code = canteen.products[CODE]["checklist_code"]
    as_quality(
        canteen, lambda session, actor, now: retire_checklist(session, actor, code, "并入别的", now)
    )
    assert statuses([push_receipt(canteen, captured)]) == ["applied"]


def test_a_version_that_was_never_published_is_refused_and_kept(canteen: Canteen) -> None:
    captured = canteen.signed(CODE)
    captured.line()["checklist_id"] = str(uuid4())
    result = push_receipt(canteen, captured)
    assert result["problem"]["type"] == "/problems/validation-failed"
    waiting = canteen.quality.get("/api/v1/sync/quarantine").json["quarantined"]
    assert [item["record_id"] for item in waiting] == [captured.document["id"]]


def test_the_product_as_it_was_is_known_however_late_the_receipt_arrives(
    canteen: Canteen, clock: Any
) -> None:
    """Compaction forgets old versions of other records, not those that receipts name."""
    captured, product = canteen.signed(CODE), canteen.products[CODE]
    captured.line()["product_version"] = 1
    answer = canteen.quality.put(
        f"/api/v1/products/{product['id']}",
        json={**product, "name": "改名了"},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    run_job(canteen.world.app, COMPACTION)
    clock.advance(days=120)
    run_job(canteen.world.app, COMPACTION)
    canteen.li.sign_in()
    result = push_receipt(canteen, captured)
    assert statuses([result]) == ["applied"], result
    [line] = result["document"]["basis"]["lines"].values()
    assert (line["product"]["version"], line["product"]["name"]) == (1, product["name"])
