"""What the demo organisation has done already: nobody's first look falls on an empty screen.

Everything goes through the services, like the work of people; the photos are drawn and real JPEG.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from schemas.attachments import AttachmentSchema
from schemas.corrective_actions import CorrectiveActionSchema, CorrectiveActionStepSchema
from schemas.fields import time_text
from schemas.findings import FindingSchema
from schemas.planning import InspectionScheduleSchema
from schemas.premises import PlaceSchema, UnitSchema
from schemas.registers import MenuSchema, RegisterEntrySchema
from schemas.staff import StaffMemberSchema
from server.access import Actor
from server.attachments.arrival import record_upload
from server.attachments.images import inspect_photo
from server.attachments.service import announce_attachment
from server.attachments.storage import current_storage, image_limits
from server.calendars.deadlines import KITCHEN_TIME
from server.checklists.queries import checklists_in_force
from server.config import Settings
from server.corrective_actions.issuing import issue_corrective_action
from server.corrective_actions.steps import record_step
from server.data_files import read_yaml
from server.db.types import new_id
from server.demo import pictures
from server.findings.service import save_finding
from server.planning.service import save_schedule
from server.premises.service import save_place, save_unit
from server.registers.menus import menu_id, save_menu
from server.registers.service import save_entry
from server.staff.service import save_staff_member

_DATA = Path(__file__).with_name("first_days.yaml")
Data = Mapping[str, Any]


@dataclass
class FirstDays:
    """People by name, sites by code, and what has been entered for them so far."""

    session: Session
    settings: Settings
    people: Mapping[str, Actor]
    sites: Mapping[str, str]
    now: datetime
    units: dict[tuple[str, str], str] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    staff: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(KITCHEN_TIME).date()

    def at(self, days: int) -> str:
        """The same time of day so many *days* from now; today it was a little while ago."""
        return time_text(self.now + timedelta(days=days) - timedelta(minutes=20))

    def new_id(self) -> str:
        return new_id(self.now)


def enter_first_days(days: FirstDays) -> None:
    data = read_yaml(_DATA)
    _enter_premises(days, data)
    _enter_staff(days, data)
    _plan(days, data)
    _say_menus(days, data)
    for notice in data["notices"]:
        _issue(days, notice)
    for finding in data["free_findings"]:
        _find(days, finding)
    _keep_registers(days, data)


# -- what is there ---------------------------------------------------------------------------------


def _enter_premises(days: FirstDays, data: Data) -> None:
    manager = days.people["manager1"]
    units, places = UnitSchema(), PlaceSchema()
    for unit in data["units"]:
        key = (unit["site"], unit["code"])
        days.units[key] = days.new_id()
        head = unit.get("head")
        document = {
            "id": days.units[key],
            "site_id": days.sites[unit["site"]],
            **{name: unit[name] for name in ("code", "name", "kind")},
            "head_user_id": days.people[head].user_id if head else None,
            "member_user_ids": [days.people[name].user_id for name in unit.get("members", ())],
        }
        save_unit(days.session, manager, units.load(document), days.now)
    for place in data["places"]:
        key = (place["site"], place["code"])
        days.places[key] = days.new_id()
        document = {
            "id": days.places[key],
            "site_id": days.sites[place["site"]],
            "unit_id": days.units[place["site"], place["unit"]],
            "code": place["code"],
            "name": place["name"],
        }
        save_place(days.session, manager, places.load(document), days.now)


def _enter_staff(days: FirstDays, data: Data) -> None:
    schema = StaffMemberSchema()
    for count, person in enumerate(data["staff"], 1):
        days.staff[person["name"]] = days.new_id()
        ends_on = days.today + timedelta(days=person["certificate"])
        certificate = {
            "id": days.new_id(),
            "number": f"JK-{count:04d}",
            "issued_on": (ends_on - timedelta(days=364)).isoformat(),
            "valid_until": ends_on.isoformat(),
        }
        document = {
            "id": days.staff[person["name"]],
            "site_id": days.sites[person["site"]],
            "unit_id": days.units[person["site"], person["unit"]],
            "name": person["name"],
            "position": person["position"],
            "health_certificates": [certificate],
        }
        save_staff_member(days.session, days.people["manager1"], schema.load(document), days.now)


def _plan(days: FirstDays, data: Data) -> None:
    schema = InspectionScheduleSchema()
    for schedule in data["schedules"]:
        document = {
            "id": days.new_id(),
            "site_id": days.sites[schedule["site"]],
            "name": schedule["name"],
            "checklist_code": schedule["checklist"],
            "unit_ids": [days.units[schedule["site"], code] for code in schedule["units"]],
            "rhythm": schedule["rhythm"],
            "assignment": {"kind": "role", "role": "inspector"},
            "is_unannounced": schedule.get("is_unannounced", False),
            "starts_on": days.today.isoformat(),
        }
        manager = days.people["manager1"]
        save_schedule(
            days.session, manager, schema.load(document), days.now, lambda: secrets.token_hex(16)
        )


def _say_menus(days: FirstDays, data: Data) -> None:
    schema = MenuSchema()
    for site_id in days.sites.values():
        for ahead in (0, 1):
            served_on = (days.today + timedelta(days=ahead)).isoformat()
            for menu in data["menus"]:
                dishes = [{"id": days.new_id(), "name": dish} for dish in menu["dishes"]]
                document = {
                    "id": menu_id(site_id, served_on, menu["meal"]),
                    "site_id": site_id,
                    "served_on": served_on,
                    "meal": menu["meal"],
                    "dishes": dishes,
                }
                save_menu(days.session, days.people["manager1"], schema.load(document), days.now)


# -- what was found --------------------------------------------------------------------------------


def _find(days: FirstDays, finding: Data) -> str:
    """A finding of inspector1 at the first canteen; its id."""
    inspector, id_ = days.people["inspector1"], days.new_id()
    photo = days.new_id()
    is_good = finding["class"] is None
    item = finding.get("item")
    document = {
        "id": id_,
        "site_id": days.sites["C1"],
        "kind": "good_practice" if is_good else "nonconformity",
        "title": finding["title"],
        "nonconformity_class": finding["class"],
        "checklist_code": "INS-DAILY" if item else None,
        "item_id": item,
        "unit_id": days.units["C1", finding["unit"]],
        "place_id": days.places["C1", finding["place"]],
        "attachment_ids": [photo],
        "captured_at": days.at(finding["days"]),
    }
    save_finding(days.session, inspector, FindingSchema().load(document), days.now)
    _take_photo(days, inspector, photo, ("findings", id_), finding)
    return id_


def _issue(days: FirstDays, notice: Data) -> None:
    inspector, id_, finding = days.people["inspector1"], days.new_id(), notice["finding"]
    document = {
        "id": id_,
        "site_id": days.sites["C1"],
        "kind": "written_notice",
        "provisional_number": f"P-{id_[-6:]}",
        "finding_ids": [_find(days, finding)],
        "unit_id": days.units["C1", finding["unit"]],
        "assignee_user_id": days.people["inspector2"].user_id,
        "title": finding["title"],
        "requirement": notice["requirement"],
        "due_at": days.at(notice["due"]),
        "captured_at": days.at(finding["days"]),
    }
    issue_corrective_action(
        days.session, inspector, CorrectiveActionSchema().load(document), days.now
    )
    submission = None
    for step in notice["steps"]:
        taken = _take_step(days, id_, step, submission)
        submission = taken if step["kind"] == "submitted" else submission


def _take_step(days: FirstDays, action_id: str, step: Data, submission: str | None) -> str:
    actor, id_ = days.people[step["by"]], days.new_id()
    photos = [days.new_id()] if "picture" in step else []
    document = {
        "id": id_,
        "corrective_action_id": action_id,
        "kind": step["kind"],
        "text": step.get("text", ""),
        "correction": step.get("correction", ""),
        "attachment_ids": photos,
        "concerns_step_id": submission if step["kind"] == "returned" else None,
        "captured_at": days.at(step["days"]),
    }
    record_step(days.session, actor, CorrectiveActionStepSchema().load(document), days.now)
    for photo in photos:
        _take_photo(days, actor, photo, ("corrective_action_steps", id_), step)
    return id_


def _take_photo(
    days: FirstDays, actor: Actor, photo_id: str, owner: tuple[str, str], shown: Data
) -> None:
    kind, *words = shown["picture"].split()
    content = (
        pictures.goods(words[0], int(words[1]))
        if kind == "goods"
        else pictures.display(words[0], "C", int(words[1]))
    )
    _keep_photo(days, actor, photo_id, owner, content, days.at(shown["days"]))


def _keep_photo(
    days: FirstDays,
    actor: Actor,
    photo_id: str,
    owner: tuple[str, str],
    content: bytes,
    captured_at: str,
) -> None:
    """Announce a photo and put its content into the store, as an upload does."""
    sha256 = hashlib.sha256(content).hexdigest()
    blobs = current_storage().blobs
    blobs.put(io.BytesIO(content), sha256)
    document = {
        "id": photo_id,
        "site_id": days.sites["C1"],
        "sha256": sha256,
        "size": len(content),
        "media_type": "image/jpeg",
        "owner_collection": owner[0],
        "owner_id": owner[1],
        "role": "finding",
        "source": "camera",
        "captured_at": captured_at,
    }
    announce_attachment(days.session, actor, AttachmentSchema().load(document), days.now)
    photo = inspect_photo(io.BytesIO(content), image_limits(days.settings))
    record_upload(days.session, actor, blobs, sha256, len(content), photo, days.now)


# -- what was kept in registers --------------------------------------------------------------------


def _keep_registers(days: FirstDays, data: Data) -> None:
    for reading in data["temperatures"]:
        _record_temperature(days, reading)
    for sample in data["samples"]:
        _retain_sample(days, sample)
    for check in data["morning_checks"]:
        answers = {
            "C01": {"value": check["temperature"]},
            "C02": {"value": "none"},
            "C04": {"is_ok": True},
            "C05": {"value": check["outcome"]},
        }
        staff = days.staff[check["name"]]
        _record(days, days.new_id(), "REC-MORNING", answers, days.at(0), staff_member_id=staff)


def _record_temperature(days: FirstDays, reading: Data) -> None:
    id_, measure = days.new_id(), reading.get("measure", "")
    photos = [days.new_id()] if measure else []
    answers = {
        "M01": {"value": reading["storage"]},
        "M02": {"value": reading["value"], "attachment_ids": photos},
        "M03": {"is_ok": True},
    }
    place = days.places["C1", reading["place"]]
    at = days.at(reading["days"])
    _record(days, id_, "REC-TEMPERATURE", answers, at, place_id=place, measure=measure)
    for photo in photos:
        shown = {"picture": f"display {reading['value']} 8", "days": reading["days"]}
        _take_photo(days, days.people["inspector1"], photo, ("register_entries", id_), shown)


def _retain_sample(days: FirstDays, sample: Data) -> None:
    id_, weighed, signed, at = days.new_id(), days.new_id(), days.new_id(), days.at(sample["days"])
    answers = {
        "S01": {"value": sample["dish"]},
        "S02": {"value": at},
        "S03": {"value": sample["grams"], "attachment_ids": [weighed]},
        "S04": {"value": "4.0"},
        "S06": {"is_ok": True},
        "S07": {"is_ok": True, "attachment_ids": [signed]},
    }
    place = days.places["C1", "P2"]
    _record(days, id_, "REC-SAMPLE", answers, at, place_id=place, meal=sample["meal"])
    inspector, owner = days.people["inspector1"], ("register_entries", id_)
    _keep_photo(days, inspector, weighed, owner, pictures.display(sample["grams"], "g", 9), at)
    _keep_photo(days, inspector, signed, owner, pictures.signature(1), at)


def _record(
    days: FirstDays, id_: str, code: str, answers: Mapping[str, Data], at: str, **more: Any
) -> None:
    inspector = days.people["inspector1"]
    [checklist] = [
        stored.document
        for stored in checklists_in_force(days.session, inspector, days.today)
        if stored.document["code"] == code
    ]
    document = {
        "id": id_,
        "site_id": days.sites["C1"],
        "checklist_id": checklist["id"],
        "answers": [
            {"id": days.new_id(), "item_id": item_id, "captured_at": at, **answer}
            for item_id, answer in answers.items()
        ],
        "captured_at": at,
        **more,
    }
    save_entry(days.session, inspector, RegisterEntrySchema().load(document), days.now)
