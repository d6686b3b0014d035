"""What the commands of ``python -m sampling`` share: arguments, languages, output, errors."""

import argparse
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sampling.errors import SamplingError
from sampling.plans import Plan, find_plan
from sampling.vocabulary import word

_WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}", re.ASCII)


def whole_number(text: str) -> int | str:
    """An int when the text is one; otherwise the text, for the library to refuse by name."""
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


def add_plan_arguments(parser: argparse.ArgumentParser, *, with_lot_size: bool = True) -> None:
    """The arguments of `find_plan`, as every command that needs a plan takes them."""
    if with_lot_size:
        parser.add_argument("--lot-size", required=True, type=whole_number, help="批量 / lot size")
    parser.add_argument("--aql", required=True, help="接收质量限 / acceptance quality limit")
    parser.add_argument("--level", default="II", help="检验水平 / inspection level (II)")
    parser.add_argument("--severity", default="normal", help="normal | tightened | reduced")
    parser.add_argument("--type", default="single", help="single | double | multiple")
    parser.add_argument("--measure", help="percent_nonconforming | nonconformities_per_100_items")
    add_output_arguments(parser)


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """``--json`` for programs, ``--language`` for people."""
    parser.add_argument("--json", action="store_true", help="JSON 输出 / for programs")
    parser.add_argument("--language", choices=("zh-CN", "en"), help="语言 / language")


def plan_from(options: argparse.Namespace) -> Plan:
    """The plan the arguments ask for. Raises `SamplingError` like `find_plan`."""
    return find_plan(
        lot_size=options.lot_size,
        aql=options.aql,
        inspection_level=options.level,
        inspection_severity=options.severity,
        plan_type=options.type,
        quality_measure=options.measure,
    )


def as_json(document: dict[str, Any]) -> str:
    """JSON as the command line prints it."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


def as_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns set flush right, Chinese characters counted as two cells wide."""
    lines = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            " " * (width - _width(cell)) + cell for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def describe_plan(plan: Plan, language: str) -> str:
    """A plan for people: heading, table of stages, and the way to it."""
    chinese = language == "zh-CN"
    heading = (
        f"{plan.standard}  {word(plan.plan_type, language)}  "
        f"{word(plan.inspection_severity, language)}  AQL {plan.aql}"
    )
    header = (
        ("样本", "样本量", "累计样本量", "Ac", "Re")
        if chinese
        else ("sample", "size", "cumulative", "Ac", "Re")
    )
    rows = [
        (
            stage.stage,
            stage.sample_size,
            stage.cumulative_sample_size,
            "#" if stage.acceptance_number is None else stage.acceptance_number,
            stage.rejection_number,
        )
        for stage in plan.stages
    ]
    return "\n".join((heading, as_table(header, rows), "", *plan.explain(language)))


def error_text(error: SamplingError, language: str | None) -> str:
    """The mistake in the language asked for, or in both when none was."""
    languages = (language,) if language else ("zh-CN", "en")
    return "\n".join(error.message(tag) for tag in languages)
