"""Table 1: from lot size and inspection level to the sample size code letter."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from sampling.errors import SamplingError, check_choice
from sampling.tables import CONFIDENCE_MARKS, check_edition, load_table
from sampling.vocabulary import (
    DEFAULT_EDITION,
    INSPECTION_LEVELS,
    LARGEST_LOT_SIZE,
    SMALLEST_LOT_SIZE,
)


@dataclass(frozen=True, slots=True)
class CodeLetterTable:
    """Table 1 of one edition, laid out for look-up: the lower bounds, and a column a level."""

    lot_sizes_from: tuple[int, ...]
    columns: dict[str, tuple[str, ...]]
    confidence: dict[str, tuple[str, ...]]


@cache
def code_letter_table(edition: str) -> CodeLetterTable:
    """Table 1 of an edition. Raises `SamplingError` for an edition that is not at hand."""
    table = load_table(edition, "1")
    levels, rows = table["inspection_levels"], table["rows"]
    return CodeLetterTable(
        lot_sizes_from=tuple(row["lot_size_from"] for row in rows),
        columns={
            level: tuple(row["code_letters"][place] for row in rows)
            for place, level in enumerate(levels)
        },
        confidence={
            level: tuple(CONFIDENCE_MARKS[row["confidence"][place]] for row in rows)
            for place, level in enumerate(levels)
        },
    )


def check_lot_size(lot_size: object, argument: str = "lot_size") -> int:
    """The lot size itself, when Table 1 has a row for it.

    Raises
    ------
    SamplingError
        Not an int (a float, text or bool will not do), below 2, or above 10⁹.
    """
    allowed = (f"{SMALLEST_LOT_SIZE} … {LARGEST_LOT_SIZE}",)
    if not isinstance(lot_size, int) or isinstance(lot_size, bool):
        raise SamplingError("not-an-integer", argument, lot_size, allowed)
    if not SMALLEST_LOT_SIZE <= lot_size <= LARGEST_LOT_SIZE:
        raise SamplingError("out-of-range", argument, lot_size, allowed)
    return lot_size


def find_code_letter(
    lot_size: int, inspection_level: str = "II", edition: str = DEFAULT_EDITION
) -> str:
    """Sample size code letter for a lot.

    Parameters
    ----------
    lot_size : int
        Items in the lot, 2 … 10⁹.
    inspection_level : str
        ``S-1``, ``S-2``, ``S-3``, ``S-4``, ``I``, ``II`` or ``III``.
    edition : str
        Edition whose Table 1 is read.

    Returns
    -------
    str
        A letter A … R (there is no I and no O).

    Raises
    ------
    SamplingError
        An argument outside its range.

    Notes
    -----
    Source: GB/T 2828.1-2012, 10.2 and Table 1.
    """
    check_lot_size(lot_size)
    check_choice("inspection_level", inspection_level, INSPECTION_LEVELS)
    check_edition(edition)
    table = code_letter_table(edition)
    return table.columns[inspection_level][bisect_right(table.lot_sizes_from, lot_size) - 1]
