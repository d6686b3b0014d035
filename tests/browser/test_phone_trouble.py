"""What the phone captured arrives whole, whatever the network, the server and other phones do."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.handset import Handset, pick_up
from tests.browser.phone_deeds import draft, seen, sync, write_down
from tests.browser.scene import Scene
from tests.handheld import Handheld
from tests.infrastructure.rough_network import HOSTILE, Fate, RoughNetwork
from tests.infrastructure.service import Service, running_service

PATIENCE_SECONDS = 150


@pytest.fixture
def own_service(browser: Browser, tmp_path: Path) -> Iterator[Service]:
    """A service for one test alone: it is killed."""
    with running_service(tmp_path / "data", scheduler="0") as service:
        yield service


def test_a_hostile_network_and_a_killed_server_lose_and_double_nothing(
    browser: Browser, own_service: Service
) -> None:
    network = RoughNetwork(own_service.port, seed="a phone")
    line = network.line("phone", {})
    handset = pick_up(browser, replace(own_service, port=line.port))
    handset.expected = ("Failed to load resource", "ERR_")
    try:
        handset.sign_in("inspector1", pin=None)
        handset.wait_until_ready()
        # What is late or overtaken makes the test longer and proves nothing about the phone.
        line.odds = {fate: odds for fate, odds in HOSTILE.items() if fate is not Fate.LATE}
        receipts = [draft(handset) for _ in range(4)]
        write_down(handset, *receipts[:2], photos=3)
        sync(handset)
        own_service.kill()
        write_down(handset, *receipts[2:], photos=2)
        own_service.start()
        write_down(handset, {**_seen(handset, receipts[0]["id"]), "note": "改过一次"})
        _sync_until_safe(handset)
        _same_on_the_server(handset, own_service, [receipt["id"] for receipt in receipts])
        assert _seen(handset, receipts[0]["id"])["note"] == "改过一次"
    finally:
        complaints = handset.leave()
        network.close()
    assert set(line.fates) > {Fate.ARRIVES, Fate.ANSWER_LOST}
    assert complaints == []


def _seen(handset: Handset, receipt_id: str) -> dict:
    document = seen(handset, receipt_id)
    assert document is not None
    return document


def _sync_until_safe(handset: Handset) -> None:
    """A network that comes and goes wakes the phone each time it comes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while handset.page.locator(".light").get_attribute("data-light") != "safe":
        assert time.monotonic() < deadline, handset.outbox()
        sync(handset)
        handset.page.wait_for_timeout(100)


def _same_on_the_server(handset: Handset, service: Service, receipt_ids: list[str]) -> None:
    person = Handheld(service.address, "inspector1", service.accounts()["inspector1"]).sign_in()
    listed = person.get("/api/v1/goods-receipts?limit=100").expect(200).json["goods_receipts"]
    assert sorted(entry["id"] for entry in listed) == sorted(receipt_ids)
    kept = handset.photo_digests()
    assert len(kept) == 10
    for attachment_id, digest in kept.items():
        content = person.get(f"/api/v1/attachments/{attachment_id}/content").expect(200).body
        assert hashlib.sha256(content).hexdigest() == digest


def test_two_phones_on_one_delivery_merge_by_field_and_show_a_real_conflict(
    hand_out: Callable[..., Handset],
) -> None:
    first, second = hand_out(), hand_out()
    for handset, username in ((first, "inspector1"), (second, "inspector2")):
        handset.sign_in(username, pin=None)
        handset.wait_until_ready()
    receipt = draft(first)
    write_down(first, receipt)
    first.wait_until_safe()
    sync(second)
    for handset in (first, second):
        handset.lose_signal()
    write_down(first, {**_seen(first, receipt["id"]), "vehicle_plate": "鲁E11111", "note": "甲"})
    write_down(second, {**_seen(second, receipt["id"]), "driver_name": "刘师傅", "note": "乙"})
    first.find_signal()
    first.wait_until_safe()
    second.find_signal()
    expect(second.page.locator(".light")).to_have_attribute("data-light", "trouble")
    page = second.open("#/safety")
    card = page.locator("article", has_text="到货验收")
    expect(card.locator("dd").nth(0)).to_have_text("乙")
    expect(card.locator("dd").nth(1)).to_have_text("甲")
    card.get_by_role("button", name="用我的").tap()
    card.get_by_role("button", name="就这样").tap()
    second.wait_until_safe()
    sync(first)
    expect(first.page.locator(".light")).to_have_attribute("data-light", "safe")
    assert _seen(first, receipt["id"])["note"] == "乙"


def test_a_revoked_device_keeps_its_work_and_says_why(
    hand_out: Callable[..., Handset], scene: Scene
) -> None:
    handset = hand_out()
    handset.expected = ("403", "ERR_INTERNET_DISCONNECTED")
    handset.sign_in("inspector2", pin=None)
    handset.wait_until_ready()
    handset.lose_signal()
    receipt = draft(handset)
    write_down(handset, receipt, photos=1)
    device_id = handset.page.evaluate("localStorage.getItem('yanshou.device-id')")
    service = scene.service
    admin = Handheld(service.address, "admin", service.accounts()["admin"]).sign_in()
    admin.request("POST", f"/api/v1/devices/{device_id}/revoke").expect(200, 204)
    handset.find_signal()
    page = handset.open("#/safety")
    expect(page.locator("main .notice").first).to_contain_text("设备已停用")
    assert _seen(handset, receipt["id"])["id"] == receipt["id"]
    assert len(handset.photo_digests()) == 1


def test_a_server_in_trouble_is_asked_less_often_and_a_photo_it_refused_is_asked_again_by_hand(
    hand_out: Callable[..., Handset],
) -> None:
    handset = hand_out(service_workers="block")
    handset.expected = ("500", "413", "Service Worker")
    page = handset.sign_in("inspector1", pin=None, has_worker=False)
    handset.wait_until_ready()
    tried: list[str] = []
    # First an answer that broke off among its headers, as a browser without HTTPS passes it on.
    page.route("**/uploads", _after(tried, [{"status": 201}, {"status": 500, "body": "trouble"}]))
    write_down(handset, draft(handset), photos=1)
    page.wait_for_timeout(9000)
    assert 2 <= len(tried) <= 5
    page.unroute("**/uploads")
    handset.wait_until_safe()

    refused = {"status": 413, "json": {"type": "/problems/x", "title": "太大", "status": 413}}
    page.route("**/uploads", _after(tried, [refused]))
    write_down(handset, draft(handset), photos=1)
    expect(page.locator(".light")).to_have_attribute("data-light", "trouble")
    handset.open("#/safety")
    expect(page.locator("main")).to_contain_text("太大")
    page.unroute("**/uploads")
    page.get_by_role("button", name="立即上传").tap()
    handset.wait_until_safe()


def _after(tried: list[str], answers: list[dict[str, Any]]) -> Callable[[Route], None]:
    """Give one answer after the other, and the last of them from then on."""
    left = list(answers)

    def answer(route: Route) -> None:
        tried.append(route.request.url)
        route.fulfill(**(left.pop(0) if len(left) > 1 else left[0]))

    return answer


_A_DAY_AHEAD = """(() => {
  const RealDate = Date, ahead = 24 * 60 * 60 * 1000;
  window.Date = class extends RealDate {
    constructor(...parts) {
      if (parts.length > 0) super(...parts);
      else super(RealDate.now() + ahead);
    }
    static now() { return RealDate.now() + ahead; }
  };
})()"""


def test_a_clock_that_is_a_day_ahead_is_shown_and_nothing_is_dated_anew(
    hand_out: Callable[..., Handset], scene: Scene, manager_token: str
) -> None:
    handset = hand_out()
    handset.context.add_init_script(_A_DAY_AHEAD)
    page = handset.page
    page.reload()
    handset.sign_in("inspector1", pin=None)
    handset.wait_until_ready()
    receipt = draft(handset)
    write_down(handset, receipt, photos=1)
    handset.wait_until_safe()
    handset.open("#/safety")
    expect(page.locator("main")).to_contain_text(re.compile("1,4(39|40) 分钟"))
    manager = Handheld(scene.service.address, "manager1", "", token=manager_token)
    kept = manager.get(f"/api/v1/goods-receipts/{receipt['id']}").expect(200).json["document"]
    assert kept["captured_at"] == receipt["captured_at"]
    assert kept["captured_at"] > datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
