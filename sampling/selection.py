"""Which items to open: random, and the same again for whoever holds the record.

Source: GB/T 2828.1-2012, 8.1 (simple random sampling; proportional stratified sampling where the
lot has strata) and 8.3 (each further sample from the remainder of the lot).

The numbers come from SHA-256, so that any language draws the same ones:

* Block ``i`` (0, 1, 2, …) is SHA-256 of the UTF-8 text ``<seed>:<i>``, read as eight unsigned
  32-bit numbers, most significant byte first. The blocks one after another are the stream.
* A number below ``bound`` is the next number of the stream modulo ``bound``; numbers not below
  the largest multiple of ``bound`` that fits into 2³² are skipped.
* Simple: with the items 1 … N in a row, for k = 0, 1, …, n − 1 swap place k with place
  k + (number below N − k); the first n places are the draw, in that order.
* Systematic: r is a number below N; item ⌊(r + k·N) / n⌋ + 1 for k = 0 … n − 1.
* Stratified: every stratum gets its proportional share, largest remainders first and earlier
  strata first among equals; each is drawn simply, in turn, from the same stream.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from sampling.code_letters import check_lot_size
from sampling.errors import SamplingError, check_choice, check_integer

METHODS: Final = ("simple", "systematic", "stratified")
LARGEST_DRAW: Final = 100_000
_RANGE: Final = 2**32


def draw_item_numbers(
    lot_size: int,
    sample_size: int,
    seed: str,
    method: str = "simple",
    strata: Sequence[int] | None = None,
) -> tuple[int, ...]:
    """The numbers of the items to open, in ascending order.

    Parameters
    ----------
    lot_size : int
        Items in the lot, numbered 1 … lot_size.
    sample_size : int
        Items to draw, 1 … lot_size and at most 100 000.
    seed : str
        Any text, kept on the record; the same seed gives the same items.
    method : str
        ``simple``, ``systematic`` (every N/n-th item from a random start) or ``stratified``.
    strata : sequence of int, optional
        For ``stratified``: items in each pallet or carton, in order; together the lot.

    Returns
    -------
    tuple of int

    Raises
    ------
    SamplingError
        An argument out of range, or strata that do not add up to the lot.
    """
    check_lot_size(lot_size)
    check_integer("sample_size", sample_size, 1, min(lot_size, LARGEST_DRAW))
    check_seed(seed)
    check_choice("method", method, METHODS)
    if method != "stratified" and strata is not None:
        raise SamplingError("not-one-of", "method", method, ("stratified",))
    stream = _Stream(seed)
    if method == "systematic":
        start = stream.below(lot_size)
        return tuple((start + k * lot_size) // sample_size + 1 for k in range(sample_size))
    if method == "simple":
        return tuple(sorted(_draw(stream, lot_size, sample_size)))
    shares = allocate(sample_size, _checked_strata(strata, lot_size))
    drawn: list[int] = []
    first = 0
    for size, share in zip(strata or (), shares, strict=True):
        drawn.extend(first + item for item in _draw(stream, size, share))
        first += size
    return tuple(sorted(drawn))


def draw_stages(
    lot_size: int, sample_sizes: Sequence[int], seed: str
) -> tuple[tuple[int, ...], ...]:
    """The items of every stage of a double or multiple plan, by simple drawing.

    Parameters
    ----------
    lot_size : int
        Items in the lot.
    sample_sizes : sequence of int
        Sample size of each stage; together at most the lot.
    seed : str
        As for `draw_item_numbers`.

    Returns
    -------
    tuple of tuple of int
        Each stage in ascending order. Stages are disjoint, and the first does not depend on
        whether more are ever drawn, so nobody need know the later ones in advance.
    """
    check_lot_size(lot_size)
    for place, size in enumerate(sample_sizes):
        check_integer(f"sample_sizes[{place}]", size, 1, lot_size)
    total = check_integer("sample_size", sum(sample_sizes), 1, min(lot_size, LARGEST_DRAW))
    check_seed(seed)
    order = _draw(_Stream(seed), lot_size, total)
    stages: list[tuple[int, ...]] = []
    done = 0
    for size in sample_sizes:
        stages.append(tuple(sorted(order[done : done + size])))
        done += size
    return tuple(stages)


def allocate(sample_size: int, strata: Sequence[int]) -> tuple[int, ...]:
    """Items to draw from each stratum, proportional to its size, adding up to `sample_size`."""
    total = sum(strata)
    shares = [sample_size * size // total for size in strata]
    by_remainder = sorted(
        range(len(strata)), key=lambda place: (-(sample_size * strata[place] % total), place)
    )
    for place in by_remainder[: sample_size - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def check_seed(seed: object) -> None:
    """Raise `SamplingError` unless the seed is text of 1 … 200 characters."""
    if not isinstance(seed, str) or not 1 <= len(seed) <= 200:
        raise SamplingError("wrong-shape", "seed", seed, ("text of 1 … 200 characters",))


def _checked_strata(strata: Sequence[int] | None, lot_size: int) -> Sequence[int]:
    if not strata or isinstance(strata, str):
        raise SamplingError("wrong-shape", "strata", strata, (f"= {lot_size}",))
    for place, size in enumerate(strata):
        check_integer(f"strata[{place}]", size, 1, lot_size)
    if sum(strata) != lot_size:
        raise SamplingError("out-of-range", "strata", sum(strata), (f"= {lot_size}",))
    return strata


def _draw(stream: "_Stream", lot_size: int, sample_size: int) -> list[int]:
    """Simple drawing without a list of the whole lot: only moved places are remembered."""
    moved: dict[int, int] = {}
    order: list[int] = []
    for place in range(sample_size):
        other = place + stream.below(lot_size - place)
        order.append(moved.get(other, other) + 1)
        moved[other] = moved.pop(place, place)
    return order


class _Stream:
    """The numbers a seed gives, one after another."""

    def __init__(self, seed: str) -> None:
        self._numbers = _numbers(seed)

    def below(self, bound: int) -> int:
        """The next number in 0 … bound − 1, each equally likely."""
        end = _RANGE - _RANGE % bound
        while True:
            number = next(self._numbers)
            if number < end:
                return number % bound


def _numbers(seed: str) -> Iterator[int]:
    block = 0
    while True:
        digest = sha256(f"{seed}:{block}".encode()).digest()
        for start in range(0, 32, 4):
            yield int.from_bytes(digest[start : start + 4], "big")
        block += 1
