"""A problem: what can go wrong and be told to a caller, once, in both languages.

Lower layers raise :class:`Problem` with a type from this catalogue; ``server.http.problem`` is the
only place that turns one into an HTTP answer (RFC 9457). A slug is permanent: programs rely on it,
so it is never renamed and never reused for something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CHINESE = "zh-CN"
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One message in both languages, with ``{named}`` places to fill.

    What fills a place may be a text in both languages itself.
    """

    zh: str
    en: str

    def render(self, language: str, **params: object) -> str:
        template = self.en if language == ENGLISH else self.zh
        if not params:
            return template
        own = {
            name: value.render(language) if isinstance(value, Text) else value
            for name, value in params.items()
        }
        return template.format(**own)


@dataclass(frozen=True, slots=True)
class ProblemType:
    slug: str
    status: int
    title: Text
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong at one place of a body; ``pointer`` is an RFC 6901 JSON pointer."""

    pointer: str
    text: Text
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, language: str) -> dict[str, str]:
        return {"pointer": self.pointer, "detail": self.text.render(language, **self.params)}


class Problem(Exception):
    """A refusal with a reason. ``params`` fill the places in the type's detail text."""

    def __init__(
        self,
        type_: ProblemType,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(type_.slug)
        self.type = type_
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.params = params

    def to_dict(self, language: str, instance: str | None = None) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"/problems/{self.type.slug}",
            "title": self.type.title.render(language),
            "status": self.type.status,
        }
        if self.type.detail is not None:
            body["detail"] = self.type.detail.render(language, **self.params)
        elif self.errors:
            body["detail"] = self.errors[0].to_dict(language)["detail"]
        if instance is not None:
            body["instance"] = instance
        if self.errors:
            body["errors"] = [error.to_dict(language) for error in self.errors]
        return body


CATALOGUE: dict[str, ProblemType] = {}


def define(
    slug: str, status: int, title: tuple[str, str], detail: tuple[str, str] | None = None
) -> ProblemType:
    """Enter a problem in the catalogue: its title and detail in Chinese and in English."""
    if slug in CATALOGUE:
        raise ValueError(f"problem slug used twice: {slug}")
    CATALOGUE[slug] = ProblemType(
        slug, status, Text(*title), Text(*detail) if detail is not None else None
    )
    return CATALOGUE[slug]
