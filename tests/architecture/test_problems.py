"""The catalogue of problems and its document."""

from __future__ import annotations

import re
import string

from server.errors import CATALOGUE, UNAVAILABLE, Problem, Text
from tests.architecture.problems_document import PATH, problems_document


def test_the_document_is_the_catalogue() -> None:
    assert PATH.read_text("utf-8") == problems_document(), (
        "server/errors/ has changed; run: python -m tests.architecture.problems_document"
    )


def test_every_problem_speaks_both_languages_about_the_same_things() -> None:
    for problem in CATALOGUE.values():
        texts = [problem.title, *([problem.detail] if problem.detail is not None else [])]
        for text in texts:
            assert re.search("[\u4e00-\u9fff]|^{reason", text.zh), problem.slug
            assert text.en.isascii() or re.search("[A-Za-z]", text.en), problem.slug
            assert not re.search("[\u4e00-\u9fff]", text.en), problem.slug
            # A refusal's reason may be a text of its own in each language.
            assert _places(text.zh) == _places(text.en), problem.slug


def _places(template: str) -> set[str]:
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    return {re.sub("(^|_)(zh|en)$", "", name) for name in names}


def test_a_slug_is_plain_and_a_status_an_error() -> None:
    for slug, problem in CATALOGUE.items():
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert slug == problem.slug
        assert 400 <= problem.status < 600


def test_what_fills_a_place_is_in_the_readers_language_alone() -> None:
    busy = Problem(UNAVAILABLE, reason=Text("正忙", "Busy."))
    assert busy.to_dict("zh-CN")["detail"] == "正忙"
    assert busy.to_dict("en")["detail"] == "Busy."
