"""The tables of a standard's edition, read from data files.

One folder is one edition, one file is one table, printed as the standard prints it. A new edition
is a new folder: nothing in the code names a value of a table.
"""

import json
import os
from functools import cache
from typing import Any, Final

from sampling.errors import SamplingError

_HERE: Final = os.path.dirname(os.path.abspath(__file__))
CONFIDENCE_MARKS: Final = {"c": "confirmed", "s": "single_source", "u": "unconfirmed"}


@cache
def editions() -> tuple[str, ...]:
    """Names of the editions at hand, e.g. ``gbt-2828.1-2012``."""
    found = (entry.name for entry in os.scandir(_HERE) if entry.is_dir())
    return tuple(sorted(name for name in found if os.path.exists(f"{_HERE}/{name}/edition.json")))


def check_edition(edition: object) -> None:
    """Raise `SamplingError` unless the edition is one of `editions()`."""
    if not isinstance(edition, str) or edition not in editions():
        raise SamplingError("not-one-of", "edition", edition, editions())


@cache
def load_edition(edition: str) -> dict[str, Any]:
    """The description of one edition: standard, title, code letters, AQLs, list of tables.

    Raises
    ------
    SamplingError
        `edition` is not one of `editions()`.
    """
    check_edition(edition)
    return _read(edition, "edition")


@cache
def load_table(edition: str, table: str) -> dict[str, Any]:
    """One table as it stands in its file. Callers share it and must not change it.

    Parameters
    ----------
    edition : str
        One of `editions()`.
    table : str
        Number in the standard, e.g. ``1``, ``2-A``, ``4-C``.

    Raises
    ------
    SamplingError
        No such edition, or the edition has no such table.
    """
    tables = load_edition(edition)["tables"]
    if table not in tables:
        raise SamplingError("not-one-of", "table", table, tables)
    return _read(edition, f"table-{table.lower()}")


def export_tables(edition: str) -> dict[str, Any]:
    """The edition with all its tables as one JSON-ready document, for a phone to work offline.

    Shape: the edition's own fields, with ``tables`` a list of table documents in the order of
    the standard.
    """
    check_edition(edition)
    description = load_edition(edition)
    return {
        **description,
        "tables": [load_table(edition, table) for table in description["tables"]],
    }


def _read(edition: str, name: str) -> dict[str, Any]:
    with open(f"{_HERE}/{edition}/{name}.json", encoding="utf-8") as file:
        content: dict[str, Any] = json.load(file)
    return content
