"""Whether somebody's health certificate was in order on a day. Pure.

食品安全法 第四十五条: whoever handles food that is eaten as it is has a health check every year and
works only with the certificate. The day is that of the work, never today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.errors import Text

MISSING = Text("没有健康证", "no health certificate on file")
EXPIRED = Text(
    "健康证（{number}）已于 {valid_until} 到期",
    "the health certificate ({number}) expired on {valid_until}",
)
NOT_YET_VALID = Text(
    "健康证（{number}）自 {issued_on} 起才有效",
    "the health certificate ({number}) is valid only from {issued_on}",
)


@dataclass(frozen=True, slots=True)
class CertificateState:
    """``text`` says why nobody may work by it; None where a certificate covers the day."""

    certificate: Mapping[str, Any] | None
    text: Text | None = None

    @property
    def is_valid(self) -> bool:
        return self.text is None

    def render(self, language: str) -> str:
        assert self.text is not None
        return self.text.render(language, **(self.certificate or {}))


def certificate_state(certificates: Sequence[Mapping[str, Any]], on: date) -> CertificateState:
    """How *certificates* of one person stood on a day: the one that lasts longest is shown."""
    day = on.isoformat()
    if not certificates:
        return CertificateState(None, MISSING)
    begun = [one for one in certificates if (one["issued_on"] or day) <= day]
    if not begun:
        return CertificateState(min(certificates, key=_issued), NOT_YET_VALID)
    newest = max(begun, key=_end)
    return CertificateState(newest, None if newest["valid_until"] >= day else EXPIRED)


def _end(certificate: Mapping[str, Any]) -> str:
    return str(certificate["valid_until"])


def _issued(certificate: Mapping[str, Any]) -> str:
    return str(certificate["issued_on"])
