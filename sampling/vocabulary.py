"""The words of the standard, spelled once.

Source: GB/T 2828.1-2012 (identical to ISO 2859-1:1999), clauses 3, 5, 9 and 10.
Values are plain text because they travel through JSON, databases and phones unchanged.
"""

from typing import Final, Literal, TypeAlias

InspectionLevel: TypeAlias = Literal["S-1", "S-2", "S-3", "S-4", "I", "II", "III"]
InspectionSeverity: TypeAlias = Literal["normal", "tightened", "reduced"]
PlanType: TypeAlias = Literal["single", "double", "multiple"]
QualityMeasure: TypeAlias = Literal["percent_nonconforming", "nonconformities_per_100_items"]
Confidence: TypeAlias = Literal["confirmed", "single_source", "unconfirmed"]
LotVerdict: TypeAlias = Literal["accepted", "not_accepted"]
Verdict: TypeAlias = Literal["accepted", "not_accepted", "undecided"]
Language: TypeAlias = Literal["zh-CN", "en"]

DEFAULT_EDITION: Final = "gbt-2828.1-2012"

INSPECTION_LEVELS: Final = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
INSPECTION_SEVERITIES: Final = ("normal", "tightened", "reduced")
PLAN_TYPES: Final = ("single", "double", "multiple")
QUALITY_MEASURES: Final = ("percent_nonconforming", "nonconformities_per_100_items")
NONCONFORMITY_CLASSES: Final = ("A", "B", "C")

# The 26 preferred values of clause 5.2, written as the standard prints them.
AQLS: Final = (
    "0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65",
    "1.0", "1.5", "2.5", "4.0", "6.5", "10", "15", "25", "40", "65",
    "100", "150", "250", "400", "650", "1000",
)  # fmt: skip

# Clause 5.2: above this value an AQL can only count nonconformities per 100 items.
LARGEST_PERCENT_AQL: Final = "10"

# Table 1 begins at a lot of two; its last row is open, and this bound only catches typing slips.
SMALLEST_LOT_SIZE: Final = 2
LARGEST_LOT_SIZE: Final = 1_000_000_000

WORDS: Final[dict[str, tuple[str, str]]] = {
    "normal": ("正常检验", "normal inspection"),
    "tightened": ("加严检验", "tightened inspection"),
    "reduced": ("放宽检验", "reduced inspection"),
    "discontinued": ("暂停检验", "inspection discontinued"),
    "single": ("一次抽样", "single sampling"),
    "double": ("二次抽样", "double sampling"),
    "multiple": ("多次抽样", "multiple sampling"),
    "accepted": ("接收", "accepted"),
    "not_accepted": ("不接收", "not accepted"),
    "undecided": ("未判定", "undecided"),
    "confirmed": ("已核对", "confirmed"),
    "single_source": ("待核对（仅一处来源）", "to be confirmed (single source)"),
    "unconfirmed": ("待核对（未确认）", "to be confirmed (unconfirmed)"),
    "percent_nonconforming": ("不合格品百分数", "percent nonconforming"),
    "nonconformities_per_100_items": ("每百单位产品不合格数", "nonconformities per 100 items"),
    "binomial": ("二项分布", "binomial"),
    "poisson": ("泊松分布", "Poisson"),
    "hypergeometric": ("超几何分布", "hypergeometric"),
}


def word(value: str, language: str) -> str:
    """A vocabulary value as people read it.

    Parameters
    ----------
    value : str
        One of the keys of `WORDS`; anything else comes back unchanged.
    language : str
        A language tag; every tag that begins with ``zh`` gives Chinese, all others English.
    """
    chinese, english = WORDS.get(value, (value, value))
    return chinese if language.lower().startswith("zh") else english
