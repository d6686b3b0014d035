"""Between a query and ``sampling``: lists out of text, limits on work, errors as problems.

Pure: no database, no request. ``sampling`` names what is wrong with an argument; here that name
becomes a pointer and both its sentences travel to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from typing import Any

import orjson

from sampling import Plan, SamplingError, export_tables, find_plan
from sampling.code_letters import check_lot_size
from sampling.comparison import compare_types, pull_lever
from sampling.curves import operating_characteristic
from sampling.errors import check_choice, check_integer
from sampling.selection import draw_item_numbers, draw_stages
from schemas.sampling import LOT_PROPERTIES, whole_number_or_text
from server.errors import VALIDATION_FAILED, FieldError, Problem, Text

POINTS_MAX = 200
LOTS_MAX = 100
LOT_SIZES_MAX = 20
"""Different lot sizes in one question: each costs the risks of a plan, some milliseconds."""

_STEP = re.compile(r"[^\[\].]+")
_TOO_MANY = Text(
    "最多 {limit} 个，收到 {given} 个", "At most {limit} are allowed, {given} arrived."
)
_NOT_ONE_A_LOT = Text(
    "应为每批一个，共 {lots} 个，收到 {given} 个",
    "One for each of the {lots} lots is expected, {given} arrived.",
)
Arguments = Mapping[str, Any]


@contextmanager
def refusals_named() -> Iterator[None]:
    """Turn a refusal of ``sampling`` into a problem that points at the argument."""
    try:
        yield
    except SamplingError as error:
        raise Problem(VALIDATION_FAILED, [field_error(error)]) from error


def field_error(error: SamplingError, prefix: str = "") -> FieldError:
    """*error* at its place: ``lots[3].lot_size`` becomes ``/lots/3/lot_size``."""
    pointer = prefix + "".join(f"/{step}" for step in _STEP.findall(error.argument))
    told = {"zh": error.message("zh-CN"), "en": error.message("en")}
    return FieldError(pointer, Text("{zh}", "{en}"), told)


def describe_plan(arguments: Arguments, language: str) -> dict[str, Any]:
    """The plan for a lot, how sure its cells are, and the way to it in words."""
    with refusals_named():
        plan = find_plan(**arguments)
    return {
        **plan.to_dict(),
        "confidence": plan.confidence,
        "path": [step._asdict() for step in plan.path],
        "explanation": list(plan.explain(language)),
    }


def describe_curve(arguments: Arguments) -> dict[str, Any]:
    """The operating characteristic of a plan with its key figures."""
    rest = dict(arguments)
    at, law, curtailed = (rest.pop(name) for name in ("at", "distribution", "curtailed"))
    points = None if at is None else _parts("at", at, POINTS_MAX)
    with refusals_named():
        plan: Plan = find_plan(**rest)
        return operating_characteristic(plan, points, law, curtailed=curtailed).to_dict()


def compare(arguments: Arguments) -> dict[str, Any]:
    """Single, double and multiple sampling of the same lot side by side."""
    with refusals_named():
        return {"plans": [figures.to_dict() for figures in compare_types(**arguments)]}


def lever(arguments: Arguments) -> dict[str, Any]:
    """The same goods as several lots and as one, if they may be one."""
    rule = {name: value for name, value in arguments.items() if name not in LOT_PROPERTIES}
    with refusals_named():
        sizes = _lot_sizes(rule.pop("lot_sizes"))
        return pull_lever(sizes, **rule, alike=_properties(arguments, len(sizes))).to_dict()


def _lot_sizes(text: str) -> list[int]:
    """``50,50,60`` or ``10x50``."""
    sizes: list[int] = []
    for place, part in enumerate(_parts("lot_sizes", text, LOTS_MAX)):
        times, cross, size = part.partition("x")
        count = whole_number_or_text(times) if cross else 1
        repeated = check_integer(f"lot_sizes[{place}]", count, 1, LOTS_MAX)
        checked = whole_number_or_text(size if cross else part)
        sizes += [check_lot_size(checked, f"lot_sizes[{place}]")] * repeated
    _require_at_most("lot_sizes", len(sizes), LOTS_MAX)
    _require_at_most("lot_sizes", len(set(sizes)), LOT_SIZES_MAX)
    check_lot_size(sum(sizes), "lot_sizes")
    return sizes


def _properties(arguments: Arguments, lots: int) -> list[dict[str, str]]:
    """What is known of each lot, out of one list for each property."""
    known: list[dict[str, str]] = [{} for _ in range(lots)]
    for name in LOT_PROPERTIES:
        if name not in arguments:
            continue
        values = arguments[name].split(",")
        if len(values) != lots:
            told = {"lots": lots, "given": len(values)}
            raise Problem(VALIDATION_FAILED, [FieldError(f"/{name}", _NOT_ONE_A_LOT, told)])
        for lot, value in zip(known, values, strict=True):
            lot[name] = value.strip()
    return known if known[0] else []


def draw(arguments: Arguments) -> dict[str, Any]:
    """The numbers of the items to open, the same again for the same seed."""
    lot_size, seed, method = (arguments[name] for name in ("lot_size", "seed", "method"))
    with refusals_named():
        check_lot_size(lot_size)
        sizes = _counts("sample_size", arguments["sample_size"], lot_size)
        if len(sizes) > 1:
            # The stages of one plan are parts of one simple draw; nothing else is defined.
            check_choice("method", method, ("simple",))
            stages = draw_stages(lot_size, sizes, seed)
        else:
            text = arguments["strata"]
            strata = None if text is None else _counts("strata", text, lot_size)
            stages = (draw_item_numbers(lot_size, sizes[0], seed, method, strata),)
    return {
        "lot_size": lot_size,
        "seed": seed,
        "method": method,
        "stages": [list(stage) for stage in stages],
    }


def _counts(argument: str, text: str, largest: int) -> list[int]:
    numbers = [whole_number_or_text(part) for part in _parts(argument, text, LOTS_MAX)]
    if len(numbers) == 1:
        return [check_integer(argument, numbers[0], 1, largest)]
    return [
        check_integer(f"{argument}[{place}]", number, 1, largest)
        for place, number in enumerate(numbers)
    ]


def _parts(argument: str, text: str, limit: int) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    _require_at_most(argument, len(parts), limit)
    return parts


def _require_at_most(argument: str, given: int, limit: int) -> None:
    if given > limit:
        told = {"limit": limit, "given": given}
        raise Problem(VALIDATION_FAILED, [FieldError(f"/{argument}", _TOO_MANY, told)])


def tables(edition: str) -> tuple[bytes, str]:
    """All tables of an edition as JSON, and the hash of that text."""
    with refusals_named():
        return _tables(edition)


@cache
def _tables(edition: str) -> tuple[bytes, str]:
    body = orjson.dumps(export_tables(edition))
    return body, sha256(body).hexdigest()
