"""A delivery received without signal, from the first tap to every byte on the server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.handset import PIN, Handset
from tests.browser.receiving_steps import Receiving
from tests.handheld import Handheld


def test_a_delivery_is_received_offline_survives_a_killed_page_and_arrives_whole(
    hand_out: Callable[..., Handset], tmp_path: Path, manager_token: str
) -> None:
    handset = hand_out()
    handset.sign_in("inspector1")
    handset.wait_until_ready()
    handset.lose_signal()
    steps = Receiving(handset, tmp_path)
    receipt_id = steps.begin("丰登粮油")
    steps.add("大米", "120")
    steps.tap(steps.foot())
    _kill_while_typing(handset, receipt_id)
    page = handset.page
    expect(page.get_by_label("送货单号")).to_have_value("SH-2026-1123")
    steps.date("大米")
    steps.tap(steps.foot())
    for gate in ("证明文件", "车辆与包装", "状态：温度、日期"):
        steps.pass_gate(gate)
    steps.sample("大米")
    steps.tap(steps.foot())
    steps.decide()
    expect(page.locator(".banner")).to_have_text("内容齐全，可以签字")
    steps.sign("验收人签字")
    steps.sign("见证人签字", witness=_colleague(page))
    handset.open(f"#/receipts/{receipt_id}")
    expect(page.locator(".banner")).to_contain_text("接收")
    assert steps.pictures + 2 >= 6
    handset.find_signal()
    handset.wait_until_safe()
    assert handset.outbox() == []
    _everything_arrived(handset, receipt_id, manager_token)


def _kill_while_typing(handset: Handset, receipt_id: str) -> None:
    handset.page.get_by_label("送货单号").press_sequentially("SH-2026-1123", delay=80)
    # Written down already: closing runs no handler of the page.
    handset.page.close(run_before_unload=False)
    page = handset.page = handset.context.new_page()
    page.goto(f"{handset.service.address}/#/receipts/{receipt_id}")
    handset.press_pin(PIN)


def _colleague(page: Page) -> str:
    page.locator(".foot .button", has_text="见证人签字").tap()
    # In the page before it is open: until then Escape closes nothing.
    page.locator("dialog select").wait_for()
    labels = page.locator("dialog select option").all_text_contents()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    return next(label for label in labels if "验收员" in label and "刘洋" not in label)


def _everything_arrived(handset: Handset, receipt_id: str, manager_token: str) -> None:
    manager = Handheld(handset.service.address, "manager1", "", token=manager_token)
    detail = manager.get(f"/api/v1/goods-receipts/{receipt_id}").expect(200).json
    document = detail["document"]
    assert document["status"] == "signed"
    assert document["decision"] == "accepted"
    assert document["number"]
    assert detail["photos"]["stored"] == detail["photos"]["announced"] >= 6
    kept = handset.photo_digests()
    assert len(kept) == detail["photos"]["announced"]
    for attachment_id, digest in kept.items():
        content = manager.get(f"/api/v1/attachments/{attachment_id}/content").expect(200).body
        assert hashlib.sha256(content).hexdigest() == digest
