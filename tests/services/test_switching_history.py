"""The history as a pure fold: going on from any lot gives what folding everything gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sampling import find_plan
from sampling.refolding import fold_results
from sampling.switching import LotResult, start_switching
from server.switching.history import (
    BEGINNING,
    DECLARATIONS,
    ActionEvent,
    LotEvent,
    Standing,
    decided_lots,
    fold,
    inspection_time,
)
from server.switching.notes import severity_notes, severity_to_use

START = datetime(2026, 3, 2, tzinfo=UTC)
NOW = START + timedelta(days=1)


def at(minute):
    return START + timedelta(minutes=minute)


results = st.builds(
    LotResult,
    st.sampled_from(["accepted", "accepted", "accepted", "not_accepted"]),
    st.sampled_from([0, 2, 3]),
    st.sampled_from(["normal", "tightened", "reduced"]),
    st.booleans(),
)
histories = st.tuples(
    st.lists(st.tuples(st.integers(0, 30), results), max_size=40),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from(sorted(DECLARATIONS))), max_size=8),
)


def events(history):
    lots = [LotEvent(at(minute), n, result) for n, (minute, result) in enumerate(history[0])]
    actions = [
        ActionEvent(at(minute), n, DECLARATIONS[kind])
        for n, (minute, kind) in enumerate(sorted(history[1], key=lambda action: action[0]))
    ]
    return lots, actions


@given(histories, st.integers(0, 30))
def test_folding_on_from_any_time_gives_what_folding_from_the_beginning_gives(history, cut):
    lots, actions = events(history)
    whole, end = fold(BEGINNING, lots, actions)
    before = [event for event in whole if event.lot.inspected_at < at(cut)]
    standing, since = BEGINNING, None
    if before:
        # What the database keeps of the last lot before, read back.
        standing = Standing.from_text(before[-1].standing.to_text())
        since = before[-1].lot.inspected_at
    rest, rest_end = fold(
        standing,
        [lot for lot in lots if lot.inspected_at >= at(cut)],
        [action for action in actions if since is None or action.recorded_at > since],
    )
    assert [*before, *rest] == whole
    assert rest_end == end


@given(histories)
def test_the_order_of_arrival_does_not_matter(history):
    lots, actions = events(history)
    assert fold(BEGINNING, lots, actions) == fold(BEGINNING, lots[::-1], actions[::-1])


@given(st.lists(results, max_size=60))
def test_without_actions_it_is_the_fold_of_the_sampling_package(outcomes):
    lots = [LotEvent(at(n), n, result) for n, result in enumerate(outcomes)]
    folded, _ = fold(BEGINNING, lots, [])
    expected = fold_results(start_switching(), outcomes)
    assert [event.folded for event in folded] == list(expected)


def test_the_reason_of_the_severity_outlives_the_lots_after_it():
    refused = LotResult("not_accepted", 0, "normal")
    accepted = LotResult("accepted", 2, "tightened")
    lots = [LotEvent(at(n), n, result) for n, result in enumerate((refused, refused, accepted))]
    _, standing = fold(BEGINNING, lots, [])
    assert standing.state.reason == "stays"
    assert standing.entered.explain("en") == "2 of the last 2 lots not accepted → tightened (9.3.1)"
    assert standing.entered_at == at(1)


def test_what_is_declared_at_the_moment_of_a_lot_is_declared_before_it():
    start = Standing(start_switching("reduced", production_steady=True), BEGINNING.entered)
    lot = LotEvent(at(5), 0, LotResult("accepted", 2, "normal"))
    action = ActionEvent(at(5), 9, DECLARATIONS["production_unsteady"])
    [folded], _ = fold(start, [lot], [action])
    assert folded.due_severity == "normal"
    assert folded.mark is None


def receipt(nonconforming, inspected, lot_size=500, **sample):
    """As much of a signed receipt as the history reads."""
    plan = find_plan(lot_size, "2.5")
    left = plan.items_to_inspect - inspected
    accepts = nonconforming + left <= plan.stages[0].acceptance_number
    decision = {
        "decision": "accepted" if accepts else "undecided",
        "stage": 1,
        "nonconforming": nonconforming,
        "items_inspected": inspected,
        "acceptance_number": plan.stages[0].acceptance_number,
        "rejection_number": plan.stages[0].rejection_number,
        "items_left": left,
        "is_early": left > 0,
    }
    sampling = {"classes": {"B": {"plan": plan.to_record()}}}
    return {
        "captured_at": "2026-03-02T00:10:00.000Z",
        "lines": [{"id": "line", "product_id": "product"}],
        "samples": [{"line_id": "line", **sample}],
        "basis": {"lines": {"line": {"sampling": sampling}}},
        "verdict": {"lines": {"line": {"classes": {"B": decision}}}},
    }


def test_a_lot_scores_by_its_plan():
    """Lot of 500, AQL 2.5: n 50, Ac 3; one step tighter has Ac 2."""
    gains = [next(decided_lots(receipt(found, 50), NOW)).result.score_gain for found in (0, 2, 3)]
    assert gains == [3, 3, 0]


def test_items_left_unopened_by_an_early_acceptance_earn_no_score():
    """Nothing found in 47 of 50: accepted, but the last three might all be nonconforming."""
    [lot] = decided_lots(receipt(0, 47), NOW)
    assert (lot.result.decision, lot.result.score_gain) == ("accepted", 0)
    [lot] = decided_lots(receipt(0, 48), NOW)
    assert lot.result.score_gain == 3


def test_an_undecided_class_is_no_lot():
    assert list(decided_lots(receipt(0, 10), NOW)) == []


def test_the_time_of_inspection_is_the_samples_then_the_receipts_then_now_at_the_latest():
    document = {"captured_at": "2026-03-02T00:10:00.000Z", "received_at": None}
    assert inspection_time(document, {"captured_at": "2026-03-02T00:20:00.000Z"}, NOW) == at(20)
    assert inspection_time(document, {"captured_at": None}, NOW) == at(10)
    received = {"captured_at": None, "received_at": "2026-03-02T00:30:00.000Z"}
    assert inspection_time(received, None, NOW) == at(30)
    assert inspection_time({"captured_at": None}, None, NOW) == NOW
    assert inspection_time({"captured_at": "2099-01-01T00:00:00.000Z"}, None, NOW) == NOW


def test_notes_are_made_only_where_something_differs():
    def notes(used, due):
        rule = {"inspection_severity": used, "due_severity": due}
        return [text.en for text in severity_notes({"classes": {"B": rule}})]

    assert notes("tightened", "tightened") == []
    assert "under reduced inspection" in notes("reduced", "normal")[0]
    assert "discontinued" in notes("tightened", "discontinued")[0]
    assert list(severity_notes(None)) == []
    assert severity_to_use("discontinued") == "tightened"
    assert severity_to_use("reduced") == "reduced"
