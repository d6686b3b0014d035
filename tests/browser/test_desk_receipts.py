"""Receipts on the desk: found, traced, amended by who may, read by who may."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_page import open_receipt
from tests.handheld import Handheld

pytestmark = pytest.mark.browser
WIDE = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False}
BATCH = "20260228A"


def token_of(scene, username):
    password = scene.service.accounts()[username]
    return Handheld(scene.service.address, username, password).sign_in().token


def test_quality_staff_find_a_receipt_trace_its_batch_and_dispose_of_the_goods(arrive, scene):
    visitor = arrive(token=token_of(scene, "quality1"), **WIDE)
    visitor.expect("404")  # a batch that nobody knows
    page = visitor.page
    cards = page.locator(".receipt-card")
    page.get_by_label("查找", exact=True).fill("绿野")
    expect(cards).to_have_count(1)
    page.get_by_text("更多筛选").click()
    page.get_by_label("决定").select_option("rejected")
    expect(page.locator(".list-pane .empty")).to_contain_text("没有符合条件的验收单")
    page.get_by_label("决定").select_option("accepted_in_part")
    expect(cards).to_have_count(1)
    assert "decision=accepted_in_part" in page.url
    page.reload()
    expect(page.get_by_label("查找", exact=True)).to_have_value("绿野")
    expect(cards).to_have_count(1)
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV 文件").click()
    listed = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    assert listed.count("绿野蔬菜专业合作社") == 1
    cards.click()
    expect(page.locator(".receipt h2")).to_have_text("绿野蔬菜专业合作社")
    assert "decision=accepted_in_part" in page.url, "the list beside it keeps its filters"
    _dispose_of_what_was_rejected(page)
    _trace(page)


def _dispose_of_what_was_rejected(page):
    page.get_by_role("button", name="更正、处置或让步").click()
    form = page.locator("dialog form.amend")
    rejected = form.locator(".amend-line", has_text="拒收").nth(1)
    rejected.get_by_label("拒收").fill("7")
    expect(form.get_by_role("alert")).to_contain_text("还有 1 没有归入")
    expect(form.get_by_role("button", name="作出更正单")).to_be_disabled()
    rejected.get_by_label("接收", exact=True).fill("43")
    rejected.get_by_label("处置").select_option("return_to_supplier")
    form.get_by_label("原因").fill("复秤：压伤 7 筐，退回")
    expect(form.locator(".amend-result .badge")).to_have_text("部分接收")
    form.get_by_role("button", name="作出更正单").click()
    made = page.locator(".amendment")
    expect(made).to_contain_text("复秤：压伤 7 筐，退回")
    expect(made).to_contain_text("拒收 7 · 待定 0 · 退回供应商")
    expect(page.locator(".line").nth(1)).to_contain_text("签字时：接收 42，拒收 8，待定 0")


def _trace(page):
    page.locator(".line").nth(1).locator(".trace-link").click()
    expect(page.get_by_role("heading", name=f"批次 {BATCH}")).to_be_visible()
    lines = page.get_by_role("table", name="到货")
    expect(lines.locator("tbody tr")).to_have_count(1)
    expect(lines).to_contain_text("部分接收")
    expect(page.locator(".trace-totals")).to_contain_text("43")
    expect(page.locator(".trace-origin")).to_contain_text("农业经营主体登记")
    page.get_by_role("link", name="显示全部同号批次").click()
    expect(lines.locator("tbody tr").nth(5)).to_be_visible()
    page.get_by_label("生产批号").fill("没有这个批号")
    expect(page.locator(".empty")).to_contain_text("没有验收单记着这个批号")


def test_a_manager_on_a_phone_reads_a_receipts_trail_and_sees_why_there_is_no_concession(
    arrive, scene
):
    page = arrive(token=token_of(scene, "manager1"), locale="en-GB").page
    open_receipt(page, scene, "dumplings")
    expect(page.locator(".photo-count").last).to_have_text("Photos 8/8")
    page.locator(".history summary").tap()
    trail = page.get_by_role("table", name="Audit trail")
    expect(trail.locator("tbody tr").first).to_contain_text("written")
    expect(trail.locator("tbody tr").first).to_contain_text("刘洋")
    page.get_by_role("button", name="Correct, dispose, concede").tap()
    form = page.locator("dialog form.amend")
    expect(form).to_contain_text("class A (critical) nonconformity; nobody may concede")
    expect(form.get_by_role("radio", name="Concession")).to_be_disabled()
    page.get_by_role("button", name="Close").tap()
    expect(page.locator("dialog")).to_have_count(0)
    page.goto(f"{scene.service.address}/desk#/batches?supplier_batch_number={BATCH}")
    expect(page.get_by_role("heading", name=f"Batch {BATCH}")).to_be_visible()
    expect(page.locator(".table tbody tr").first).to_be_visible()
    width = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) == 0


def test_an_observer_reads_and_cannot_amend_by_page_or_by_address(arrive, scene):
    token = token_of(scene, "observer1")
    page = arrive(token=token).page
    open_receipt(page, scene, "flour")
    expect(page.locator(".amendment")).to_contain_text(scene.amended)
    expect(page.get_by_role("button", name="更正、处置或让步")).to_have_count(0)
    expect(page.locator(".history")).to_have_count(0)
    expect(page.get_by_role("button", name="证据包")).to_have_count(0)
    observer = Handheld(scene.service.address, "observer1", "", token=token)
    receipt = scene.here.sent["flour"].document
    amendment = {
        "id": "0195a3c2-0000-7000-8000-000000000001",
        "goods_receipt_id": receipt["id"],
        "kind": "correction",
        "reason": "试一试",
        "decision": "accepted_by_concession",
        "lines": [],
    }
    path = f"/api/v1/goods-receipt-amendments/{amendment['id']}"
    assert observer.send_json("PUT", path, amendment).status == 403
    trail = f"/api/v1/audit-entries?collection=goods_receipts&record_id={receipt['id']}"
    assert observer.get(trail).status == 403
