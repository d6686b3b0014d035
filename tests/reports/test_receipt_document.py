"""The goods-receipt record and the rejection slip, read back from the PDF."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from server.access import Role
from server.db.base import current_session
from server.db.scope import Scope, enter_scope
from server.db.transaction import transaction
from server.errors import Problem
from server.reports.documents import receipt_document, rejection_document
from server.reports.fonts import open_fonts
from server.reports.press import current_press
from server.reports.typesetting import Sheet, set_pages, set_pdf
from tests.receipts import Draft
from tests.receiving_world import Canteen
from tests.reports.conftest import Scene
from tests.reports.pdf import ink, ink_beyond_the_margin, page_count, text_of, without_spaces
from tests.reports_world import accepted_receipt, keep_photos
from tests.world import World


def fetch(canteen: Canteen, draft: Draft, name: str = "document", lang: str = "zh-CN") -> Any:
    return canteen.li.get(f"/api/v1/goods-receipts/{draft.document['id']}/{name}.pdf?lang={lang}")


def sheet_for(canteen: Canteen, draft: Draft, make: Any = receipt_document) -> Sheet:
    world = canteen.world
    with world.app.app_context():
        session = current_session()
        with transaction(session, write=False):
            actor = world.actor(canteen.li)
        enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
        sheet: Sheet = make(session, actor, current_press(), draft.document["id"], "zh-CN")[1]
        return sheet


def test_record_says_in_chinese_what_was_found_and_decided(scene: Scene) -> None:
    canteen, draft = scene.canteen, scene.rejected
    answer = fetch(canteen, draft)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    text = text_of(answer.data)
    record = canteen.li.get(f"/api/v1/goods-receipts/{draft.document['id']}").json
    number = record["document"]["number"]
    announced = record["photos"]["announced"]
    for said in (
        "进货验收记录",
        number,
        "P-0001",
        "第一中学后勤",
        "北区食堂",
        "胜利粮油食品有限公司",
        "鲁E12345",
        "部分接收",
        "表面温度过高，包装破损",
        "12.4°C高于上限7°C",
        "20260228A",
        "2026-03-0209:05:00",  # delivered at 01:05 UTC
        "GB/T2828.1-2012",
        "A致命",
        "零接收",
        "验收人Li",
        "送货人刘师傅",
        f"{announced - 1}/{announced}",
        "第1页共",
    ):
        assert without_spaces(said) in text, said


def test_record_says_the_same_in_english(scene: Scene) -> None:
    text = text_of(fetch(scene.canteen, scene.rejected, lang="en").data)
    for said in (
        "Goods Receipt Record",
        "Accepted in part",
        "12.4°C is above",
        "Zero acceptance",
        "Not OK",
        "the others have not arrived",
        "All times are Beijing time",
        "Page 1 of",
    ):
        assert without_spaces(said) in text, said
    for chinese in ("验收人", "不适用", "到货日期", "抽样"):
        assert chinese not in text


def test_printed_hash_is_that_of_the_stored_text(scene: Scene) -> None:
    canteen, draft = scene.canteen, scene.accepted
    raw = canteen.li.get(f"/api/v1/goods-receipts/{draft.document['id']}").data
    # The route serves the stored text as it is, between these two.
    start, end = raw.index(b'"document":') + 11, raw.index(b',"decision_now"')
    assert hashlib.sha256(raw[start:end]).hexdigest() in text_of(fetch(canteen, draft).data)


def test_same_record_gives_the_same_bytes_and_a_change_gives_others(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    draft = accepted_receipt(canteen, "dry_goods", without=1)
    first, second = fetch(canteen, draft), fetch(canteen, draft)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    address = f"/api/v1/goods-receipts/{draft.document['id']}/document.pdf?lang=zh-CN"
    unchanged = canteen.li.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    amend(canteen, draft)
    changed = canteen.li.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "称量更正" in text_of(changed.data)
    assert "签字时的结论：接收" in text_of(changed.data)


def amend(canteen: Canteen, draft: Draft, position: int = 0) -> None:
    amendment = {
        "id": str(uuid4()),
        "goods_receipt_id": draft.document["id"],
        "kind": "correction",
        "reason": "称量更正",
        "decision": "accepted_in_part",
        "lines": [
            {
                "line_id": draft.line(position)["id"],
                "accepted_quantity": "45",
                "rejected_quantity": "5",
                "pending_quantity": "0",
            }
        ],
        "attachment_ids": [],
        "captured_at": "2026-03-02T02:10:00Z",
    }
    path = f"/api/v1/goods-receipt-amendments/{amendment['id']}"
    answer = canteen.li.put(path, json=amendment)
    assert answer.status_code == 201, answer.text


def test_draft_is_marked_as_no_evidence(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    draft = canteen.draft("dry_goods")
    assert canteen.put(draft).status_code == 201
    text = text_of(fetch(canteen, draft).data)
    assert "草稿，尚未签字，不作凭证" in text
    assert "尚未签字" in text
    assert f"0/{len(draft.photos)}" in text


def test_draft_without_goods_is_still_a_document(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    draft = canteen.draft("dry_goods")
    draft.document.update(lines=[], answers=[], samples=[])
    assert canteen.put(draft).status_code == 201
    assert "没有货品" in text_of(fetch(canteen, draft).data)


def test_nobody_elses_record_is_printed(world: World) -> None:
    canteen = Canteen(world)
    draft = canteen.draft("dry_goods")
    assert canteen.put(draft).status_code == 201
    path = f"/api/v1/goods-receipts/{draft.document['id']}/document.pdf"
    south = world.person("zhao", Role.MANAGER, [world.south])
    abroad = world.person("qian", Role.MANAGER, [world.abroad])
    assert [person.get(path).status_code for person in (south, abroad)] == [404, 404]
    assert canteen.li.get("/api/v1/goods-receipts/no-id/document.pdf").status_code == 404
    assert canteen.li.get(f"{path}?lang=de").status_code == 422


# -- the rejection slip ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh-CN", ("拒收单", "致供货者", "表面温度过高，包装破损", "送货人", "刘师傅", "50")),
        ("en", ("Rejection Slip", "To the supplier", "12.4°C", "Driver", "刘师傅")),
    ],
)
def test_slip_names_the_goods_the_reason_and_the_driver(
    scene: Scene, lang: str, said: tuple[str, ...]
) -> None:
    answer = fetch(scene.canteen, scene.rejected, "rejection-slip", lang)
    assert answer.status_code == 200, answer.text
    text = text_of(answer.data)
    assert [part for part in said if without_spaces(part) not in text] == []
    assert "测试meat" in text
    assert "测试dry_goods" not in text
    assert page_count(answer.data) == 1


def test_there_is_no_slip_where_nothing_was_rejected(scene: Scene) -> None:
    answer = fetch(scene.canteen, scene.accepted, "rejection-slip")
    assert answer.status_code == 409
    assert answer.json["type"] == "/problems/nothing-was-rejected"


# -- what people write -----------------------------------------------------------------------------

HOSTILE = (
    '#panic("x") $ a^2 $ *粗* _斜_ `代码` \\ " < > @ = - + // #import "/etc/passwd": * '
    "😀👨‍👩‍👧 𠮷 𠀀 㐂 עברית عربي ไทย ①℃ \u202eabc\u202c \ue000 "
)


def test_what_people_write_is_text_and_never_markup(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    canteen.supplier = canteen.save_supplier(name=(HOSTILE.strip())[:150])
    draft = canteen.draft("dry_goods")
    line = draft.line()
    line["supplier_batch_number"] = "X" * 100
    draft.document.update(
        supplier_id=canteen.supplier["id"],
        note=HOSTILE + "很长" * 400 + "没有空格" + "W" * 900,
        delivery_note_number="#" + "8" * 99,
        vehicle_plate="鲁E" + "M" * 18,
        driver_name="长" * 100,
        decision_reason="原因" * 300,
    )
    canteen.finish(draft)
    draft.document["signatures"][0]["name"] = "姓" * 100
    assert canteen.put(draft).status_code == 201
    keep_photos(canteen, draft)
    text = text_of(fetch(canteen, draft).data)
    assert '#panic("x")' in text
    assert "〔U+20000〕" in text, "a character that no font has is written out"
    assert "〔U+202E〕" in text, "what turns the direction around is shown"
    assert "X" * 100 in text
    assert text.count("W") >= 900
    sheet = sheet_for(canteen, draft)
    with sqlite_world.app.app_context():
        pages = set_pages(sheet, current_press().fonts)
    assert [ink_beyond_the_margin(page) for page in pages] == [0] * len(pages)


def test_a_hundred_lines_are_all_printed(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    draft = canteen.draft(*["dry_goods"] * 100, lot_size=20)
    for at, line in enumerate(draft.document["lines"]):
        line["supplier_batch_number"] = f"批{at:03d}"
    canteen.finish(draft)
    assert canteen.put(draft).status_code == 201
    sheet = sheet_for(canteen, draft)
    with sqlite_world.app.app_context():
        pdf = set_pdf(sheet, current_press().fonts)
    text = text_of(pdf)
    assert all(f"批{at:03d}" in text for at in range(100))
    assert page_count(pdf) > 20


def test_pictures_on_the_page_are_those_of_the_record(scene: Scene) -> None:
    """A page with photos has their colours; the pictures carry no position."""
    sheet = sheet_for(scene.canteen, scene.rejected, rejection_document)
    with scene.canteen.world.app.app_context():
        page = set_pages(sheet, current_press().fonts)[0]
        pdf = set_pdf(sheet, current_press().fonts)
    assert ink(page) > 0.2
    for name, content in sheet.pictures.items():
        assert b"Exif" not in content, name
    assert b"Exif\0" not in pdf


# -- fonts -----------------------------------------------------------------------------------------


def test_without_a_chinese_font_nothing_is_set_and_readyz_says_so(
    sqlite_world: World, tmp_path: Path
) -> None:
    canteen = Canteen(sqlite_world)
    draft = canteen.draft("dry_goods")
    assert canteen.put(draft).status_code == 201
    app = sqlite_world.app
    assert sqlite_world.client.get("/readyz").json["checks"]["fonts"] == "ok"
    bare = open_fonts(str(tmp_path))
    with pytest.raises(Problem) as refused:
        bare.check()
    assert refused.value.type.slug == "fonts-missing"
    app.extensions["yanshou.press"] = replace(app.extensions["yanshou.press"], fonts=bare)
    answer = fetch(canteen, draft)
    assert answer.status_code == 503
    assert str(tmp_path) in answer.json["detail"]
