"""Taking documents along from the page."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
REJECTED = "北辰冷链食品有限公司"


def taken(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).tap()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_manager_takes_record_slip_and_evidence_along(manager: Page, tmp_path: Path) -> None:
    manager.locator(".receipt-card", has_text=REJECTED).tap()
    number = manager.locator(".receipt .receipt-number").first.inner_text()
    record = taken(manager, "验收记录 PDF", tmp_path)
    assert record.name == f"{number}.pdf"
    assert record.read_bytes().startswith(b"%PDF")
    slip = taken(manager, "拒收单 PDF", tmp_path)
    assert slip.read_bytes().startswith(b"%PDF")
    with zipfile.ZipFile(taken(manager, "证据包", tmp_path)) as pack:
        assert f"{number}/SHA256SUMS" in pack.namelist()


def test_nothing_rejected_means_no_slip_and_an_inspector_gets_no_pack(arrive) -> None:
    visitor = arrive()
    page = visitor.sign_in("inspector1")
    page.locator(".receipt-card .badge[data-decision=accepted]").first.tap()
    expect(page.get_by_role("button", name="验收记录 PDF")).to_be_visible()
    expect(page.get_by_role("button", name="拒收单 PDF")).to_have_count(0)
    expect(page.get_by_role("button", name="证据包")).to_have_count(0)


def test_a_refusal_is_told_where_the_button_is(arrive, manager_token: str) -> None:
    visitor = arrive(token=manager_token)
    visitor.expect("ERR_INTERNET_DISCONNECTED")
    page = visitor.page
    page.locator(".receipt-card", has_text=REJECTED).tap()
    button = page.get_by_role("button", name="验收记录 PDF")
    expect(button).to_be_visible()
    visitor.context.set_offline(True)
    button.tap()
    expect(page.locator(".documents").get_by_role("alert")).to_contain_text("连接不上服务")
    visitor.context.set_offline(False)
    expect(button).to_be_enabled()
