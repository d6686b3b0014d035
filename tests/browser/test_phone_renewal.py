"""A new version in the middle of a receipt, a slow server, and a phone that is nearly full."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.handset import Handset, pick_up
from tests.browser.phone_deeds import draft, seen, sync, write_down
from tests.browser.photo_bench import fill_up_the_phone
from tests.browser.receiving_steps import Receiving
from tests.browser.scene import Scene
from tests.handheld import Handheld
from tests.infrastructure.photos import photo
from tests.infrastructure.rough_network import Fate, Line, RoughNetwork

_LOOK_FOR_A_NEW_VERSION = """async () => {
  window.isStillTheSame = true;
  await (await navigator.serviceWorker.getRegistration()).update();
}"""
_CACHES = "() => caches.keys()"
_LITTLE_ROOM = """() => {
  navigator.storage.estimate = async () => ({ usage: 950_000_000, quota: 1_000_000_000 });
}"""


@pytest.fixture
def slow_line(scene: Scene) -> Iterator[Line]:
    """A way to the service on which everything takes its time, once the app is there."""
    network = RoughNetwork(scene.service.port, seed="slow")
    yield network.line("slow", {})
    network.close()


def test_a_new_version_waits_until_the_person_takes_it_and_the_draft_goes_on(
    browser: Browser, scene: Scene, slow_line: Line, tmp_path: Path, inspector_token: str
) -> None:
    handset = pick_up(browser, replace(scene.service, port=slow_line.port))
    handset.sign_in("inspector1", pin=None)
    handset.wait_until_ready()
    slow_line.odds = {Fate.LATE: 1.0}
    steps = Receiving(handset, tmp_path)
    receipt_id = steps.begin("丰登粮油")
    steps.add("大米", "120")
    page = handset.open(f"#/receipts/{receipt_id}")
    page.get_by_label("送货单号").press_sequentially("SH-2026")

    # Hundreds of files at that pace would make the test longer and prove nothing.
    slow_line.odds = {}
    newer = _publish_newer(scene, slow_line)
    page.evaluate(_LOOK_FOR_A_NEW_VERSION)
    offer = page.locator(".offer")
    expect(offer).to_contain_text("有新版本")
    page.get_by_label("送货单号").press_sequentially("-77")
    assert page.evaluate("window.isStillTheSame") is True
    assert f"yanshou-{newer}" in page.evaluate(_CACHES)

    handset.context.add_init_script(f"({_LITTLE_ROOM})()")
    with page.expect_event("framenavigated"):
        offer.get_by_role("button", name="更新").tap()
    expect(page.get_by_label("送货单号")).to_have_value("SH-2026-77")
    assert page.evaluate("window.isStillTheSame") is None
    assert page.evaluate(_CACHES) == [f"yanshou-{newer}"]
    expect(page.locator(".offer")).to_have_count(0)
    slow_line.odds = {Fate.LATE: 1.0}
    steps.date("大米")
    write_down(handset, draft(handset), photos=2)
    sync(handset)
    handset.wait_until_safe()
    assert handset.outbox() == []
    assert slow_line.fates.count(Fate.LATE) >= 5
    inspector = Handheld(scene.service.address, "inspector1", "", token=inspector_token)
    kept = inspector.get(f"/api/v1/goods-receipts/{receipt_id}").expect(200).json["document"]
    assert kept["delivery_note_number"] == "SH-2026-77"
    assert [line["delivered_quantity"] for line in kept["lines"]] == ["120"]
    assert kept["lines"][0]["produced_on"] is not None

    _nearly_full(handset, receipt_id)
    assert handset.leave() == []


def _publish_newer(scene: Scene, line: Line) -> str:
    """From here on the line brings a service worker of another version. Returns its name."""
    with urllib.request.urlopen(f"{scene.service.address}/service-worker.js") as answer:
        script = answer.read().decode()
    version = re.search(r'"version": "(\w+)"', script)
    assert version is not None
    newer = f"{version[1]}x"
    line.replaced["/service-worker.js"] = script.replace(version[1], newer).encode()
    return newer


def _nearly_full(handset: Handset, receipt_id: str) -> None:
    """The warning comes while there is room; then a photo is refused, and only that."""
    page = handset.page
    before = seen(handset, receipt_id)
    photos = {one["id"] for one in handset.stored("photos")}
    handset.lose_signal()
    handset.open(f"#/receipts/{receipt_id}/gates/papers")
    expect(page.locator(".room-warning").first).to_contain_text("手机存储空间不足，只剩 48 MB")
    fill_up_the_phone(page)
    page.locator(".photo-field input[type=file]").first.set_input_files(
        {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": photo(9, size=(1600, 1200)).content}
    )
    notice = page.locator(".photo-field .notice")
    expect(notice).to_contain_text("之前录入的内容都在")
    assert {one["id"] for one in handset.stored("photos")} == photos
    assert seen(handset, receipt_id) == before
    notice.get_by_role("link", name="查看存储空间").tap()
    expect(page.locator(".room-short")).to_contain_text("请尽快连上网络上传")
    handset.find_signal()
