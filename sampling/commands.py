"""The commands of ``python -m sampling``: arguments in, text for people or JSON out."""

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TextIO

from sampling.command_line import (
    add_output_arguments,
    add_plan_arguments,
    as_json,
    as_table,
    describe_plan,
    plan_from,
    whole_number,
)
from sampling.comparison import PlanFigures, compare_types, plans_that_protect, pull_lever
from sampling.curves import OperatingCharacteristic, operating_characteristic
from sampling.errors import SamplingError, check_choice
from sampling.history import ReplayedLot, replay
from sampling.selection import draw_item_numbers, draw_stages
from sampling.tables import export_tables
from sampling.vocabulary import DEFAULT_EDITION, word

Command = Callable[[argparse.Namespace, TextIO], str]
Subparsers = Any  # argparse keeps the type of its subparsers to itself


def add_commands(commands: Subparsers) -> None:
    """Declare every command with its arguments and the function that runs it."""
    plan = commands.add_parser("plan", help="抽样方案 / the sampling plan for a lot")
    add_plan_arguments(plan)
    plan.set_defaults(run=run_plan)

    curve = commands.add_parser("oc", help="抽检特性曲线 / operating characteristic and risks")
    add_plan_arguments(curve)
    curve.add_argument("--at", help="质量水平，如 0.5,1,2 / qualities, e.g. 0.5,1,2")
    curve.add_argument("--distribution", help="binomial | poisson | hypergeometric")
    curve.add_argument("--curtailed", action="store_true", help="截尾 / stop the last stage at Re")
    curve.set_defaults(run=run_curve)

    switch = commands.add_parser("switch", help="转移规则 / switching rules; history on stdin")
    add_output_arguments(switch)
    switch.set_defaults(run=run_switch)

    compare = commands.add_parser("compare", help="一次、二次、多次对比 / types side by side")
    add_plan_arguments(compare)
    compare.set_defaults(run=run_compare)

    lever = commands.add_parser("lever", help="合批助手 / the same goods as several lots or one")
    lever.add_argument("--lots", required=True, help="各批批量，如 50,50,60 或 10x50 / lot sizes")
    lever.add_argument("--batches", help="各批的供方批号 / supplier batch numbers, one a lot")
    add_plan_arguments(lever, with_lot_size=False)
    lever.set_defaults(run=run_lever)

    draw = commands.add_parser("draw", help="随机抽取编号 / item numbers to open")
    draw.add_argument("--lot-size", required=True, type=whole_number, help="批量 / lot size N")
    draw.add_argument(
        "--sample-size", required=True, help="样本量，如 80，或各样本 20,20 / n, or one a stage"
    )
    draw.add_argument("--seed", required=True, help="种子 / seed, kept on the record")
    draw.add_argument("--method", default="simple", help="simple | systematic | stratified")
    draw.add_argument("--strata", help="各层件数，如 400,600 / items in each pallet or carton")
    add_output_arguments(draw)
    draw.set_defaults(run=run_draw)

    protect = commands.add_parser("protect", help="按保护要求选方案 / plans for a protection")
    protect.add_argument("--lot-size", required=True, type=whole_number, help="批量 / lot size N")
    protect.add_argument("--quality", required=True, help="难以接收的质量 / quality to keep out")
    protect.add_argument("--risk", default="0.1", help="接收概率上限 / largest chance (0.1)")
    protect.add_argument("--type", default="single", help="single | double | multiple")
    add_output_arguments(protect)
    protect.set_defaults(run=run_protect)

    tables = commands.add_parser("tables", help="导出全部表 / all tables as JSON")
    tables.add_argument("--edition", default=DEFAULT_EDITION)
    add_output_arguments(tables)
    tables.set_defaults(run=run_tables)


def run_plan(options: argparse.Namespace, _: TextIO) -> str:
    """``plan``."""
    plan = plan_from(options)
    if not options.json:
        return describe_plan(plan, options.language)
    if not plan.is_confirmed:
        # The document's shape is fixed; whoever reads it must still learn of the doubt.
        options.notes.append(word(plan.confidence, options.language))
    return as_json(plan.to_dict())


def run_curve(options: argparse.Namespace, _: TextIO) -> str:
    """``oc``."""
    at = None if options.at is None else options.at.split(",")
    curve = operating_characteristic(
        plan_from(options), at, options.distribution, curtailed=options.curtailed
    )
    return as_json(curve.to_dict()) if options.json else _describe_curve(curve, options.language)


_CURVE_WORDS: Final = {
    "zh-CN": (
        ("质量", "接收概率", "平均样本量", "平均检出质量"),
        ("生产方风险（AQL 处）", "95 % 接收的质量", "50 % 接收的质量", "使用方风险质量（10 %）"),
    ),
    "en": (
        ("quality", "P(accept)", "ASN", "AOQ"),
        ("producer's risk at the AQL", "quality at 95 %", "quality at 50 %", "quality at 10 %"),
    ),
}


def _describe_curve(curve: OperatingCharacteristic, language: str) -> str:
    header, names = _CURVE_WORDS[language]
    rows = [
        (quality, f"{outcome.pa:.4f}", f"{outcome.asn:.1f}", f"{outcome.aoq:.4f}")
        for quality, outcome in curve.points
    ]
    figures = (
        curve.producer_risk,
        curve.quality_95,
        curve.quality_50,
        curve.consumer_quality_10,
    )
    lines = [f"{name}: {_figure(value)}" for name, value in zip(names, figures, strict=True)]
    return "\n".join(
        (
            describe_plan(curve.plan, language),
            "",
            word(curve.distribution, language),
            as_table(header, rows),
            "",
            *lines,
            f"AOQL: {_figure(curve.aoql)}",
        )
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def run_switch(options: argparse.Namespace, source: TextIO) -> str:
    """``switch``: the history comes from standard input."""
    try:
        history = json.load(source)
    except ValueError as error:
        raise SamplingError("wrong-shape", "history", str(error), ("JSON text",)) from None
    steps = replay(history)
    if options.json:
        return as_json({"lots": [step.to_dict() for step in steps]})
    return _describe_history(steps, options.language)


def _describe_history(steps: Sequence[ReplayedLot], language: str) -> str:
    header = (
        ("批", "检验", "字码", "n", "结果", "得分", "下一批", "说明")
        if language == "zh-CN"
        else ("lot", "inspection", "letter", "n", "decision", "score", "next", "why")
    )
    return as_table(
        header,
        [
            (
                step.lot,
                word(step.before.severity, language),
                step.plan.plan_code_letter,
                step.plan.items_to_inspect,
                word(step.result.decision, language),
                "–" if step.switching_score is None else step.switching_score,
                word(step.after.severity, language),
                step.after.explain(language),
            )
            for step in steps
        ],
    )


def run_compare(options: argparse.Namespace, _: TextIO) -> str:
    """``compare``."""
    figures = compare_types(
        options.lot_size,
        options.aql,
        options.level,
        options.severity,
        quality_measure=options.measure,
    )
    if options.json:
        return as_json({"plans": [item.to_dict() for item in figures]})
    return describe_figures(figures, options.language)


def describe_figures(figures: Sequence[PlanFigures], language: str) -> str:
    """Plans side by side, a line a plan."""
    header = (
        (
            "方案", "AQL", "水平", "字码", "样本", "最多", "平均", "生产方风险", "10 % 质量",
            "AOQL", "",
        )
        if language == "zh-CN"
        else (
            "plan", "AQL", "level", "letter", "samples", "at most", "ASN", "producer's risk",
            "10 % quality", "AOQL", "",
        )
    )  # fmt: skip
    return as_table(header, [_figures_row(item, language) for item in figures])


def _figures_row(figures: PlanFigures, language: str) -> tuple[object, ...]:
    plan = figures.plan
    stages = plan.inspection_stages
    size = stages[0].sample_size
    return (
        word(plan.plan_type, language),
        plan.aql,
        plan.inspection_level,
        plan.plan_code_letter,
        f"{len(stages)}×{size}",
        figures.items_at_most,
        f"{figures.asn_at_aql:.1f}",
        f"{figures.producer_risk:.4f}",
        _figure(figures.consumer_quality_10),
        _figure(figures.aoql),
        "" if plan.is_confirmed else word(plan.confidence, language),
    )


def run_lever(options: argparse.Namespace, _: TextIO) -> str:
    """``lever``."""
    sizes = _lot_sizes(options.lots)
    batches = options.batches.split(",") if options.batches else []
    lever = pull_lever(
        sizes,
        options.aql,
        options.level,
        options.severity,
        options.type,
        alike=[{"supplier_batch_number": batch} for batch in batches],
    )
    if options.json:
        return as_json(lever.to_dict())
    chinese = options.language == "zh-CN"
    closing = (
        f"分开检验最多 {lever.items_separate} 件，合为一批最多 {lever.items_merged} 件；"
        f"AQL 质量下各批全部接收的概率 {lever.all_accepted_separate:.4f}，"
        f"合批接收的概率 {1 - lever.merged.producer_risk:.4f}。"
        "只有产品、供方、批号和条件相同的货物才可合为一批。"
        if chinese
        else f"separate: {lever.items_separate} items at most; merged: {lever.items_merged}; "
        f"chance at the AQL that all lots are accepted {lever.all_accepted_separate:.4f}, "
        f"that the one lot is {1 - lever.merged.producer_risk:.4f}. "
        "Only goods of the same product, supplier, batch and condition may be one lot."
    )
    different = list({item.plan.lot_size: item for item in lever.separate}.values())
    table = describe_figures((*different, lever.merged), options.language)
    return f"{table}\n\n{closing}"


def _lot_sizes(text: str) -> list[Any]:
    """``50,50,60`` or ``10x50``; what is no number stays text, to be refused by name."""
    sizes: list[Any] = []
    for part in text.split(","):
        times, cross, size = part.partition("x")
        count = whole_number(times)
        if cross and isinstance(count, int) and 1 <= count <= 1000:
            sizes.extend([whole_number(size)] * count)
        else:
            sizes.append(whole_number(part))
    return sizes


def run_draw(options: argparse.Namespace, _: TextIO) -> str:
    """``draw``."""
    sizes = [whole_number(part) for part in str(options.sample_size).split(",")]
    strata = options.strata and [whole_number(part) for part in options.strata.split(",")]
    stages: Sequence[Sequence[int]]
    if len(sizes) > 1:
        # The stages of one plan are parts of one simple draw; nothing else is defined for them.
        check_choice("method", options.method, ("simple",))
        stages = draw_stages(options.lot_size, sizes, options.seed)  # type: ignore[arg-type]
    else:
        items = draw_item_numbers(
            options.lot_size,
            sizes[0],  # type: ignore[arg-type]  # text is refused by name
            options.seed,
            options.method,
            strata,
        )
        stages = (items,)
    if options.json:
        return as_json(
            {
                "lot_size": options.lot_size,
                "seed": options.seed,
                "method": options.method,
                "stages": [list(stage) for stage in stages],
            }
        )
    return "\n".join(" ".join(map(str, stage)) for stage in stages)


def run_protect(options: argparse.Namespace, _: TextIO) -> str:
    """``protect``."""
    figures = plans_that_protect(
        options.lot_size,
        _number("quality", options.quality),
        _number("risk", options.risk),
        plan_type=options.type,
    )
    if options.json:
        return as_json({"plans": [item.to_dict() for item in figures]})
    return describe_figures(figures, options.language)


def _number(argument: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SamplingError("not-a-number", argument, text, ("0.1", "1", "2.5")) from None


def run_tables(options: argparse.Namespace, _: TextIO) -> str:
    """``tables``: always JSON, for a phone or another program."""
    return as_json(export_tables(options.edition))
