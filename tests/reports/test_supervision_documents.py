"""Notices, verification sheets and inspection reports: read back from what the server prints."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from server.access import Role
from server.app import create_app
from server.db.base import current_session, db
from server.db.scope import Scope, enter_scope
from server.db.transaction import transaction
from server.reports import supervision_documents as documents
from server.reports.press import current_press
from server.reports.typesetting import set_pages
from tests.checklists.author import author_in
from tests.conftest import TestClock, make_settings
from tests.infrastructure.photos import PhotoFile, photo
from tests.infrastructure.tus import stored_photo
from tests.rectification_world import Inspected, slug
from tests.reports.pdf import ink, ink_beyond_the_margin, page_count, text_of, without_spaces
from tests.reports_world import WIDE
from tests.world import Person, World

Document = dict[str, Any]
ACTIONS, INSPECTIONS = "/api/v1/corrective-actions", "/api/v1/inspections"
CLASSES = {"pass": {"A": 0, "B": 0, "C": 0}, "basic": {"A": 0, "B": 2, "C": 4}}


@dataclass(frozen=True)
class Scene:
    inspected: Inspected
    inspection: Document
    action: Document

    def get(self, path: str, person: Person | None = None) -> Any:
        return (person or self.inspected.manager).get(path)


def picture(person: Person, seed: int) -> str:
    file: PhotoFile = photo(seed, size=WIDE)
    return str(stored_photo(person, file)["id"])


def verified_notice(world: World) -> Scene:
    """An inspection that failed twice, the second time as a repeat; one notice, put right."""
    inspected, author = Inspected(world), author_in(world)
    checklist = author.published(grading=CLASSES)

    def inspect(day: int, seed: int) -> Document:
        answers = [
            {"item_id": "S1", "is_ok": False, "note": "箱子堆在地上"},
            {"item_id": "S2", "value": "12.5"},
        ]
        for at, answer in enumerate(answers):
            answer |= {"id": str(uuid4()), "attachment_ids": [picture(inspected.zhao, seed + at)]}
        inspection = {
            "id": str(uuid4()),
            "checklist_id": checklist["id"],
            "unit_id": inspected.kitchen["id"],
            "place_id": inspected.cold_room["id"],
            "answers": answers,
            "note": "突击检查",
            "captured_at": f"2026-03-0{day}T00:30:00Z",
            "finished_at": f"2026-03-0{day}T01:00:00Z",
        }
        return inspected.save("inspections", inspection, inspected.zhao)

    inspect(1, 10)
    inspection = inspect(2, 20)
    findings = [{"id": id_} for id_ in inspection["finding_ids"]]
    order = inspected.notice(*findings, kind="rectification_order")
    action = inspected.save("corrective-actions", order, inspected.manager)
    submission = inspected.submission(action, cause="压缩机故障。", prevention="每班记录温度。")
    submission["attachment_ids"] = [picture(inspected.chen, 30)]
    done = inspected.take(submission, inspected.chen)
    step = inspected.step(action, "verified", concerns_step_id=done["id"], text="现场看过。")
    inspected.take(step, inspected.manager)
    return Scene(inspected, inspection, inspected.action(action))


@pytest.fixture(scope="module")
def scene(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("supervision")
    (folder / "yanshou.sqlite3").write_bytes(sqlite_template.read_bytes())
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'yanshou.sqlite3'}"), TestClock())
    yield verified_notice(World(app))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def missing(text: str, *said: str) -> list[str]:
    return [part for part in said if without_spaces(part) not in text]


def test_the_order_says_what_was_found_and_by_when(scene: Scene) -> None:
    path = f"{ACTIONS}/{scene.action['id']}/notice.pdf"
    answer = scene.get(f"{path}?lang=zh-CN")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    text = text_of(answer.data)
    assert (
        missing(
            text,
            "限期整改通知书",
            scene.action["number"],
            "后厨班组",
            "冷库",
            "整洁",
            "箱子堆在地上",
            "12.5°C高于上限8°C",
            "屡查屡犯",
            "清除油污，每日清洁并记录。",
            "第1页共",
            "3/3，齐全",
            "corrective_actions",
        )
        == []
    )
    assert scene.get(f"{path}?lang=zh-CN").data == answer.data
    english = text_of(scene.get(f"{path}?lang=en").data)
    assert missing(english, "Rectification Order", "Due by", "Page 1 of") == []


def test_the_verification_sheet_says_what_was_done_and_who_verified_it(scene: Scene) -> None:
    answer = scene.get(f"{ACTIONS}/{scene.action['id']}/verification.pdf?lang=zh-CN")
    assert answer.status_code == 200, answer.text
    assert (
        missing(
            text_of(answer.data),
            "整改验证单",
            "已清洁并消毒。",
            "压缩机故障。",
            "每班记录温度。",
            "整改后照片",
            "验证人Manager",
            "验证通过",
            "现场看过。",
        )
        == []
    )


def test_the_printed_hash_is_that_of_the_stored_notice(scene: Scene) -> None:
    pack = scene.get(f"{ACTIONS}/{scene.action['id']}/evidence-pack.zip")
    with zipfile.ZipFile(io.BytesIO(pack.data)) as file:
        names = file.namelist()
        manifest = json.loads(file.read(next(n for n in names if n.endswith("manifest.json"))))
        folder = names[0].split("/")[0]
        stored = file.read(f"{folder}/{manifest['record']['file']}")
        assert hashlib.sha256(stored).hexdigest() == manifest["record"]["sha256"]
        for entry in manifest["files"]:
            content = file.read(f"{folder}/{entry['file']}")
            assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    # Two findings with a photo each, two earlier ones, one photo of the result.
    assert (len(manifest["files"]), manifest["missing"]) == (5, [])
    printed = scene.get(f"{ACTIONS}/{scene.action['id']}/verification.pdf")
    assert manifest["record"]["sha256"] in text_of(printed.data)


def test_the_inspection_report_shows_checks_findings_notice_and_photos(scene: Scene) -> None:
    path = f"{INSPECTIONS}/{scene.inspection['id']}/report.pdf"
    answer = scene.get(f"{path}?lang=zh-CN")
    assert answer.status_code == 200, answer.text
    assert (
        missing(
            text_of(answer.data),
            "检查报告",
            "库房检查",
            "INS-STORE",
            "后厨班组",
            "冷库",
            "检查人Zhao",
            "突击检查",
            "12.5 °C",
            "不合格",
            "照片1",
            scene.action["number"],
            "屡查屡犯：",
            "上次照片",
            "2/2，齐全",
            "inspections",
        )
        == []
    )
    assert scene.get(f"{path}?lang=zh-CN").data == answer.data
    assert page_count(answer.data) >= 2


def test_an_inspections_pack_holds_its_report_and_every_photo(scene: Scene) -> None:
    answer = scene.get(f"{INSPECTIONS}/{scene.inspection['id']}/evidence-pack.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        manifest = json.loads(file.read(next(n for n in file.namelist() if "manifest" in n)))
    assert manifest["record"]["collection"] == "inspections"
    assert (len(manifest["files"]), manifest["missing"]) == (4, [])


@pytest.mark.parametrize("which", ["notice", "verification", "inspection"])
def test_pages_are_filled_within_their_margins(scene: Scene, which: str) -> None:
    make = getattr(documents, f"{which}_document")
    world = scene.inspected.world
    with world.app.app_context():
        session = current_session()
        with transaction(session, write=False):
            actor = world.actor(scene.inspected.manager)
        enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
        record = scene.inspection if which == "inspection" else scene.action
        sheet = make(session, actor, current_press(), record["id"], "zh-CN")[1]
        pages = set_pages(sheet, current_press().fonts)
    assert sum(map(ink_beyond_the_margin, pages)) == 0
    assert min(map(ink, pages)) > 0.01


def test_documents_are_for_those_who_may_see_the_record(scene: Scene) -> None:
    world = scene.inspected.world
    elsewhere = world.person("elsewhere", Role.MANAGER, [world.south])
    abroad = world.person("abroad", Role.MANAGER, [world.abroad])
    paths = [
        f"{ACTIONS}/{scene.action['id']}/notice.pdf",
        f"{ACTIONS}/{scene.action['id']}/verification.pdf",
        f"{ACTIONS}/{scene.action['id']}/evidence-pack.zip",
        f"{INSPECTIONS}/{scene.inspection['id']}/report.pdf",
        f"{INSPECTIONS}/{scene.inspection['id']}/evidence-pack.zip",
    ]
    for stranger in (elsewhere, abroad):
        assert {scene.get(path, stranger).status_code for path in paths} == {404}
    zhao = {path.rsplit("/", 1)[1]: scene.get(path, scene.inspected.zhao) for path in paths}
    assert zhao["notice.pdf"].status_code == zhao["report.pdf"].status_code == 200
    assert slug(zhao["evidence-pack.zip"]) == "forbidden"


def test_there_is_no_verification_sheet_before_the_verification(sqlite_world: World) -> None:
    inspected = Inspected(sqlite_world)
    action = inspected.issued()
    answer = inspected.manager.get(f"{ACTIONS}/{action['id']}/verification.pdf")
    assert (answer.status_code, slug(answer)) == (409, "not-verified-yet")
    # Its photos are named and have not arrived: the notice is printed and says so.
    printed = inspected.manager.get(f"{ACTIONS}/{action['id']}/notice.pdf?lang=zh-CN")
    assert "图片尚未上传或暂缺" in text_of(printed.data)
