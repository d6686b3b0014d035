"""Excel, CSV and the official purchase-check table."""

from __future__ import annotations

import csv
import io
import random
import re
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from server.access import Role
from server.reports.press import current_press
from server.reports.registers import RetainedSample, register_sheet, sample_retention_table
from server.reports.tables import Column, Table, write_csv, write_xlsx
from server.reports.typesetting import TEMPLATES, set_pages, set_pdf
from server.reports.wording import labels
from tests.receipts import reject_line
from tests.receiving_world import TODAY, Canteen
from tests.reports.pdf import ink_beyond_the_margin, text_of
from tests.world import World

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PERIOD = f"from={TODAY}&to={TODAY}"
FORMULA = '=HYPERLINK("http://evil","点我")'


def cells_of(xlsx: bytes) -> list[dict[str, tuple[str, str]]]:
    """Rows as {column letters: (kind, text)}; kinds: ``s``/``inlineStr`` text, ``n`` number."""
    with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
        shared = []
        if "xl/sharedStrings.xml" in archive.namelist():
            tree = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            shared = ["".join(t.text or "" for t in si.iter(f"{MAIN}t")) for si in tree]
        tree = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [
        {
            cell.get("r", "").rstrip("0123456789"): _cell(cell, shared)
            for cell in row.iter(f"{MAIN}c")
        }
        for row in tree.iter(f"{MAIN}row")
    ]


def _cell(cell: ElementTree.Element, shared: list[str]) -> tuple[str, str]:
    kind, value = cell.get("t", "n"), cell.find(f"{MAIN}v")
    if cell.find(f"{MAIN}f") is not None:
        return "formula", ""
    if kind == "s" and value is not None:
        return "s", shared[int(value.text or "")]
    if kind == "inlineStr":
        return kind, "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
    return kind, "" if value is None else value.text or ""


def head_is_frozen_at(xlsx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
        tree = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    pane = tree.find(f".//{MAIN}pane")
    assert pane is not None
    assert pane.get("state") == "frozen"
    return pane.get("ySplit") or ""


def deliver(canteen: Canteen, **changes: Any) -> str:
    draft = canteen.draft("meat", "dry_goods")
    reject_line(draft.line(1), "包装破损")
    draft.document.update(changes)
    answer = canteen.put(canteen.finish(draft, "accepted_in_part"))
    assert answer.status_code == 201, answer.text
    number: str = answer.json["document"]["number"]
    return number


# -- cells -----------------------------------------------------------------------------------------


def table(rows: Iterator[list[Any]]) -> Table:
    columns = [
        Column("文字"),
        Column("数量", "number"),
        Column("日期", "date"),
        Column("时间", "moment"),
    ]
    return Table("清单", columns, rows, ["说明"])


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1+2", "@SUM(A1)", "\t=1", "http://x", "{=1}"])
def test_what_people_wrote_is_never_a_formula(text: str) -> None:
    file = io.BytesIO()
    write_xlsx(table(iter([[text, 1, None, None]])), file, NOW)
    kind, written = cells_of(file.getvalue())[3]["A"]
    assert kind in ("s", "inlineStr")
    assert written == text
    plain = io.BytesIO()
    write_csv(table(iter([[text, 1, None, None]])), plain)
    row = list(csv.reader(io.StringIO(plain.getvalue().decode("utf-8-sig"))))[1]
    assert row[0].lstrip("'") == text
    assert row[0][0] not in "=+-@\t\r"


def test_numbers_days_and_times_are_cells_of_their_kind() -> None:
    file = io.BytesIO()
    row = ["x" * 40_000, Decimal("-18.5"), date(2026, 3, 2), NOW]
    write_xlsx(table(iter([row])), file, NOW)
    cells = cells_of(file.getvalue())[3]
    assert cells["B"] == ("n", "-18.5")
    assert cells["C"] == ("n", "46083")  # 2 March 2026
    assert cells["D"][1].startswith("46083.395")  # 09:30 in the kitchen
    assert len(cells["A"][1]) == 32_000
    assert head_is_frozen_at(file.getvalue()) == "3"


def test_a_long_list_is_written_in_bounded_memory() -> None:
    rows = (["货品名称" * 10, Decimal(at), date(2026, 3, 2), NOW] for at in range(4_000))
    with tempfile.TemporaryFile() as file:
        tracemalloc.start()
        write_xlsx(table(rows), file, NOW)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert file.tell() > 50_000
    assert peak < 2 * 1024 * 1024


# -- lists over HTTP -------------------------------------------------------------------------------


def test_receipts_and_lines_come_with_their_figures(world: World) -> None:
    canteen = Canteen(world)
    number = deliver(canteen, vehicle_plate="=1+1")
    answer = canteen.li.get(f"/api/v1/reports/goods-receipts.xlsx?{PERIOD}&lang=zh-CN")
    assert answer.status_code == 200, answer.text
    cells = cells_of(answer.data)
    head, row = cells[4], cells[5]
    assert head["A"][1] == "编号"
    assert (row["A"][1], row["C"][1], row["J"][1]) == (number, "北区食堂", "部分接收")
    assert row["G"] == ("s", "=1+1") or row["G"] == ("inlineStr", "=1+1")
    lines = canteen.li.get(f"/api/v1/reports/goods-receipt-lines.csv?{PERIOD}&lang=en")
    assert lines.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(lines.data.decode("utf-8-sig"))))
    assert [row["Accepted"] for row in rows] == ["50", "0"]
    assert [row["Rejected"] for row in rows] == ["0", "50"]
    assert rows[1]["Reason for rejection"] == "包装破损"


def test_suppliers_and_licences_are_listed_for_whoever_may_read_them(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    path = "/api/v1/reports/supplier-licences.csv?lang=zh-CN"
    rows = list(csv.reader(io.StringIO(canteen.li.get(path).data.decode("utf-8-sig"))))
    assert ["营业执照", "JY0"] in [row[2:4] for row in rows]
    suppliers = canteen.li.get("/api/v1/reports/suppliers.xlsx").data
    assert "胜利粮油食品有限公司" in [row["B"][1] for row in cells_of(suppliers)[1:]]
    contact = sqlite_world.person("zhou", Role.SUPPLIER_CONTACT)
    assert contact.get(path).status_code == 403


def test_lists_hold_what_the_reader_may_see(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    deliver(canteen)
    south = sqlite_world.person("zhao", Role.MANAGER, [sqlite_world.south])
    seen = south.get(f"/api/v1/reports/goods-receipts.csv?{PERIOD}")
    assert len(seen.data.decode().splitlines()) == 1
    foreign = south.get(
        f"/api/v1/reports/goods-receipts.csv?{PERIOD}&site_id={canteen.li.site_ids[0]}"
    )
    assert foreign.status_code == 404


def test_period_is_checked(sqlite_world: World) -> None:
    manager = sqlite_world.person("sun", Role.MANAGER)
    for query, status in (
        ("from=2026-03-02&to=2026-03-01", 422),
        ("from=2024-01-01&to=2026-03-01", 422),
        ("from=yesterday&to=2026-03-01", 422),
        ("to=2026-03-01", 422),
        ("from=2026-01-01&to=2026-03-01&site_id=north", 422),
        ("from=2025-03-02&to=2026-03-02", 200),
    ):
        for name in ("purchase-checks.pdf", "purchase-checks.xlsx", "goods-receipts.csv"):
            answer = manager.get(f"/api/v1/reports/{name}?{query}")
            assert (query, answer.status_code) == (query, status)
            answer.close()
    assert manager.get("/api/v1/reports/nothing.xlsx").status_code == 404


# -- official tables -------------------------------------------------------------------------------


def test_purchase_check_table_has_the_official_columns_and_the_records_facts(
    sqlite_world: World,
) -> None:
    canteen = Canteen(sqlite_world)
    number = deliver(canteen)
    answer = canteen.li.get(f"/api/v1/reports/purchase-checks.csv?{PERIOD}&lang=zh-CN")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    head, meat, dry = rows
    assert head[:5] == ["序号", "进货日期", "产品名称", "规格", "数量"]
    assert "随货证明文件查验 该批产品检验报告" in head
    row = dict(zip(head, meat, strict=True))
    assert row["供货者（地址及联系方式）"] == "胜利粮油食品有限公司 东营市"
    assert "食品经营许可证 JY1" in row["随货证明文件查验 许可证（如有）"]
    assert row["随货证明文件查验 营业执照（如有）"] == "JY0"
    assert row["随货证明文件查验 购货凭证"] == "SH-20260302-01"
    assert row["随货证明文件查验 该批产品检验报告"] == "证 370500-0001"
    assert row["入库检查 温度检查（如需）"] == "3.0 ℃ √"
    assert row["入库检查 外观检查"] == "合格"
    assert row["自检或委检情况"].startswith("n=")
    assert row["记录人"] == "Li"
    assert number in row["备注"]
    assert "拒收 50；包装破损" in dict(zip(head, dry, strict=True))["备注"]


def test_purchase_check_table_is_printed_the_same_each_time(sqlite_world: World) -> None:
    canteen = Canteen(sqlite_world)
    canteen.supplier = canteen.save_supplier(name="供货单位" * 40, address="W" * 300)
    deliver(canteen, supplier_id=canteen.supplier["id"], delivery_note_number="#" * 100)
    path = f"/api/v1/reports/purchase-checks.pdf?{PERIOD}&lang=zh-CN"
    first, second = canteen.li.get(path), canteen.li.get(path)
    assert first.status_code == 200, first.text
    assert first.data == second.data
    text = text_of(first.data)
    for said in (
        "进货查验记录表",
        "附录B",
        "第一中学后勤",
        "随货证明文件查验",
        "入库检查",
        "证370500-0001",
    ):
        assert said in text, said
    english = text_of(canteen.li.get(path.replace("zh-CN", "en")).data)
    assert "PurchaseCheckRecord" in english
    assert "Papersthatcamewiththegoods" in english
    again = canteen.li.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_empty_period_says_so(sqlite_world: World) -> None:
    manager = sqlite_world.person("sun", Role.MANAGER)
    path = "/api/v1/reports/purchase-checks.pdf?from=2020-01-01&to=2020-01-31"
    assert "没有已签字的进货查验记录" in text_of(manager.get(path).data)


def test_sample_retention_register_is_set_from_plain_entries(sqlite_world: World) -> None:
    sample = RetainedSample(
        food="红烧肉" * 20,
        retained_at=NOW,
        weight_g=Decimal("130"),
        conditions="冷藏 0–8 ℃",
        keep_until=datetime(2026, 3, 4, 1, 30, tzinfo=UTC),
        ordered_by="第一中学" + "M" * 60,
        delivered_at=None,
        retained_by="王师傅",
    )
    with sqlite_world.app.app_context():
        press = current_press()
        words = press.words("zh-CN")
        sheet = register_sheet(
            sample_retention_table([sample] * 40, words, ["单位：第一中学"]),
            words,
            NOW,
            empty=words.label("samples.none"),
        )
        text, pages = text_of(set_pdf(sheet, press.fonts)), set_pages(sheet, press.fonts)
    assert "食品留样记录表" in text
    assert "2026-03-0409:30" in text
    assert text.count("王师傅") == 40
    assert len(pages) > 1
    assert sum(map(ink_beyond_the_margin, pages)) == 0


def test_every_label_exists_in_both_languages_and_every_used_label_exists() -> None:
    assert [k for k, v in labels().items() if not (v["zh"].strip() and v["en"].strip())] == []
    for template in TEMPLATES.glob("*.typ"):
        used = re.findall(r'label\("([a-z_.]+)"\)', template.read_text(encoding="utf-8"))
        assert [key for key in used if key not in labels()] == [], template.name


# -- text of all scripts ---------------------------------------------------------------------------


def test_random_text_of_all_scripts_is_set_without_an_empty_box(sqlite_world: World) -> None:
    """PDF/A refuses a glyph that is not there, so a document that is made has none."""
    with sqlite_world.app.app_context():
        press = current_press()
        words, rng = press.words("zh-CN"), random.Random(7)
        known = sorted(press.fonts.characters)
        rows = [
            [
                "".join(chr(rng.choice(known)) for _ in range(8)),
                rng.randrange(0xE000).to_bytes(2, "big").decode("utf-16-be", "ignore")
                + chr(rng.randrange(0xE000, 0x110000)),
                None,
                None,
            ]
            for _ in range(300)
        ]
        family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
        rows.append([f"e\u0301\u0489\u20dd {family}", "क्षत्रिय", None, None])
        sheet = register_sheet(table(iter(rows)), words, NOW, empty="")
        assert set_pdf(sheet, press.fonts).startswith(b"%PDF")


def test_what_the_typesetter_cannot_show_is_written_out(sqlite_world: World) -> None:
    with sqlite_world.app.app_context():
        press = current_press()
        sheet = register_sheet(table(iter([])), press.words("zh-CN"), NOW, empty="\U00020000")
        assert "〔U+20000〕" in text_of(set_pdf(sheet, press.fonts))
