"""The one error of this package, and everything it can say, in Chinese and in English."""

from collections.abc import Sequence
from typing import Final

_SEPARATORS: Final = {"zh-CN": "、", "en": ", "}

# code → (zh-CN, en). A code is permanent: servers and phones may rely on it.
MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "not-an-integer": (
        "{argument} 必须是整数，收到 {value}；允许：{allowed}",
        "{argument} must be a whole number, not {value}; allowed: {allowed}",
    ),
    "out-of-range": (
        "{argument} 超出范围：{value}；允许：{allowed}",
        "{argument} is out of range: {value}; allowed: {allowed}",
    ),
    "not-one-of": (
        "{argument} 不认识 {value}；允许：{allowed}",
        "{argument} does not know {value}; allowed: {allowed}",
    ),
    "aql-not-text": (
        "{argument} 必须以文本或 Decimal 给出，收到 {value}；允许：{allowed}",
        "{argument} must be given as text or Decimal, not {value}; allowed: {allowed}",
    ),
    "aql-not-preferred": (
        "{argument} {value} 不是标准的 26 个优先值；允许，最接近的两个：{allowed}",
        "{argument} {value} is not one of the standard's 26 preferred values; "
        "allowed, the nearest two: {allowed}",
    ),
    "aql-not-a-number": (
        "{argument} {value} 不是数字（小数点用“.”，不带单位）；允许：{allowed}",
        "{argument} {value} is not a number (decimal point “.”, no unit); allowed: {allowed}",
    ),
    "aql-only-per-100-items": (
        "{argument} 大于 10 时只能表示每百单位产品不合格数，不能是 {value}；允许：{allowed}",
        "with an AQL above 10, {argument} can only count nonconformities per 100 items, "
        "not {value}; allowed: {allowed}",
    ),
    "count-above-sample": (
        "{argument} 为 {value}，多于样本中的单位产品数；允许：{allowed}",
        "{argument} is {value}, more than the items in the sample; allowed: {allowed}",
    ),
    "too-many-stages": (
        "{argument} 给出 {value} 个样本的计数，多于实际应抽的样本数；允许：{allowed}",
        "{argument} gives counts for {value} samples, more than are to be drawn; "
        "allowed: {allowed}",
    ),
    "undecided-lot": (
        "{argument} 为 {value}，尚不能判定该批，还须抽取下一个样本；允许：{allowed}",
        "{argument} is {value}, which does not decide the lot: a further sample is to be drawn; "
        "allowed: {allowed}",
    ),
    "not-a-number": (
        "{argument} 必须是数字，收到 {value}；允许：{allowed}",
        "{argument} must be a number, not {value}; allowed: {allowed}",
    ),
    "not-true-or-false": (
        "{argument} 必须是 true 或 false，收到 {value}；允许：{allowed}",
        "{argument} must be true or false, not {value}; allowed: {allowed}",
    ),
    "wrong-shape": (
        "{argument} 的形式不对：{value}；应为：{allowed}",
        "{argument} has the wrong form: {value}; expected: {allowed}",
    ),
    "inspection-discontinued": (
        "{argument} 为 {value}：检验已暂停，供方采取措施并经负责部门同意（{allowed}）后方可恢复",
        "{argument} is {value}: inspection is discontinued until the supplier has acted and the "
        "responsible authority agrees ({allowed})",
    ),
    "lots-not-alike": (
        "{argument} 不一致（{value}），不能合为一批；要求：{allowed}",
        "{argument} differs between the lots ({value}), so they may not be merged; "
        "required: {allowed}",
    ),
    "no-such-plan": (
        "{argument}：{value} 找不到满足要求的方案；允许：{allowed}",
        "{argument}: no plan fulfils {value}; allowed: {allowed}",
    ),
}


class SamplingError(ValueError):
    """An argument the standard, or plain sense, does not allow.

    Attributes
    ----------
    code : str
        Permanent name of the mistake, a key of `MESSAGES`.
    argument : str
        Name of the argument at fault, e.g. ``aql`` or ``lots[3].nonconforming``.
    value : object
        What was given.
    allowed : tuple of str
        What would have been accepted: the values, or one phrase that says it.
    """

    def __init__(self, code: str, argument: str, value: object, allowed: Sequence[str]) -> None:
        self.code = code
        self.argument = argument
        self.value = value
        self.allowed = tuple(allowed)
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """The whole sentence in one language; tags beginning with ``zh`` give Chinese."""
        tag = "zh-CN" if language.lower().startswith("zh") else "en"
        chinese, english = MESSAGES[self.code]
        template = chinese if tag == "zh-CN" else english
        return template.format(
            argument=self.argument,
            value=_shown(self.value),
            allowed=_SEPARATORS[tag].join(_phrase(item, tag) for item in self.allowed),
        )

    def at(self, place: str) -> "SamplingError":
        """The same mistake found inside a larger input, e.g. ``lots[3]``."""
        return SamplingError(self.code, f"{place}.{self.argument}", self.value, self.allowed)


# What may stand in `allowed` instead of a plain value, with both readings.
PHRASES: Final[dict[str, tuple[str, str]]] = {
    "text or Decimal": ("文本或 Decimal", "text or Decimal"),
    "one per stage drawn": ("每个实际抽取的样本一个计数", "one count for each sample drawn"),
    "a list of counts": ("计数的列表", "a list of counts"),
    "a JSON object": ("JSON 对象", "a JSON object"),
    "a list of lots": ("批的列表", "a list of lots"),
    "equal for all lots": ("各批相同", "equal for all lots"),
    "resume_approved": ("resume_approved", "resume_approved"),
    "0 or more": ("0 或更大", "0 or more"),
    "text of 1 … 200 characters": ("1 … 200 个字符的文本", "text of 1 … 200 characters"),
    "JSON text": ("JSON 文本", "JSON text"),
}


def _phrase(item: str, tag: str) -> str:
    chinese, english = PHRASES.get(item, (item, item))
    return chinese if tag == "zh-CN" else english


def _shown(value: object) -> str:
    """Text in quotation marks, so that a stray blank or a wrong comma can be seen."""
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:77] + "…"


def check_choice(argument: str, value: object, allowed: Sequence[str]) -> None:
    """Raise `SamplingError` unless `value` is literally one of `allowed` (case counts)."""
    if not isinstance(value, str) or value not in allowed:
        raise SamplingError("not-one-of", argument, value, allowed)


def check_integer(argument: str, value: object, smallest: int, largest: int | None = None) -> int:
    """`value` itself when it is an int in ``smallest … largest``; never a bool, float or text."""
    allowed = (f"≥ {smallest}",) if largest is None else (f"{smallest} … {largest}",)
    if not isinstance(value, int) or isinstance(value, bool):
        raise SamplingError("not-an-integer", argument, value, allowed)
    if value < smallest or (largest is not None and value > largest):
        raise SamplingError("out-of-range", argument, value, allowed)
    return value
