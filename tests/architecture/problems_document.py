"""docs/PROBLEMS.md, made from the catalogue: ``python -m tests.architecture.problems_document``."""

from __future__ import annotations

from pathlib import Path

from server.errors import CATALOGUE, ProblemType

PATH = Path(__file__).parents[2] / "docs" / "PROBLEMS.md"

_INTRODUCTION = """\
# Problems

Every refusal of the API is `application/problem+json` (RFC 9457). Its `type` is `/problems/` and
one of the slugs below; `title` and `detail` come in the language that `Accept-Language` asks for
(`zh-CN` unless `en`). Programs rely on slugs: one is never renamed and never used for something
else.

`errors`, where there are any, name the places of a body by JSON pointers:
`[{"pointer": "/lines/0/quantity", "detail": "…"}]`. Words in `{}` are filled in.
Made from `server/errors/`, in its order.

| slug | status | 中文 | English |
|---|---|---|---|
"""


def problems_document() -> str:
    return _INTRODUCTION + "".join(map(_row, CATALOGUE.values()))


def _row(problem: ProblemType) -> str:
    cells = [f"`{problem.slug}`", str(problem.status)]
    for language in ("zh", "en"):
        title = getattr(problem.title, language)
        detail = getattr(problem.detail, language) if problem.detail is not None else ""
        cells.append(f"**{title}** {detail}".strip())
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    PATH.write_text(problems_document(), encoding="utf-8")
