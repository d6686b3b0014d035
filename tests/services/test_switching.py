"""Switching over a supplier's history: order, late lots, marks, approvals, scope, pull."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from server.access import Role
from server.db.base import current_session
from server.db.scope import Scope, enter_scope
from server.db.transaction import transaction
from server.errors import Problem
from server.http.context import current_time
from server.switching.service import record_action
from tests.receiving_world import Canteen
from tests.switching_world import STATES, Ramp, minute, notes_of, plan_of


@pytest.fixture
def ramp(world):
    return Ramp(Canteen(world))


@pytest.fixture
def sqlite_ramp(sqlite_world):
    return Ramp(Canteen(sqlite_world))


# -- the state and its reasons ---------------------------------------------------------------------


def test_two_refused_lots_tighten_and_phones_pull_why(ramp):
    ramp.refuse_twice()
    state = ramp.state()
    assert state["severity"] == "tightened"
    assert "最近 2 批中有 2 批不接收" in state["reason"]["zh"]
    assert "2 of the last 2 lots not accepted" in state["reason"]["en"]
    assert "0/5" in state["outlook"]["zh"]
    assert state["since"] == minute(1).replace("Z", ".000Z")
    ramp.deliver(ramp.lot(2))
    after = ramp.state()
    assert (after["reason"], after["since"]) == (state["reason"], state["since"])
    assert after["accepted_in_a_row"] == 1


def test_the_next_lot_is_inspected_by_the_plan_of_the_state(ramp):
    [first] = ramp.deliver(ramp.lot(0))
    assert plan_of(first)["plan"]["inspection_severity"] == "normal"
    ramp.refuse_twice(at=1)
    [next_] = ramp.deliver(ramp.lot(3))
    rule = plan_of(next_)
    assert rule["inspection_severity"] == rule["due_severity"] == "tightened"
    assert rule["plan"]["inspection_severity"] == "tightened"
    assert rule["sample_size"] > plan_of(first)["sample_size"]
    assert notes_of(next_) == []


def test_each_class_switches_on_its_own(ramp):
    ramp.refuse_twice()
    assert ramp.state("B")["severity"] == "tightened"
    assert ramp.state("C")["severity"] == "normal"
    [next_] = ramp.deliver(ramp.lot(3))
    assert plan_of(next_, "B")["inspection_severity"] == "tightened"
    assert plan_of(next_, "C")["inspection_severity"] == "normal"


def test_a_class_without_an_aql_has_no_state(sqlite_ramp):
    sqlite_ramp.deliver(sqlite_ramp.lot(0))
    assert {state["nonconformity_class"] for state in sqlite_ramp.states()} == {"B", "C"}


def test_five_accepted_lots_bring_back_normal_inspection(sqlite_ramp):
    sqlite_ramp.refuse_twice()
    for at in range(2, 7):
        sqlite_ramp.deliver(sqlite_ramp.lot(at))
    state = sqlite_ramp.state()
    assert state["severity"] == "normal"
    assert "5 consecutive lots accepted" in state["reason"]["en"]


def test_a_draft_counts_for_nothing(sqlite_ramp):
    draft = sqlite_ramp.lot(0, found=1)
    draft.document["signatures"] = []
    sqlite_ramp.deliver(draft)
    assert sqlite_ramp.states() == []


def test_a_lot_whose_sample_was_not_finished_counts_for_nothing(sqlite_ramp):
    lot = sqlite_ramp.lot(0, found=1, inspected=0)
    lot.sample()["nonconforming"] = {"A": 1, "B": 0, "C": 0}
    [document] = sqlite_ramp.deliver(lot)
    assert document["status"] == "signed"
    assert sqlite_ramp.states() == []


def test_a_resubmitted_lot_never_counts(sqlite_ramp):
    ramp = sqlite_ramp
    ramp.deliver(ramp.lot(0, found=1), ramp.lot(1, found=1, is_resubmitted=True))
    state = ramp.state()
    assert (state["severity"], state["recent"], state["lot_count"]) == ("normal", [False], 2)


def test_an_online_receipt_counts_like_one_from_a_phone(sqlite_ramp):
    for at in (0, 1):
        assert sqlite_ramp.canteen.put(sqlite_ramp.lot(at, found=1)).status_code == 201
    assert sqlite_ramp.state()["severity"] == "tightened"


# -- order and late lots ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_state_follows_the_order_of_inspection_whatever_the_order_of_arrival(ramp, seed):
    found = [0, 1, 0, 0, 1, 1, 0, 0, 0]
    # The phone drew every sample by the normal plan; it could know of no other.
    normal = {"inspection_severity": "normal"}
    lots = [ramp.lot(at, found=count, **normal) for at, count in enumerate(found)]
    random.Random(seed).shuffle(lots)
    for lot in lots:
        ramp.deliver(lot)
    state = ramp.state()
    assert state["severity"] == "tightened"
    assert state["since"] == minute(4).replace("Z", ".000Z")
    assert (state["refused_since_tightened"], state["accepted_in_a_row"]) == (1, 0)
    times = [lot["inspected_at"] for lot in reversed(ramp.lots())]
    assert times == sorted(times)
    due = [lot["due_severity"] for lot in reversed(ramp.lots())]
    assert due == ["normal"] * 5 + ["tightened"] * 4


def test_a_late_lot_marks_those_inspected_under_another_severity(ramp):
    ramp.deliver(ramp.lot(10, found=1))
    [decided] = ramp.deliver(ramp.lot(30))
    assert ramp.state()["severity"] == "normal"
    ramp.deliver(ramp.lot(20, found=1))  # a phone that was offline
    state = ramp.state()
    assert (state["severity"], state["marked_lot_count"]) == ("tightened", 1)
    marked = ramp.lots(is_marked="true")
    assert [lot["goods_receipt_id"] for lot in marked] == [decided["id"]]
    assert (marked[0]["inspected_under"], marked[0]["due_severity"]) == ("normal", "tightened")
    assert "应为加严检验" in marked[0]["mark"]["zh"]
    assert "the decision stands" in marked[0]["mark"]["en"]
    assert marked[0]["marked_at"] == "2026-03-02T01:30:00.000Z"
    assert len(ramp.lots(is_marked="false")) == 2


def test_a_late_lot_changes_nothing_that_was_decided(ramp):
    [refused] = ramp.deliver(ramp.lot(10, found=1))
    [decided] = ramp.deliver(ramp.lot(30))
    before = {lot["line_id"]: lot for lot in ramp.lots()}
    ramp.deliver(ramp.lot(20, found=1))
    for document in (refused, decided):
        now = ramp.canteen.li.get(f"/api/v1/goods-receipts/{document['id']}").json
        assert (now["version"], now["document"]) == (1, document)
    folds_own = {"due_severity", "mark", "marked_at"}
    for lot in ramp.lots():
        for name, value in before.get(lot["line_id"], {}).items():
            assert name in folds_own or lot[name] == value


def test_a_later_lot_can_take_a_mark_away_again(ramp):
    """Five accepted lots turn up in between: normal inspection was due again after all."""
    ramp.deliver(ramp.lot(10, found=1), ramp.lot(20, found=1))
    [late] = ramp.deliver(ramp.lot(40, inspection_severity="normal"))
    assert [lot["goods_receipt_id"] for lot in ramp.lots(is_marked="true")] == [late["id"]]
    ramp.deliver(*(ramp.lot(at, inspection_severity="tightened") for at in range(21, 26)))
    assert ramp.lots(is_marked="true") == []
    assert ramp.state()["marked_lot_count"] == 0


def test_a_late_lot_is_due_the_severity_of_its_own_time(ramp):
    """Inspected before the history tightened, arriving after: its plan is the normal one."""
    ramp.refuse_twice(at=20)
    [late] = ramp.deliver(ramp.lot(5))
    assert plan_of(late)["inspection_severity"] == "normal"
    [present] = ramp.deliver(ramp.lot(30))
    assert plan_of(present)["inspection_severity"] == "tightened"
    assert ramp.lots(is_marked="true") == []


def test_a_late_lot_is_due_the_severity_of_its_own_time_long_after_the_history_began(
    sqlite_ramp, clock
):
    ramp = sqlite_ramp
    ramp.deliver(ramp.lot(0))
    clock.advance(minutes=60)
    ramp.refuse_twice(at=130)
    [late] = ramp.deliver(ramp.lot(110))
    assert plan_of(late)["inspection_severity"] == "normal"


def test_a_mark_that_stays_the_same_keeps_its_time(sqlite_ramp, clock):
    ramp = sqlite_ramp
    ramp.refuse_twice()
    ramp.deliver(ramp.lot(30, inspection_severity="normal"))
    clock.advance(minutes=5)
    ramp.deliver(ramp.lot(20, is_resubmitted=True))  # folds the marked lot again
    [marked] = ramp.lots(is_marked="true")
    assert marked["marked_at"] == "2026-03-02T01:30:00.000Z"
    ramp.deliver(ramp.lot(25))  # and this one changes why
    [marked] = ramp.lots(is_marked="true")
    assert marked["marked_at"] == "2026-03-02T01:35:00.000Z"


def test_a_clock_that_runs_ahead_does_not_put_its_lot_last_for_good(sqlite_ramp, clock):
    sqlite_ramp.deliver(sqlite_ramp.lot(60 * 24 * 365))
    clock.advance(minutes=1)
    sqlite_ramp.deliver(sqlite_ramp.lot(91))
    assert [lot["inspected_at"] for lot in sqlite_ramp.lots()] == [
        "2026-03-02T01:31:00.000Z",
        "2026-03-02T01:30:00.000Z",
    ]


def test_the_time_of_the_sample_comes_before_that_of_the_receipt(sqlite_ramp):
    sqlite_ramp.deliver(sqlite_ramp.lot(5, captured_at=minute(44)))
    assert sqlite_ramp.lots()[0]["inspected_at"] == minute(44).replace("Z", ".000Z")


def test_first_lots_that_come_to_two_sites_at_once_are_all_counted(ramp):
    """Online, where nobody tries again: the second waits for the history and finds it."""
    world, found = ramp.canteen.world, []
    for n in range(4):
        site = [world.north, world.south][n % 2]
        acceptor = world.person(f"acceptor{n}", Role.INSPECTOR, [site])
        witness = world.person(f"witness{n}", Role.INSPECTOR, [site])
        for at in range(3):
            lot = ramp.lot(3 * n + at)
            for signature, person in zip(
                lot.document["signatures"], (acceptor, witness), strict=True
            ):
                signature.update(user_id=person.user_id, name=person.username)
            found.append((n, acceptor, lot))

    def put_all_of(n):
        return [ramp.canteen.put(lot, person) for m, person, lot in found if m == n]

    with ThreadPoolExecutor(4) as pool:
        answers = [answer for job in pool.map(put_all_of, range(4)) for answer in job]
    assert [answer.status_code for answer in answers] == [201] * 12
    state = ramp.state()
    assert (state["lot_count"], state["switching_score"]) == (12, 24)


# -- what the device used --------------------------------------------------------------------------


@pytest.mark.parametrize("stated", ["normal", {"B": "normal"}])
def test_the_plan_a_device_used_decides_and_the_difference_is_noted(ramp, stated):
    ramp.refuse_twice()
    [document] = ramp.deliver(ramp.lot(5, inspection_severity=stated))
    rule = plan_of(document)
    assert (rule["inspection_severity"], rule["due_severity"]) == ("normal", "tightened")
    assert rule["plan"]["inspection_severity"] == "normal"
    [note] = notes_of(document)
    assert "B 类：设备按正常检验检验，服务器当时为加严检验" in note["zh"]
    assert "under normal inspection, the server had tightened inspection" in note["en"]
    line = document["verdict"]["lines"][document["lines"][0]["id"]]
    assert (line["is_acceptable"], line["lot_decision"]) == (True, "accepted")
    assert len(ramp.lots(is_marked="true")) == 1


@pytest.mark.parametrize("stated", ["discontinued", "Normal", {"D": "normal"}, {"B": "n"}, 3, []])
def test_a_severity_that_is_none_is_refused_by_name(sqlite_ramp, stated):
    answer = sqlite_ramp.canteen.put(sqlite_ramp.lot(0, inspection_severity=stated))
    assert answer.status_code == 422
    [error] = answer.json["errors"]
    assert error["pointer"] == "/samples/0/inspection_severity"
    assert "normal, tightened, reduced" in error["detail"]


def test_a_draft_finishes_under_the_severity_it_began_with(sqlite_ramp):
    ramp = sqlite_ramp
    draft = ramp.lot(50)
    signatures, draft.document["signatures"] = draft.document["signatures"], []
    assert ramp.canteen.put(draft).status_code == 201
    ramp.refuse_twice()
    draft.document["signatures"] = signatures
    answer = ramp.canteen.put(draft, version=1)
    assert answer.status_code == 200, answer.text
    assert plan_of(answer.json["document"])["inspection_severity"] == "normal"


# -- approvals -------------------------------------------------------------------------------------


def test_reduced_inspection_waits_for_steady_production_and_for_approval(ramp):
    ramp.deliver(*(ramp.lot(at) for at in range(15)))
    state = ramp.state()
    assert (state["severity"], state["switching_score"]) == ("normal", 30)
    assert ramp.act("production_steady").status_code == 201
    assert ramp.state()["severity"] == "normal"
    assert ramp.act("reduced_approved").status_code == 201
    state = ramp.state()
    assert state["severity"] == "reduced"
    assert "转移得分 30" in state["reason"]["zh"]
    assert state["since"] == "2026-03-02T01:30:00.000Z"


def test_an_approval_holds_from_its_time_on_and_stands_when_a_late_lot_is_folded_in(ramp, clock):
    ramp.deliver(*(ramp.lot(at) for at in range(15)))
    ramp.act("production_steady")
    ramp.act("reduced_approved")
    clock.advance(minutes=10)
    [reduced] = ramp.deliver(ramp.lot(95))
    assert plan_of(reduced)["inspection_severity"] == "reduced"
    ramp.deliver(ramp.lot(50, found=1))  # late: before the approvals, and it costs the score
    state = ramp.state()
    assert (state["severity"], state["switching_score"]) == ("normal", 0)
    assert (state["production_steady"], state["reduced_desirable"]) == (True, True)
    [marked] = ramp.lots(is_marked="true")
    assert (marked["inspected_under"], marked["due_severity"]) == ("reduced", "normal")


def test_irregular_production_ends_reduced_inspection_at_once(sqlite_ramp):
    ramp = sqlite_ramp
    ramp.deliver(*(ramp.lot(at) for at in range(15)))
    for kind in ("production_steady", "reduced_approved", "production_unsteady"):
        assert ramp.act(kind).status_code == 201
    state = ramp.state()
    assert state["severity"] == "normal"
    assert "生产不稳定" in state["reason"]["zh"]


def test_an_action_is_recorded_with_user_time_and_reason(ramp):
    ramp.deliver(ramp.lot(0))
    recorded = ramp.act("production_steady").json
    assert recorded["user_id"] == ramp.canteen.quality.user_id
    assert recorded["user_name"] == "Quality"
    assert recorded["recorded_at"] == "2026-03-02T01:30:00.000Z"
    assert recorded["reason"] == "已核查供货者的整改"
    detail = ramp.canteen.li.get(f"{STATES}/{ramp.state()['id']}").json
    assert detail["actions"] == [recorded]


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.ADMIN, Role.OBSERVER])
def test_only_quality_staff_and_managers_approve(sqlite_ramp, role):
    sqlite_ramp.deliver(sqlite_ramp.lot(0))
    person = sqlite_ramp.canteen.world.person(f"some_{role.value}", role)
    assert sqlite_ramp.act("production_steady", person).status_code == 403
    manager = sqlite_ramp.canteen.world.person("manager", Role.MANAGER)
    assert sqlite_ramp.act("production_steady", manager).status_code == 201


def test_the_service_itself_asks_for_the_permission(sqlite_ramp):
    sqlite_ramp.deliver(sqlite_ramp.lot(0))
    world, id_ = sqlite_ramp.canteen.world, sqlite_ramp.state()["id"]
    action = {"id": None, "kind": "production_steady", "reason": "稳定"}
    with world.app.app_context(), transaction(current_session(), write=False):
        session, actor = current_session(), world.actor(sqlite_ramp.canteen.li)
        enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
        with pytest.raises(Problem, match="forbidden"):
            record_action(session, actor, id_, action, current_time())


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"reason": " "}, "/reason"), ({"kind": "approve"}, "/kind"), ({"id": "7"}, "/id")],
)
def test_an_action_needs_a_reason_and_a_known_kind(sqlite_ramp, body, pointer):
    sqlite_ramp.deliver(sqlite_ramp.lot(0))
    path = f"{STATES}/{sqlite_ramp.state()['id']}/actions"
    whole = {"kind": "production_steady", "reason": "稳定", **body}
    answer = sqlite_ramp.canteen.quality.post(path, json=whole)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_the_same_action_sent_again_changes_nothing(ramp):
    ramp.deliver(ramp.lot(0))
    id_ = str(uuid4())
    first = ramp.act("production_steady", id=id_)
    again = ramp.act("production_steady", id=id_)
    assert again.json == first.json
    other = ramp.act("reduced_approved", id=id_)
    assert other.status_code == 409
    assert other.json["type"] == "/problems/switching-action-is-final"
    detail = ramp.canteen.li.get(f"{STATES}/{ramp.state()['id']}").json
    assert len(detail["actions"]) == 1
    assert not detail["document"]["reduced_desirable"]


# -- discontinuation -------------------------------------------------------------------------------


def test_five_refusals_on_tightened_inspection_propose_suspension_and_a_person_decides(ramp):
    ramp.discontinue()
    state = ramp.state()
    assert (state["severity"], state["is_suspension_proposed"]) == ("discontinued", True)
    assert "建议暂停" in state["suspension_reason"]["zh"]
    assert "suspending the supplier" in state["suspension_reason"]["en"]
    supplier_id = ramp.canteen.supplier["id"]
    supplier = ramp.canteen.li.get(f"/api/v1/suppliers/{supplier_id}").json["document"]
    assert supplier["is_suspended"] is False


def test_a_lot_that_comes_while_discontinued_is_looked_at_and_marked_and_changes_nothing(ramp):
    ramp.discontinue()
    before = ramp.state()
    [document] = ramp.deliver(ramp.lot(30))
    rule = plan_of(document)
    assert (rule["inspection_severity"], rule["due_severity"]) == ("tightened", "discontinued")
    [note] = notes_of(document)
    assert "已暂停检验" in note["zh"]
    assert "discontinued" in note["en"]
    after = ramp.state()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"lot_count", "marked_lot_count", "last_inspected_at"}


def test_a_restart_needs_approval_and_begins_on_tightened_inspection(ramp):
    ramp.discontinue()
    assert ramp.act("restart_approved").status_code == 201
    state = ramp.state()
    assert (state["severity"], state["is_suspension_proposed"]) == ("tightened", False)
    assert "获负责部门同意" in state["reason"]["zh"]
    assert state["suspension_reason"] is None
    again = ramp.act("restart_approved")
    assert again.status_code == 409
    assert again.json["type"] == "/problems/inspection-not-discontinued"


# -- who sees what ---------------------------------------------------------------------------------


def test_the_history_is_the_organisations_and_lots_are_their_sites(ramp):
    """South's people see the state that north's lots brought about, but not north's receipts."""
    world = ramp.canteen.world
    south = world.person("south_inspector", Role.INSPECTOR, [world.south])
    ramp.refuse_twice()
    assert [s["severity"] for s in ramp.states(south) if s["nonconformity_class"] == "B"] == [
        "tightened"
    ]
    assert ramp.lots(south) == []
    listed = south.get(STATES).json["switching_states"]
    assert [state["recent_lots"] for state in listed] == [[], []]
    assert len(ramp.lots()) == 2
    assert not {"goods_receipt_id", "site_id"} & set(ramp.state())


def test_lots_of_every_site_count_in_one_history(ramp):
    world = ramp.canteen.world
    south = world.person("south_inspector", Role.INSPECTOR, [world.south])
    witness = world.person("south_witness", Role.INSPECTOR, [world.south])
    ramp.deliver(ramp.lot(0, found=1))
    lot = ramp.lot(1, found=1)
    for signature, person in zip(lot.document["signatures"], (south, witness), strict=True):
        signature.update(user_id=person.user_id, name=person.username)
    ramp.deliver(lot, person=south)
    assert ramp.state()["severity"] == "tightened"
    assert [lot["site_id"] for lot in ramp.lots(south)] == [world.south]


def test_another_organisation_neither_sees_nor_touches_a_state(ramp):
    world = ramp.canteen.world
    stranger = world.person("stranger", Role.QUALITY, [world.abroad])
    ramp.deliver(ramp.lot(0))
    path = f"{STATES}/{ramp.state()['id']}"
    assert ramp.states(stranger) == []
    assert stranger.get(STATES).json["switching_states"] == []
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/lots").status_code == 404
    action = {"kind": "production_steady", "reason": "x"}
    assert stranger.post(f"{path}/actions", json=action).status_code == 404
    assert ramp.state()["production_steady"] is False


def test_a_device_cannot_write_a_state(sqlite_ramp):
    sqlite_ramp.deliver(sqlite_ramp.lot(0))
    state, person = sqlite_ramp.state(), sqlite_ramp.canteen.quality
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "switching_states",
        "id": state["id"],
        "operation": "upsert",
        "base_version": 1,
        "document": {**state, "severity": "reduced"},
    }
    body = {"device_id": person.device_id, "mutations": [mutation]}
    [result] = person.post("/api/v1/sync/push", json=body).json["results"]
    assert result["problem"]["type"] == "/problems/read-only-collection"


def test_states_are_listed_and_looked_up(sqlite_ramp):
    ramp = sqlite_ramp
    ramp.refuse_twice()
    listed = ramp.canteen.li.get(STATES, query_string={"severity": "tightened"}).json
    [record] = listed["switching_states"]
    assert record["document"] == ramp.state()
    detail = ramp.canteen.li.get(f"{STATES}/{record['document']['id']}")
    names = {
        "supplier_name": ramp.canteen.supplier["name"],
        "product_name": ramp.canteen.products["dry_goods"]["name"],
    }
    told = {"version": record["version"], "document": record["document"], **names}
    assert detail.json == {**told, "actions": []}
    assert record.items() >= names.items()
    assert [lot["decision"] for lot in record["recent_lots"]] == ["not_accepted"] * 2
    assert detail.headers["ETag"] == f'"{record["version"]}"'
    mine = {"supplier_id": ramp.canteen.supplier["id"], "product_id": ramp.product_id}
    assert len(ramp.canteen.li.get(STATES, query_string=mine).json["switching_states"]) == 2
    for none in ({"supplier_id": str(uuid4())}, {"search": "%"}, {"nonconformity_class": "A"}):
        assert ramp.canteen.li.get(STATES, query_string=none).json["switching_states"] == []
    for part in (names["supplier_name"][1:4], names["product_name"][:2]):
        called = ramp.canteen.li.get(STATES, query_string={"search": part}).json
        assert len(called["switching_states"]) == 2
    page = ramp.canteen.li.get(STATES, query_string={"limit": "1"}).json
    rest = {"limit": "1", "cursor": page["next_cursor"]}
    following = ramp.canteen.li.get(STATES, query_string=rest).json
    assert following["next_cursor"] is None
    assert following["switching_states"] != page["switching_states"]
    assert ramp.canteen.li.get(f"{STATES}/not-an-id").status_code == 404


def test_a_list_shows_the_last_lots_of_the_readers_sites_the_latest_first(ramp):
    ramp.deliver(*(ramp.lot(at) for at in range(11)))
    ramp.deliver(ramp.lot(20, found=1), ramp.lot(21, found=1))
    ramp.deliver(ramp.lot(22, found=1, is_resubmitted=True))
    listed = ramp.canteen.li.get(STATES, query_string={"nonconformity_class": "B"}).json
    [record] = listed["switching_states"]
    lots = record["recent_lots"]
    assert len(lots) == 12
    assert [lot["is_resubmitted"] for lot in lots[:2]] == [True, False]
    times = [lot["inspected_at"] for lot in lots]
    assert times == sorted(times, reverse=True)
    assert times[0] == minute(22).replace("Z", ".000Z")
