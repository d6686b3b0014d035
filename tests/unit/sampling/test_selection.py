"""Random selection: reproducible, fair, proportional, and describable to another language."""

from collections import Counter
from hashlib import sha256

import pytest

from sampling import SamplingError
from sampling.selection import allocate, draw_item_numbers, draw_stages


def test_the_same_seed_draws_the_same_items_and_another_seed_others() -> None:
    assert draw_item_numbers(1000, 80, "a") == draw_item_numbers(1000, 80, "a")
    assert draw_item_numbers(1000, 80, "a") != draw_item_numbers(1000, 80, "b")


@pytest.mark.parametrize("method", ["simple", "systematic"])
@pytest.mark.parametrize(("lot_size", "sample_size"), [(10, 10), (7, 3), (1000, 80), (10**9, 50)])
def test_items_are_different_in_order_and_of_the_lot(
    method: str, lot_size: int, sample_size: int
) -> None:
    items = draw_item_numbers(lot_size, sample_size, "seed", method)
    assert list(items) == sorted(set(items))
    assert len(items) == sample_size
    assert items[0] >= 1
    assert items[-1] <= lot_size


@pytest.mark.parametrize("method", ["simple", "systematic"])
def test_every_item_has_about_the_same_chance(method: str) -> None:
    drawn = Counter[int]()
    for seed in range(3000):
        drawn.update(draw_item_numbers(7, 3, str(seed), method))
    expected = 3000 * 3 / 7
    assert all(abs(drawn[item] - expected) < 5 * (expected * 4 / 7) ** 0.5 for item in range(1, 8))


def test_the_first_item_is_the_hash_the_documentation_describes() -> None:
    number = int.from_bytes(sha256(b"a:0").digest()[:4], "big")
    assert draw_item_numbers(1000, 1, "a") == (number % 1000 + 1,)


def test_later_stages_come_from_the_remainder_and_do_not_move_the_first() -> None:
    stages = draw_stages(1000, [20] * 5, "a")
    together = [item for stage in stages for item in stage]
    assert len(set(together)) == 100
    assert stages[0] == draw_item_numbers(1000, 20, "a")


def test_strata_get_their_share_and_every_stratum_its_own_items() -> None:
    items = draw_item_numbers(100, 10, "a", "stratified", [50, 30, 20])
    in_strata = [
        sum(low < item <= high for item in items) for low, high in ((0, 50), (50, 80), (80, 100))
    ]
    assert in_strata == [5, 3, 2]


@pytest.mark.parametrize(
    ("sample_size", "strata", "shares"),
    [(10, [50, 30, 20], (5, 3, 2)), (5, [1, 1, 1], (2, 2, 1)), (1, [10, 90], (0, 1))],
)
def test_shares_add_up_to_the_sample(
    sample_size: int, strata: list[int], shares: tuple[int, ...]
) -> None:
    assert allocate(sample_size, strata) == shares


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((1, 1, "a"), "lot_size"),
        ((100, 0, "a"), "sample_size"),
        ((100, 101, "a"), "sample_size"),
        ((10**9, 100_001, "a"), "sample_size"),
        ((100, 10, ""), "seed"),
        ((100, 10, 7), "seed"),
        ((100, 10, "a", "random"), "method"),
        ((100, 10, "a", "stratified"), "strata"),
        ((100, 10, "a", "stratified", [50, 49]), "strata"),
        ((100, 10, "a", "stratified", [100, 0]), "strata[1]"),
        ((100, 10, "a", "simple", [50, 50]), "method"),
    ],
)
def test_a_draw_that_cannot_be_is_refused_by_name(
    arguments: tuple[object, ...], named: str
) -> None:
    with pytest.raises(SamplingError) as caught:
        draw_item_numbers(*arguments)  # type: ignore[arg-type]
    assert caught.value.argument == named
    assert caught.value.message("zh-CN") != caught.value.message("en")


def test_stages_larger_than_the_lot_are_refused() -> None:
    with pytest.raises(SamplingError):
        draw_stages(30, [20, 20], "a")
