"""How many nonconforming items, or nonconformities, a sample holds: three laws of chance.

Every law answers one question: given what was drawn and found before, how likely are 0, 1, 2, …
in the next sample. Only small counts are ever asked for (below a rejection number), so each list
starts at the probability of the smallest possible count and goes up by recurrence, which loses no
accuracy and never meets a factorial.
"""

from math import comb, exp, floor, log1p
from typing import Protocol


class Law(Protocol):
    """The law of the count in the next sample."""

    def chances(self, drawn: int, found: int, size: int, below: int) -> list[float]:
        """P(0), P(1), …, P(below − 1) for `size` items after `found` among `drawn` before."""

    def expected_until(self, drawn: int, found: int, size: int, wanted: int) -> float:
        """Items inspected on average when one stops at the `wanted`-th find, `size` at most."""


class BinomialLaw:
    """Items of a process with a constant proportion nonconforming.

    Parameters
    ----------
    proportion : float
        Proportion nonconforming, 0 … 1.
    """

    def __init__(self, proportion: float) -> None:
        self.proportion = proportion
        self._known: dict[int, list[float]] = {}

    def chances(self, drawn: int, found: int, size: int, below: int) -> list[float]:
        """See `Law`."""
        known = self._known.get(size)
        if known is None or len(known) < below:
            known = self._known[size] = binomial_chances(size, self.proportion, below)
        return known if len(known) == below else known[:below]

    def expected_until(self, drawn: int, found: int, size: int, wanted: int) -> float:
        """See `Law`: n·P(X < r in n) + (r/p)·P(X > r in n + 1)."""
        if self.proportion == 0:
            return float(size)
        short = sum(binomial_chances(size, self.proportion, wanted))
        over = 1 - sum(binomial_chances(size + 1, self.proportion, wanted + 1))
        return min(size * short + wanted / self.proportion * max(over, 0.0), float(size))


def binomial_chances(size: int, proportion: float, below: int) -> list[float]:
    """Binomial probabilities of 0 … `below` − 1 among `size` items."""
    if proportion >= 1:
        return [1.0 if count == size else 0.0 for count in range(below)]
    odds = proportion / (1 - proportion)
    chance = exp(size * log1p(-proportion))
    chances = []
    for count in range(below):
        chances.append(chance)
        chance *= (size - count) / (count + 1) * odds
    return chances


class PoissonLaw:
    """Nonconformities that fall on items independently of one another.

    Parameters
    ----------
    rate : float
        Nonconformities per item, 0 or more.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._known: dict[int, list[float]] = {}

    def chances(self, drawn: int, found: int, size: int, below: int) -> list[float]:
        """See `Law`."""
        known = self._known.get(size)
        if known is None or len(known) < below:
            known = self._known[size] = poisson_chances(size * self.rate, below)
        return known if len(known) == below else known[:below]

    def expected_until(self, drawn: int, found: int, size: int, wanted: int) -> float:
        """See `Law`; one stops at the item that brings the wanted nonconformity."""
        return sum(sum(poisson_chances(item * self.rate, wanted)) for item in range(size))


def poisson_chances(mean: float, below: int) -> list[float]:
    """Poisson probabilities of 0 … `below` − 1."""
    chance = exp(-mean)
    chances = []
    for count in range(below):
        chances.append(chance)
        chance *= mean / (count + 1)
    return chances


class HypergeometricLaw:
    """Items drawn without putting back from one lot whose content is fixed.

    Parameters
    ----------
    lot_size : int
        Items in the lot.
    nonconforming : int
        Nonconforming items in it, 0 … lot_size.
    """

    def __init__(self, lot_size: int, nonconforming: int) -> None:
        self.lot_size = lot_size
        self.nonconforming = nonconforming
        self._start: dict[tuple[int, int], tuple[int, float]] = {}

    def chances(self, drawn: int, found: int, size: int, below: int) -> list[float]:
        """See `Law`."""
        bad = self.nonconforming - found
        good = self.lot_size - drawn - bad
        if bad < 0 or good < 0:
            return [0.0] * below
        smallest = max(0, size - good)
        chance = self._first_chance(drawn, found, size, good, bad)
        chances = [0.0] * min(smallest, below)
        for count in range(smallest, below):
            chances.append(chance)
            rest = good - size + count + 1
            chance *= (bad - count) / (count + 1) * ((size - count) / rest)
        return chances

    def _first_chance(self, drawn: int, found: int, size: int, good: int, bad: int) -> float:
        """P(smallest possible count); neighbours in `found` differ by one factor only."""
        if size > good:
            return comb(bad, size - good) / comb(good + bad, size)
        key = (drawn, size)
        known = self._start.get(key)
        if known is not None and known[0] + 1 == found:
            # One bad item fewer left in the same remainder: C(good, n) grew from C(good − 1, n).
            chance = known[1] * good / (good - size) if good > size else 0.0
        else:
            chance = 0.0
        if chance == 0.0:
            chance = _none_among(size, good, bad)
        self._start[key] = (found, chance)
        return chance

    def expected_until(self, drawn: int, found: int, size: int, wanted: int) -> float:
        """See `Law`: n·P(X < r in n) + r(N+1)/(D+1)·P(X > r in n + 1 of one more of each)."""
        bad, left = self.nonconforming - found, self.lot_size - drawn
        short = sum(HypergeometricLaw(left, bad).chances(0, 0, size, wanted))
        one_more = HypergeometricLaw(left + 1, bad + 1)
        over = 1 - sum(one_more.chances(0, 0, size + 1, wanted + 1))
        until = size * short + wanted * (left + 1) / (bad + 1) * max(over, 0.0)
        return min(until, float(size))


def _none_among(size: int, good: int, bad: int) -> float:
    """C(good, size) / C(good + bad, size) by the shorter of its two products."""
    chance = 1.0
    total = good + bad
    few, many = (size, bad) if size < bad else (bad, size)
    for place in range(few):
        chance *= (total - many - place) / (total - place)
        if chance == 0.0:
            break
    return chance


def nonconforming_in_lot(lot_size: int, percent: float) -> int:
    """Whole nonconforming items nearest to `percent` of the lot, halves counted up."""
    return min(lot_size, floor(percent * lot_size / 100 + 0.5))
