"""From lot, AQL, level and severity to the sampling plan, arrows followed.

Source: GB/T 2828.1-2012 (identical to ISO 2859-1:1999), 10.3 and Tables 2-A to 4-C.
"""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

from sampling.aql import canonical_aql, check_quality_measure
from sampling.code_letters import check_lot_size, code_letter_table
from sampling.errors import check_choice
from sampling.tables import CONFIDENCE_MARKS, check_edition, load_edition, load_table
from sampling.vocabulary import (
    DEFAULT_EDITION,
    INSPECTION_LEVELS,
    INSPECTION_SEVERITIES,
    PLAN_TYPES,
    word,
)

_TABLE_NUMBERS: Final = {"single": "2", "double": "3", "multiple": "4"}
_TABLE_PARTS: Final = {"normal": "A", "tightened": "B", "reduced": "C"}
_DOWN, _UP, _USE_SINGLE, _USE_DOUBLE = "↓", "↑", "*", "++"
_WORST_FIRST: Final = ("unconfirmed", "single_source", "confirmed")


class Stage(NamedTuple):
    """One sample of a plan and what its result means; counts are cumulative.

    Attributes
    ----------
    stage : int
        1 … 5.
    sample_size, cumulative_sample_size : int
        Items drawn at this stage, and with all stages before it.
    acceptance_number : int or None
        Ac; None where the standard does not permit acceptance at this stage (“#”).
    rejection_number : int
        Re.
    """

    stage: int
    sample_size: int
    cumulative_sample_size: int
    acceptance_number: int | None
    rejection_number: int


class TableStep(NamedTuple):
    """One cell looked at on the way to a plan: the table, the letter, and what stood there."""

    table: str
    code_letter: str
    cell: str


class TablePlan(NamedTuple):
    """What a cell of a master table leads to, whatever the lot: shared by all lots."""

    plan_type: str
    code_letter: str
    stages: tuple[Stage, ...]
    path: tuple[TableStep, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan for one lot and one nonconformity class, with where it comes from.

    Attributes
    ----------
    lot_size : int
        Items in the lot.
    aql : str
        Preferred value as the standard prints it; unit by `quality_measure`.
    inspection_level, inspection_severity : str
        As asked for.
    quality_measure : str
        ``percent_nonconforming`` or ``nonconformities_per_100_items``.
    code_letter : str
        Table 1's letter; `plan_code_letter` is that of the plan at the end of the arrows.
    edition : str
        Folder of the tables used.
    table_plan : TablePlan
        Stages, path and confidence of the cell.
    """

    lot_size: int
    aql: str
    inspection_level: str
    inspection_severity: str
    quality_measure: str
    code_letter: str
    edition: str
    table_plan: TablePlan

    @property
    def standard(self) -> str:
        """Name of the standard, e.g. ``GB/T 2828.1-2012``."""
        return str(load_edition(self.edition)["standard"])

    @property
    def plan_type(self) -> str:
        """Type of the plan given, which is not the type asked for where the table says so."""
        return self.table_plan.plan_type

    @property
    def plan_code_letter(self) -> str:
        """Letter of the plan that is used, at the end of the arrows."""
        return self.table_plan.code_letter

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages as the table has them, even where the lot is smaller than the sample."""
        return self.table_plan.stages

    @property
    def full_inspection(self) -> bool:
        """Whether the plan's sample, all stages together, would take the whole lot (10.3)."""
        return self.stages[-1].cumulative_sample_size >= self.lot_size

    @property
    def inspection_stages(self) -> tuple[Stage, ...]:
        """What is really to be inspected: `stages`, or the whole lot at once.

        Under 100 % inspection the lot is judged by the numbers of the last stage.
        """
        if not self.full_inspection:
            return self.stages
        last = self.stages[-1]
        return (
            Stage(1, self.lot_size, self.lot_size, last.acceptance_number, last.rejection_number),
        )

    @property
    def items_to_inspect(self) -> int:
        """Items to open when every stage is drawn; never more than the lot has."""
        return self.inspection_stages[-1].cumulative_sample_size

    @property
    def path(self) -> tuple[TableStep, ...]:
        """The cells that were looked at, the last being the plan's own."""
        return self.table_plan.path

    @property
    def confidence(self) -> str:
        """``confirmed``, ``single_source`` or ``unconfirmed``: the worst mark on the way."""
        marks = (self.table_plan.confidence, self._letter_confidence())
        return next(mark for mark in _WORST_FIRST if mark in marks)

    @property
    def is_confirmed(self) -> bool:
        """Whether the numbers may be shown without “to be confirmed” (待核对)."""
        return self.confidence == "confirmed"

    def _letter_confidence(self) -> str:
        table = code_letter_table(self.edition)
        row = bisect_right(table.lot_sizes_from, self.lot_size) - 1
        return table.confidence[self.inspection_level][row]

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready data, in the shape other programs rely on."""
        return {
            "standard": self.standard,
            "lot_size": self.lot_size,
            "aql": self.aql,
            "inspection_level": self.inspection_level,
            "inspection_severity": self.inspection_severity,
            "plan_type": self.plan_type,
            "code_letter": self.code_letter,
            "plan_code_letter": self.plan_code_letter,
            "stages": [stage._asdict() for stage in self.stages],
            "full_inspection": self.full_inspection,
        }

    def to_record(self) -> dict[str, Any]:
        """`to_dict` with everything a record must keep: edition, measure, confidence, path."""
        return {
            **self.to_dict(),
            "edition": self.edition,
            "quality_measure": self.quality_measure,
            "items_to_inspect": self.items_to_inspect,
            "confidence": self.confidence,
            "path": [step._asdict() for step in self.path],
        }

    def explain(self, language: str = "zh-CN") -> tuple[str, ...]:
        """The way to the plan in sentences, one for each step, in ``zh-CN`` or ``en``."""
        return explain_plan(self, language)


def find_plan(
    lot_size: int,
    aql: str | Decimal,
    inspection_level: str = "II",
    inspection_severity: str = "normal",
    plan_type: str = "single",
    *,
    quality_measure: str | None = None,
    edition: str = DEFAULT_EDITION,
) -> Plan:
    """The sampling plan of the standard for one lot.

    Parameters
    ----------
    lot_size : int
        Items in the lot, 2 … 10⁹.
    aql : str or Decimal
        One of the 26 preferred values, 0.010 … 1000 [percent nonconforming or nonconformities
        per 100 items].
    inspection_level : str
        ``S-1``, ``S-2``, ``S-3``, ``S-4``, ``I``, ``II`` or ``III``.
    inspection_severity : str
        ``normal``, ``tightened`` or ``reduced``.
    plan_type : str
        ``single``, ``double`` or ``multiple``. Where the table sends a cell to another type,
        the plan given is of that type and says so.
    quality_measure : str, optional
        ``percent_nonconforming`` (AQL up to 10) or ``nonconformities_per_100_items``.
    edition : str
        Folder of the tables.

    Returns
    -------
    Plan

    Raises
    ------
    SamplingError
        An argument outside its range; the error names it, its value and what is allowed.

    Notes
    -----
    Source: GB/T 2828.1-2012, 10.1 to 10.3, Tables 1 to 4-C. An arrow changes the sample size
    with the letter. A sample as large as the lot means 100 % inspection.
    """
    check_lot_size(lot_size)
    printed_aql = canonical_aql(aql)
    measure = check_quality_measure(printed_aql, quality_measure)
    check_choice("inspection_level", inspection_level, INSPECTION_LEVELS)
    check_choice("inspection_severity", inspection_severity, INSPECTION_SEVERITIES)
    check_choice("plan_type", plan_type, PLAN_TYPES)
    if edition != DEFAULT_EDITION:
        check_edition(edition)
    letters = code_letter_table(edition)
    row = bisect_right(letters.lot_sizes_from, lot_size) - 1
    letter = letters.columns[inspection_level][row]
    table_plan = plan_of_cell(edition, plan_type, inspection_severity, letter, printed_aql)
    return Plan(
        lot_size,
        printed_aql,
        inspection_level,
        inspection_severity,
        measure,
        letter,
        edition,
        table_plan,
    )


@cache
def plan_of_cell(
    edition: str, plan_type: str, inspection_severity: str, code_letter: str, aql: str
) -> TablePlan:
    """The plan a cell leads to, along arrows and references to another type of plan.

    Parameters
    ----------
    edition, plan_type, inspection_severity : str
        Choose the master table.
    code_letter, aql : str
        Choose the cell; the AQL as the standard prints it.

    Raises
    ------
    LookupError
        The tables lead nowhere, which a test rules out for every cell of every edition.
    """
    path: list[TableStep] = []
    letters: list[str] = load_edition(edition)["code_letters"]
    column = load_edition(edition)["aqls"].index(aql)
    place = letters.index(code_letter)
    marks: list[str] = []
    while len(path) < 2 * len(letters):
        name = f"{_TABLE_NUMBERS[plan_type]}-{_TABLE_PARTS[inspection_severity]}"
        row = load_table(edition, name)["rows"][place]
        cell = row["cells"][column]
        path.append(TableStep(name, letters[place], cell))
        marks.append(CONFIDENCE_MARKS[row["confidence"][column]])
        if cell == _DOWN:
            place += 1
        elif cell == _UP:
            place -= 1
        elif cell == _USE_SINGLE:
            plan_type = "single"
        elif cell == _USE_DOUBLE:
            plan_type = "double"
        else:
            worst = next(mark for mark in _WORST_FIRST if mark in marks)
            stages = _stages(cell, row["sample_sizes"])
            return TablePlan(plan_type, letters[place], stages, tuple(path), worst)
    raise LookupError(f"{edition}: no plan from {path[0]}")


def _stages(cell: str, sample_sizes: list[int]) -> tuple[Stage, ...]:
    """Stages out of a printed cell, e.g. ``#/2 0/3 0/3 1/3 3/4``."""
    stages: list[Stage] = []
    drawn = 0
    for number, (pair, size) in enumerate(zip(cell.split(), sample_sizes, strict=True), start=1):
        acceptance, rejection = pair.split("/")
        drawn += size
        allowed = None if acceptance == "#" else int(acceptance)
        stages.append(Stage(number, size, drawn, allowed, int(rejection)))
    return tuple(stages)


_STEP_WORDS: Final = {
    _DOWN: ("向下的箭头，改用下一个字码", "arrow down, on to the next letter"),
    _UP: ("向上的箭头，改用上一个字码", "arrow up, on to the letter before"),
    _USE_SINGLE: ("“*”，使用对应的一次抽样方案", "“*”, use the corresponding single plan"),
    _USE_DOUBLE: ("“++”，使用对应的二次抽样方案", "“++”, use the corresponding double plan"),
}


def explain_plan(plan: Plan, language: str) -> tuple[str, ...]:
    """See `Plan.explain`."""
    chinese = language.lower().startswith("zh")
    level, letter = plan.inspection_level, plan.code_letter
    lines = [
        f"表 1：批量 {plan.lot_size}，检验水平 {level} → 字码 {letter}"
        if chinese
        else f"Table 1: lot of {plan.lot_size}, level {level} → code letter {letter}"
    ]
    for step in plan.path:
        place = (
            f"表 {step.table}，字码 {step.code_letter}，AQL {plan.aql}"
            if chinese
            else f"Table {step.table}, letter {step.code_letter}, AQL {plan.aql}"
        )
        words = _STEP_WORDS.get(step.cell)
        found = words[0 if chinese else 1] if words else _numbers(plan)
        lines.append(f"{place}：{found}" if chinese else f"{place}: {found}")
    if plan.full_inspection:
        lines.append(
            f"样本量不小于批量：{plan.lot_size} 件全部检验"
            if chinese
            else f"the sample would take the whole lot: inspect all {plan.lot_size} items"
        )
    if not plan.is_confirmed:
        lines.append(word(plan.confidence, language))
    return tuple(lines)


def _numbers(plan: Plan) -> str:
    return "; ".join(
        f"n {stage.sample_size}, "
        f"Ac {'#' if stage.acceptance_number is None else stage.acceptance_number}, "
        f"Re {stage.rejection_number}"
        for stage in plan.stages
    )
