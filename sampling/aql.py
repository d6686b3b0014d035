"""Acceptance quality limits: the 26 preferred values and what they may measure (clause 5.2)."""

import re
from bisect import bisect_left
from decimal import Decimal
from typing import Final

from sampling.errors import SamplingError
from sampling.vocabulary import AQLS, LARGEST_PERCENT_AQL, QUALITY_MEASURES

_VALUES: Final = tuple(Decimal(text) for text in AQLS)
_BY_TEXT: Final = {text: text for text in AQLS}
_BY_VALUE: Final = dict(zip(_VALUES, AQLS, strict=True))
_PLAIN_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
_ONLY_PER_100_ITEMS: Final = frozenset(AQLS[AQLS.index(LARGEST_PERCENT_AQL) + 1 :])


def canonical_aql(aql: object, argument: str = "aql") -> str:
    """The preferred value as the standard prints it, e.g. ``2.50`` → ``2.5``.

    Parameters
    ----------
    aql : str or Decimal
        Percent nonconforming or nonconformities per 100 items. A float is refused: 0.1 is not
        a number a float can hold.

    Raises
    ------
    SamplingError
        Not text or Decimal, not a number, or between two preferred values (the error names
        the nearest two).

    Notes
    -----
    Source: GB/T 2828.1-2012, 5.2.
    """
    if isinstance(aql, str):
        printed = _BY_TEXT.get(aql)
        if printed is not None:
            return printed
        if not _PLAIN_DECIMAL.fullmatch(aql):
            raise SamplingError("aql-not-a-number", argument, aql, AQLS)
        value = Decimal(aql)
    elif isinstance(aql, Decimal):
        if not aql.is_finite():
            raise SamplingError("aql-not-a-number", argument, aql, AQLS)
        value = aql
    else:
        raise SamplingError("aql-not-text", argument, aql, ("text or Decimal", *AQLS))
    printed = _BY_VALUE.get(value)
    if printed is None:
        raise SamplingError("aql-not-preferred", argument, aql, _nearest_two(value))
    return printed


def _nearest_two(value: Decimal) -> tuple[str, str]:
    above = min(max(bisect_left(_VALUES, value), 1), len(_VALUES) - 1)
    return AQLS[above - 1], AQLS[above]


def check_quality_measure(aql: str, quality_measure: str | None) -> str:
    """What a (canonical) AQL measures, checked when stated and chosen when not.

    Up to 10 an unstated measure is taken as percent nonconforming; above 10 the standard leaves
    only nonconformities per 100 items.

    Raises
    ------
    SamplingError
        An unknown measure, or percent nonconforming with an AQL above 10.

    Notes
    -----
    Source: GB/T 2828.1-2012, 5.2.
    """
    percent, per_100_items = QUALITY_MEASURES
    if quality_measure is None:
        return per_100_items if aql in _ONLY_PER_100_ITEMS else percent
    if not isinstance(quality_measure, str) or quality_measure not in QUALITY_MEASURES:
        raise SamplingError("not-one-of", "quality_measure", quality_measure, QUALITY_MEASURES)
    if quality_measure == percent and aql in _ONLY_PER_100_ITEMS:
        raise SamplingError(
            "aql-only-per-100-items", "quality_measure", quality_measure, (per_100_items,)
        )
    return quality_measure


def one_step_tighter(aql: str) -> str | None:
    """The next smaller preferred value, or None below 0.010 (used by the switching score)."""
    place = AQLS.index(canonical_aql(aql))
    return AQLS[place - 1] if place else None
