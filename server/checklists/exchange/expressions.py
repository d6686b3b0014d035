"""The part of XLSForm's expressions that conditions and limits can say, in both directions.

``${a} = 'x' and not(${b} > 5)`` is a condition of ours. What is not (calculations, dates, regular
expressions, other functions) is refused with its reason, and reported by the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from marshmallow import ValidationError

from schemas.conditions import ConditionSchema
from server.checklists.exchange.names import VALUE_LONGEST, fitted
from server.errors import Text

Condition = dict[str, Any]
Resolve = Callable[[str], Mapping[str, Any] | None]
_TOKEN = re.compile(
    r"\s*(?:(?P<ref>\$\{\s*[^{}]+?\s*\})|(?P<string>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<op><=|>=|!=|=|<|>)|(?P<mark>[(),])|(?P<dot>\.)|(?P<word>[A-Za-z][A-Za-z0-9_:-]*))"
)
# Word processors put these into spreadsheets.
_CURLY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_TOKENS_MOST, _DEPTH_MOST = 400, 20
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_RANGE = {">=": "at_least", "<=": "at_most", ">": "above", "<": "below"}
_SYMBOL = {name: symbol for symbol, name in _RANGE.items()}
_MEASURED = frozenset({"number", "temperature", "count"})
_SCHEMA = ConditionSchema()


class Unsupported(ValueError):
    """An expression that a checklist cannot hold; *why* says so."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.why = Text(zh, en)


class Token(NamedTuple):
    kind: str
    text: str


def _tokens(expression: str) -> list[Token]:
    found: list[Token] = []
    at, text = 0, expression.strip().translate(_CURLY)
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.end() == at or len(found) >= _TOKENS_MOST:
            raise Unsupported("表达式无法识别", "The expression cannot be read.")
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind]))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over ``or``, ``and``, ``not()``, comparisons."""

    def __init__(self, expression: str, resolve: Resolve) -> None:
        self.tokens, self.at, self.resolve, self.depth = _tokens(expression), 0, resolve, 0

    def peek(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else Token("end", "")

    def take(self, text: str | None = None) -> Token:
        token = self.peek()
        if token.kind == "end" or (text is not None and token.text != text):
            raise Unsupported("表达式不完整", "The expression is not complete.")
        self.at += 1
        return token

    def joined(self, word: str, key: str, inner: Callable[[], Condition]) -> Condition:
        parts = [inner()]
        while self.peek() == Token("word", word):
            self.take()
            parts.append(inner())
        return parts[0] if len(parts) == 1 else _merged(key, parts)

    def either(self) -> Condition:
        self.depth += 1
        if self.depth > _DEPTH_MOST:
            raise Unsupported("表达式嵌套过深", "The expression is nested too deeply.")
        found = self.joined("or", "any", lambda: self.joined("and", "all", self.unary))
        self.depth -= 1
        return found

    def unary(self) -> Condition:
        token = self.peek()
        if token.text == "(" and token.kind == "mark":
            self.take()
            found = self.either()
            self.take(")")
            return found
        if token == Token("word", "not"):
            self.take()
            self.take("(")
            found = self.either()
            self.take(")")
            return {"not": found}
        if token == Token("word", "selected"):
            return self.selected()
        return self.comparison()

    def selected(self) -> Condition:
        self.take("selected")
        self.take("(")
        item = self.item()
        self.take(",")
        value = self.take()
        self.take(")")
        if value.kind not in {"string", "number"}:
            raise Unsupported("selected() 的第二项应为取值", "selected() needs a plain value.")
        return {"item": item["id"], "in": [_plain(value)]}

    def item(self) -> Mapping[str, Any]:
        token = self.take()
        if token.kind != "ref":
            raise _no_function(token)
        name = token.text[2:-1].strip()
        item = self.resolve(name)
        if item is None:
            raise Unsupported(
                f"引用的 {name} 没有导入", f"It asks about {name}, which was not taken over."
            )
        return item

    def comparison(self) -> Condition:
        if self.peek().kind in {"string", "number"}:
            literal, sign = self.take(), self.take()
            return _test(self.item(), _MIRRORED.get(sign.text, ""), literal)
        if self.peek() == Token("word", "string-length"):
            self.take()
            self.take("(")
            item = self.item()
            self.take(")")
            sign, literal = self.take(), self.take()
            if (sign.text, literal.text) in {(">", "0"), ("!=", "0"), (">=", "1")}:
                return {"item": item["id"], "is_answered": True}
            raise Unsupported("不能比较文字长度", "Lengths of texts cannot be compared.")
        item, sign, literal = self.item(), self.take(), self.take()
        return _test(item, sign.text, literal)


def _no_function(token: Token) -> Unsupported:
    return Unsupported(
        f"检查表的条件不能使用 {token.text}", f"A checklist's conditions cannot use {token.text}."
    )


def _plain(token: Token) -> str:
    return fitted(token.text[1:-1] if token.kind == "string" else token.text, VALUE_LONGEST)


def _test(item: Mapping[str, Any], sign: str, literal: Token) -> Condition:
    if literal.kind not in {"string", "number"} or sign not in _MIRRORED:
        raise _no_function(literal)
    name, value = item["id"], _plain(literal)
    if value == "" and sign in {"=", "!="}:
        return {"item": name, "is_answered": sign == "!="}
    if item["type"] in _MEASURED and re.fullmatch(r"-?\d+(\.\d+)?", value):
        if sign == "=":
            return {"item": name, "at_least": value, "at_most": value}
        if sign == "!=":
            return {"not": {"item": name, "at_least": value, "at_most": value}}
        return {"item": name, _RANGE[sign]: value}
    if sign == "=":
        return {"item": name, "in": [value]}
    if sign == "!=":
        return {"not": {"item": name, "in": [value]}}
    raise Unsupported(
        f"{name} 不是数值，不能比较大小", f"{name} is no number and cannot be compared."
    )


def _merged(key: str, parts: list[Condition]) -> Condition:
    """``a = 'x' or a = 'y'`` is one test with two values."""
    is_choice = key == "any" and all(part.keys() == {"item", "in"} for part in parts)
    if is_choice and len({part["item"] for part in parts}) == 1:
        values = [value for part in parts for value in part["in"]]
        return {"item": parts[0]["item"], "in": list(dict.fromkeys(values))}
    return {key: parts}


def parse_condition(expression: str, resolve: Resolve) -> Condition:
    """*expression* as a condition.

    Raises
    ------
    Unsupported
        for what conditions cannot say.
    """
    reader = _Reader(expression, resolve)
    found = reader.either()
    if reader.peek().kind != "end":
        raise _no_function(reader.peek())
    try:
        loaded: Condition = _SCHEMA.load(found)
    except ValidationError:
        raise Unsupported("条件过于复杂", "The condition is too large for a checklist.") from None
    return loaded


def parse_limits(expression: str, *, is_whole: bool) -> tuple[dict[str, str], bool]:
    """``. >= 0 and . <= 8`` as limits, and whether they say exactly the same.

    A limit of ours includes its end: ``. > 0`` is taken as 0 or more, unless only whole numbers
    are asked for, where it is 1 or more.
    """
    tokens, limits, is_exact = _tokens(expression), {}, True
    tokens = [token for token in tokens if token.text not in {"(", ")"}]
    for start in range(0, len(tokens), 4):
        part, joint = tokens[start : start + 3], tokens[start + 3 : start + 4]
        kinds = [token.kind for token in part]
        if kinds not in (["dot", "op", "number"], ["number", "op", "dot"]) or (
            joint and joint[0] != Token("word", "and")
        ):
            raise Unsupported(
                "只能导入形如 . >= 0 and . <= 8 的限值",
                "Only limits such as . >= 0 and . <= 8 can be taken over.",
            )
        sign = part[1].text if kinds[0] == "dot" else _MIRRORED[part[1].text]
        number = Decimal(part[2 if kinds[0] == "dot" else 0].text)
        if sign == "!=":
            raise Unsupported("限值不能排除单个值", "A limit cannot exclude a single value.")
        if sign in {"<", ">"}:
            is_exact = is_exact and is_whole
            number += (1 if sign == ">" else -1) if is_whole else 0
        for name, signs in (("min", {">", ">=", "="}), ("max", {"<", "<=", "="})):
            if sign in signs:
                limits[name] = f"{number:f}"
    return limits, is_exact


# -- the other way -------------------------------------------------------------------------------


def render_condition(condition: Mapping[str, Any], name_of: Callable[[str], str]) -> str:
    """*condition* as an expression; *name_of* gives the form's name of an item or a fact."""
    for key, word in (("all", " and "), ("any", " or ")):
        if key in condition:
            return word.join(f"({render_condition(p, name_of)})" for p in condition[key])
    if "not" in condition:
        return f"not({render_condition(condition['not'], name_of)})"
    reference = "${" + name_of(condition.get("item") or f"fact:{condition['fact']}") + "}"
    if "is_answered" in condition:
        return f"{reference} {'!=' if condition['is_answered'] else '='} ''"
    if "in" in condition:
        return " or ".join(f"{reference} = {_quoted(value)}" for value in condition["in"])
    tests = (
        f"{reference} {symbol} {condition[name]}"
        for name, symbol in _SYMBOL.items()
        if name in condition
    )
    return " and ".join(tests)


def _quoted(value: str) -> str:
    """XPath knows no escape: a text with both quotation marks is put together."""
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    parts = ', "\'", '.join(f"'{part}'" for part in value.split("'"))
    return f"concat({parts})"
