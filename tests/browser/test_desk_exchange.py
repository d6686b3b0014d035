"""Data in and out at the desk: a file tried and taken, lists taken along, the token of a tool."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.access import findings
from tests.browser.scene import Scene
from tests.browser.test_administration import WIDE, go_to, signed_in
from tests.browser.visitor import Visitor
from tests.handheld import Handheld

pytestmark = pytest.mark.browser
HEAD = "编码,名称,供货品类,营业执照到期日\n"


def choose(page: Page, name: str, content: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]


def taken_along(page: Page, button: str) -> list[list[str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_an_administrator_takes_people_in_and_lists_out_on_a_phone(
    arrive: Callable[..., Visitor], scene: Scene
) -> None:
    visitor = arrive(locale="en-GB")
    page = signed_in(visitor, "admin")
    go_to(page, "#/administration/import?kind=suppliers", "Import")
    choose(page, "s.csv", f"{HEAD}IN-1,Inward farm,蔬菜水果,2028-12-31\nIN-2,,石头,明年\n")
    refused = page.locator("tbody tr")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("IN-2")
    expect(refused.locator("li")).to_have_count(3)
    expect(page.get_by_text("1 row is refused")).to_be_visible()
    expect(page.get_by_role("button", name="Import 1 row")).to_have_count(0)
    found = findings(page, "rows refused")
    choose(page, "s.csv", f"{HEAD}IN-1,Inward farm,蔬菜水果,2028-12-31\n")
    page.get_by_role("button", name="Import 1 row").tap()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    page.get_by_role("link", name="See the list").tap()
    expect(page.get_by_role("heading", level=2, name="Suppliers")).to_be_visible()
    rows = taken_along(page, "CSV")
    assert "Inward farm" in [row[1] for row in rows]
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    go_to(page, "#/administration/import?kind=users", "Import")
    people = "username,display_name,roles,sites\nin.ward,Ina Ward,inspector,all\n"
    choose(page, "people.csv", people)
    page.get_by_role("button", name="Import 1 row").tap()
    expect(page.get_by_role("heading", name="First passwords of the new people")).to_be_visible()
    [_, [username, password]] = taken_along(page, "Download them")
    expect(page.locator("tbody code")).to_have_text(password)
    Handheld(scene.service.address, username, password).sign_in()
    found += findings(page, "passwords")
    assert found == []
    page.get_by_role("button", name="Import another file").tap()
    expect(page.get_by_text(password)).to_have_count(0)


def test_an_inspections_evidence_pack_is_taken_from_its_own_page(
    arrive: Callable[..., Visitor], scene: Scene
) -> None:
    passwords = scene.service.accounts()
    inspector = Handheld(scene.service.address, "inspector1", passwords["inspector1"]).sign_in()
    checklists = inspector.get("/api/v1/checklists").json["checklists"]
    daily = next(one["document"] for one in checklists if one["document"]["code"] == "INS-DAILY")
    inspection = {
        "id": str(uuid4()),
        "checklist_id": daily["id"],
        "place_text": "热厨房",
        "captured_at": "2026-03-02T01:30:00Z",
    }
    saved = inspector.send_json("PUT", f"/api/v1/inspections/{inspection['id']}", inspection)
    assert saved.status == 201
    visitor = arrive(**WIDE)
    page = signed_in(visitor, "manager1")
    go_to(page, "#/actions", "整改看板")
    page.get_by_role("link", name="检查", exact=True).click()
    expect(page.get_by_role("heading", level=2, name="检查", exact=True)).to_be_visible()
    row = page.locator("tbody tr", has_text="热厨房")
    expect(row).to_contain_text("未完成")
    found = findings(page, "inspections")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=2, name="后厨每日检查")).to_be_visible()
    found += findings(page, "inspection")
    with page.expect_download() as download:
        page.get_by_role("button", name="证据包").click()
    with ZipFile(download.value.path()) as pack:
        assert pack.testzip() is None
    go_to(page, "#/findings?kind=good_practice", "检查发现")
    expect(page.get_by_label("性质")).to_have_value("good_practice")
    assert found + findings(page, "findings") == []


def test_a_tools_token_is_made_read_by_and_taken_back_at_the_desk(
    arrive: Callable[..., Visitor], scene: Scene
) -> None:
    visitor = arrive(**WIDE)
    page = signed_in(visitor, "admin")
    go_to(page, "#/administration/tokens", "接口令牌")
    page.get_by_role("link", name="新建令牌").click()
    expect(page.get_by_role("heading", level=2, name="新建令牌")).to_be_visible()
    found = findings(page, "new token")
    page.get_by_label("名称").fill("财务报表")
    page.get_by_label("供货者与证照").check()
    page.get_by_role("button", name="生成令牌").click()
    expect(page.get_by_role("heading", name="令牌只显示这一次")).to_be_visible()
    token = page.locator(".once code").inner_text()
    address = f"{scene.service.address}/api/v1/reports/suppliers.csv"
    request = Request(address, headers={"Authorization": f"Bearer {token}"})
    with urlopen(request) as answer:
        assert answer.status == 200
    found += findings(page, "token shown")
    page.get_by_role("link", name="已保存好").click()
    row = page.locator("tbody tr", has_text="财务报表")
    expect(row).to_contain_text("127.0.0.1")
    expect(page.get_by_text(token)).to_have_count(0)
    found += findings(page, "tokens")
    row.get_by_role("button", name="撤销").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销", exact=True).click()
    expect(row).to_contain_text("已撤销")
    go_to(page, "#/administration/lists", "导出清单")
    assert found + findings(page, "lists") == []
    log = taken_along(page, "审计日志，导出为 CSV")
    assert "api_token_revoked" in [line[2] for line in log]
    workbook = page.get_by_role("button", name="检查发现，导出为 Excel")
    with page.expect_download() as download:
        workbook.click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
