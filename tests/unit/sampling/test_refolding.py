"""Late lots: decided lots stay decided, and those met by the wrong severity are marked."""

from sampling.refolding import Declaration, fold_results
from sampling.switching import LotResult, start_switching

GOOD = LotResult("accepted", 3, "normal")
BAD = LotResult("not_accepted", 0, "normal")
TIGHT = LotResult("accepted", 0, "tightened")


def test_a_late_lot_marks_the_lots_inspected_under_what_proves_the_wrong_severity() -> None:
    on_time = fold_results(start_switching(), [BAD, GOOD, GOOD])
    assert not any(lot.is_under_another_severity for lot in on_time)
    with_late = fold_results(start_switching(), [BAD, BAD, GOOD, GOOD])
    marks = [lot.is_under_another_severity for lot in with_late]
    assert marks == [False, False, True, True]
    assert [lot.result for lot in with_late[2:]] == [GOOD, GOOD]


def test_the_mark_is_explained_in_both_languages() -> None:
    marked = fold_results(start_switching(), [BAD, BAD, GOOD])[-1]
    assert "应为加严检验" in marked.explain("zh-CN")
    assert "due tightened inspection" in marked.explain("en")
    plain = fold_results(start_switching(), [GOOD])[0]
    assert plain.explain("en") == "normal inspection goes on"


def test_a_lot_accepted_on_normal_inspection_does_not_help_out_of_tightened() -> None:
    lots = fold_results(start_switching(), [BAD, BAD, TIGHT, TIGHT, TIGHT, TIGHT, GOOD])
    assert lots[-1].after.severity == "tightened"
    lots = fold_results(start_switching(), [BAD, BAD, TIGHT, TIGHT, TIGHT, TIGHT, GOOD, TIGHT])
    assert lots[-1].after.severity == "normal"


def test_a_lot_met_while_discontinued_is_kept_and_changes_nothing() -> None:
    refused = LotResult("not_accepted", 0, "tightened")
    lots = fold_results(start_switching("tightened"), [refused] * 5 + [TIGHT])
    assert lots[-1].before.severity == lots[-1].after.severity == "discontinued"
    assert lots[-1].is_under_another_severity


def test_declarations_take_their_place_between_the_lots() -> None:
    lots = fold_results(
        start_switching(reduced_desirable=True),
        [*[GOOD] * 10, Declaration(production_steady=True), GOOD],
    )
    assert len(lots) == 11
    assert lots[-1].before.severity == "reduced"


def test_folding_again_gives_the_same_states() -> None:
    events = [GOOD, BAD, GOOD, BAD, *[TIGHT] * 5, GOOD]
    assert fold_results(start_switching(), events) == fold_results(start_switching(), events)
