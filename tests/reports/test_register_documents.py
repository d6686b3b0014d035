"""Registers as Excel, CSV and PDF, and the evidence of one entry."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest

from server.access import Role
from tests.conftest import TestClock
from tests.infrastructure.photos import photo
from tests.infrastructure.tus import announce, upload
from tests.registers_world import Kitchen
from tests.reports.pdf import text_of
from tests.world import World

PERIOD = "from=2026-03-02&to=2026-03-02"


@pytest.fixture
def kitchen(sqlite_world: World, clock: TestClock) -> Kitchen:
    return Kitchen(sqlite_world, clock)


def rows(kitchen: Kitchen, name: str, query: str = PERIOD) -> list[list[str]]:
    answer = kitchen.zhao.get(f"/api/v1/reports/{name}.csv?{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]


def test_the_registers_say_what_was_written_and_leave_out_what_was_struck(kitchen: Kitchen) -> None:
    kept, struck = (
        kitchen.saved(kitchen.sample("红烧肉")),
        kitchen.saved(kitchen.sample("写错的菜")),
    )
    kitchen.event(struck, "void", reason="写错")
    right = [{"id": str(uuid4()), "item_id": "S01", "value": "回锅肉"}]
    kitchen.event(kept, "correction", reason="菜名", answers=right)
    [sample] = rows(kitchen, "sample-retention")
    assert sample[1:6] == ["回锅肉", "2026-03-02 09:30:00", "130", "冷库 4℃", "2026-03-04 09:30:00"]
    kitchen.saved(kitchen.temperature("frozen", "－11", measure="已报修"))
    [log] = rows(kitchen, "temperature-log")
    told = ["2026-03-02 09:30:00", "2号冰箱", "冷冻", "-11", "不合格", "已报修", "Zhao", "0/1"]
    assert log[1:] == told
    kitchen.saved(kitchen.morning(kitchen.staff(valid_until="2026-03-01"), outcome="reassigned"))
    [check] = rows(kitchen, "morning-checks")
    assert check[1:9] == [
        "2026-03-02", "小王", "36.5", "无", "2026-03-01", "合格", "调离", "不得上岗",
    ]  # fmt: skip
    hot = {"item_id": "T03", "value": "100℃", "attachment_ids": [str(uuid4())]}
    kitchen.saved(kitchen.disinfection("steam", hot, {"item_id": "T04", "value": "10"}))
    [clean] = rows(kitchen, "disinfection", PERIOD + "&lang=en")
    assert clean[1:8] == [
        "2026-03-02", "Lunch", "Steam", "100", "10", "", "200 套，午餐，陈",
    ]  # fmt: skip
    assert rows(kitchen, "disinfection", "from=2026-03-03&to=2026-03-04") == []
    slip = [str(uuid4())]
    kitchen.saved(
        kitchen.entry(
            "REC-WASTE",
            {"item_id": "W01", "value": "waste_oil"},
            {"item_id": "W02", "value": "１２．５kg"},
            {"item_id": "W03", "value": "洁源环保 马师傅"},
            {"item_id": "W04", "is_ok": True, "number": "XK-7", "attachment_ids": slip},
            {"item_id": "W05", "is_ok": True, "number": "LD-9", "attachment_ids": slip},
            {"item_id": "W06", "is_ok": True},
        )
    )
    [handed_over] = rows(kitchen, "kitchen-waste")
    assert handed_over[2:6] == ["废弃油脂", "12.5", "洁源环保 马师傅", "合格"]
    kitchen.saved(
        kitchen.entry(
            "REC-PEST",
            {"item_id": "P01", "value": "chemical"},
            {"item_id": "P02", "value": "own"},
            {"item_id": "P04", "value": "灭蟑饵剂 WP2020 20g 后厨墙角"},
            {"item_id": "P05", "is_ok": True},
            {"item_id": "P06", "is_ok": False, "attachment_ids": slip},
            {"item_id": "P07", "is_ok": True},
            {"item_id": "P08", "value": "陈"},
            place_text="后厨",
            measure="已投饵，三日后复查",
        )
    )
    [treated] = rows(kitchen, "pest-control")
    assert treated[2:8] == [
        "后厨", "化学防制", "灭蟑饵剂 WP2020 20g 后厨墙角",
        "不合格", "不合格", "已投饵，三日后复查",
    ]  # fmt: skip


def test_a_register_is_printed_and_the_same_again_has_the_same_bytes(kitchen: Kitchen) -> None:
    kitchen.saved(kitchen.sample("红烧肉"))
    path = f"/api/v1/reports/sample-retention.pdf?{PERIOD}"
    first, second = kitchen.zhao.get(path), kitchen.zhao.get(path)
    assert first.status_code == 200
    assert first.data == second.data
    text = text_of(first.data)
    assert "食品留样记录表" in text
    assert "红烧肉" in text
    for name in ("disinfection", "morning-checks", "temperature-log"):
        empty = kitchen.zhao.get(f"/api/v1/reports/{name}.pdf?{PERIOD}")
        assert "此期间没有台账记录" in text_of(empty.data)


def test_whose_site_it_is_not_prints_nothing(kitchen: Kitchen) -> None:
    kitchen.saved(kitchen.sample("红烧肉"))
    stranger = kitchen.world.person("stranger", Role.MANAGER, [kitchen.world.south])
    path = f"/api/v1/reports/sample-retention.csv?{PERIOD}"
    assert "红烧肉" not in stranger.get(path).data.decode("utf-8-sig")
    assert stranger.get(f"{path}&site_id={kitchen.world.north}").status_code == 404


def test_an_entrys_evidence_holds_its_photo_and_every_version(
    kitchen: Kitchen, tmp_path: Path
) -> None:
    entry = kitchen.sample("红烧肉")
    [photo_id] = entry["answers"][2]["attachment_ids"]
    kitchen.saved(entry)
    file = photo(1)
    announce(
        kitchen.zhao, file, id=photo_id, role="other",
        owner_collection="register_entries", owner_id=entry["id"],
    )  # fmt: skip
    assert upload(kitchen.zhao, file).status_code == 201
    assert kitchen.event(entry, "hold", reason="投诉").status_code == 201
    path = f"/api/v1/register-entries/{entry['id']}/evidence-pack.zip"
    assert kitchen.zhao.get(path).status_code == 403
    answer = kitchen.manager.get(path)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(tmp_path / "pack")
    [folder] = (tmp_path / "pack").iterdir()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["record"]["version"] == 2
    assert [one["id"] for one in manifest["files"]] == [photo_id]
    assert manifest["missing"] == []
    checked = subprocess.run(
        [sys.executable, "check.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
