"""Which checklists are registers with rules of their own, and which items those rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from server.errors import Text


@dataclass(frozen=True, slots=True)
class Register:
    """``items`` names what the rules look at by the checklist's item ids. A next version of the
    checklist keeps them, whatever else it changes."""

    kind: str
    items: Mapping[str, str] = field(default_factory=dict)
    is_per_meal: bool = False
    needs_place: bool = False
    needs_staff_member: bool = False
    failure_needs_measure: bool = True
    is_daily: bool = True
    """A day without an entry is not done. Others are asked for by their schedules."""


OTHER = Register("other", is_daily=False)
_BY_CODE: Mapping[str, Register] = MappingProxyType(
    {
        "REC-SAMPLE": Register(
            "sample_retention",
            {"dish": "S01", "retained_at": "S02", "weight": "S03", "temperature": "S04",
             "keep_until": "S05"},
            needs_place=True,
        ),
        "DIS-TABLEWARE": Register(
            "disinfection",
            {"method": "T01", "temperature": "T03", "minutes": "T04", "concentration": "T05",
             "who": "T09"},
            is_per_meal=True,
        ),
        # What is done about an unfit person is its last item; nothing else is asked.
        "REC-MORNING": Register(
            "morning_check",
            {"temperature": "C01", "symptoms": "C02", "valid_until": "C03", "hygiene": "C04",
             "outcome": "C05"},
            needs_staff_member=True,
            failure_needs_measure=False,
        ),
        "REC-TEMPERATURE": Register(
            "temperature_log", {"storage": "M01", "temperature": "M02"}, needs_place=True
        ),
        "REC-WASTE": Register("waste", {"kind": "W01", "quantity": "W02", "collector": "W03"}),
        "REC-PEST": Register(
            "pest_control", {"work": "P01", "product": "P04", "signs": "P06"},
            needs_place=True,
            is_daily=False,
        ),
    }
)  # fmt: skip

LEAST_HOURS_KEPT = 48
"""学校食品安全与营养健康管理规定; a checklist may ask for longer, never for less."""

EVENT_LABELS: Mapping[str, Text] = MappingProxyType(
    {
        "correction": Text("更正", "Correction"),
        "void": Text("作废", "Struck"),
        "discard": Text("销毁", "Discarded"),
        "hold": Text("封样", "Held"),
        "release": Text("解封", "Released"),
    }
)


def register_of(checklist_code: str) -> Register:
    return _BY_CODE.get(checklist_code, OTHER)
