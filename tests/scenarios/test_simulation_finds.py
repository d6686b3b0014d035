"""The simulation's checks see what they are there to see: each fault, put in by hand, is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.scenarios.live_server import live_server
from tests.simulator.checks import Truth, faults_found, read_truth
from tests.simulator.script import read_script
from tests.simulator.simulation import Simulation

ACTS = 40

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def told(world, settings, tmp_path) -> Iterator[tuple[Simulation, Truth]]:
    """A short story without trouble, in which everything is right."""
    with (
        live_server(settings) as server,
        Simulation(world.app, world, server, tmp_path, read_script("finds")) as simulation,
    ):
        for device in simulation.devices[:4]:
            device.calm_down()
            device.phone.sync_with_patience()
            device.act(ACTS)
        simulation.settle()
        for device in simulation.devices[:4]:
            device.act(ACTS)
        simulation.settle()
        truth = read_truth(simulation)
        assert faults_found(simulation, truth) == []
        yield simulation, truth


def changed(row: Any, **values: Any) -> Any:
    return SimpleNamespace(**{**row._mapping, **values})


def some(truth: Truth, collection: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
    return next(
        key
        for key, head in sorted(truth.heads.items())
        if key[0] == collection and not head.deleted and fits(json.loads(head.document))
    )


def lose_a_record(truth: Truth) -> None:
    del truth.heads[some(truth, "work_log_entries")]


def change_a_record_unseen(truth: Truth) -> None:
    key = some(truth, "work_log_entries")
    document = {**json.loads(truth.heads[key].document), "title": "别的"}
    truth.heads[key] = changed(truth.heads[key], document=json.dumps(document))


def merge_wrongly(truth: Truth) -> None:
    """Every phone pulls the same wrong title: only what was sent tells that it is wrong."""
    for key, head in list(truth.heads.items()):
        if key[0] == "work_log_entries" and not head.deleted:
            document = {**json.loads(head.document), "text": "谁也没写过"}
            truth.heads[key] = changed(head, document=json.dumps(document))


def skip_a_version(truth: Truth) -> None:
    key = next(key for key, head in truth.heads.items() if head.version > 1)
    del truth.versions[key][1]


def give_a_number_twice(truth: Truth) -> None:
    key = some(truth, "goods_receipts", lambda r: r["number"])
    number = json.loads(truth.heads[key].document)["number"]
    other = some(truth, "goods_receipts", lambda r: not r["number"])
    document = {**json.loads(truth.heads[other].document), "number": number}
    truth.heads[other] = changed(truth.heads[other], document=json.dumps(document))


def lose_a_line(truth: Truth) -> None:
    key = some(truth, "goods_receipts")
    document = {**json.loads(truth.heads[key].document), "answers": []}
    truth.heads[key] = changed(truth.heads[key], document=json.dumps(document))


def forget_an_answer(truth: Truth) -> None:
    truth.mutations.pop(next(id_ for id_, m in truth.mutations.items() if m.status == "applied"))


def throw_refused_work_away(truth: Truth) -> None:
    assert truth.quarantined
    truth.quarantined.clear()


def throw_conflicts_away(truth: Truth) -> None:
    assert truth.conflicts
    truth.conflicts.clear()


def lose_a_photo(truth: Truth) -> None:
    for key, head in list(truth.heads.items()):
        document = json.loads(head.document)
        if key[0] == "attachments" and document["status"] == "stored":
            expected = json.dumps({**document, "status": "expected"})
            truth.heads[key] = changed(head, document=expected)


def put_two_changes_at_one_place(truth: Truth) -> None:
    one, other = sorted(truth.heads)[:2]
    truth.heads[one] = changed(truth.heads[one], sequence=truth.heads[other].sequence)


def bring_a_deleted_record_back(truth: Truth) -> None:
    key = next(key for key, head in truth.heads.items() if head.deleted)
    truth.heads[key] = changed(truth.heads[key], deleted=False)


FAULTS = (
    lose_a_record,
    change_a_record_unseen,
    merge_wrongly,
    skip_a_version,
    give_a_number_twice,
    lose_a_line,
    forget_an_answer,
    throw_refused_work_away,
    throw_conflicts_away,
    lose_a_photo,
    put_two_changes_at_one_place,
    bring_a_deleted_record_back,
)


def test_every_fault_is_found(told):
    simulation, truth = told
    for fault in FAULTS:
        spoilt = copy.deepcopy(truth)
        fault(spoilt)
        assert faults_found(simulation, spoilt), fault.__name__
    # A phone that holds too little, or too much.
    storage = simulation.devices[0].phone.storage
    collection, record_id = next(key for key in storage.holdings() if key[0] == "suppliers")
    held = storage.record(collection, record_id)
    assert held is not None
    storage.drop(collection, record_id)
    assert any("lacks" in fault for fault in faults_found(simulation, truth))
    storage.put(collection, record_id, *held)
    storage.put("suppliers", "00000000-0000-4000-8000-000000000000", 1, {})
    assert any("too much" in fault for fault in faults_found(simulation, truth))
