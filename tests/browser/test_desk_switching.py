"""Switching on the desk: why a supplier's lots are inspected as they are, and who approves what."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.access import findings
from tests.browser.scene import Ramp, Scene
from tests.handheld import Handheld
from tests.receipts import reject_line

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False}
# Older than everything else of the scene: lists that begin with the newest stay as they are.
LONG_AGO = 60


def deliver(ramp: Ramp, days_ago: int, found: int = 0) -> None:
    """One lot of salt at the second canteen, inspected that day."""
    draft = ramp.begin("S04", days_ago=days_ago)
    line = ramp.add(draft, "P-D-05", 50)
    draft.sample()["nonconforming"]["B"] = found
    if found:
        reject_line(line)
    ramp.sign(draft, "rejected" if found else "accepted")
    ramp.send(f"salt {days_ago}", draft)


def history(scene: Scene) -> str:
    """A lot refused, and another that came late: two in a row. The address of the state."""
    ramp = scene.elsewhere
    for days_ago in (LONG_AGO + 5, LONG_AGO + 3, LONG_AGO + 2, LONG_AGO):
        deliver(ramp, days_ago, found=9 if days_ago == LONG_AGO + 3 else 0)
    deliver(ramp, LONG_AGO + 4, found=9)
    wanted = {"search": "食用盐", "nonconformity_class": "B"}
    listed = ramp.phone.get("/api/v1/switching", **wanted).expect(200).json
    [record] = listed["switching_states"]
    return str(record["document"]["id"])


@pytest.fixture(scope="module")
def state(scene: Scene) -> str:
    return history(scene)


@pytest.fixture(scope="module")
def quality_token(scene: Scene) -> str:
    passwords = scene.service.accounts()
    return Handheld(scene.service.address, "quality1", passwords["quality1"]).sign_in().token


def test_a_late_lot_is_explained_and_reduced_inspection_approved_with_a_reason(
    arrive, quality_token, state
):
    """1440 px, Chinese, by keyboard."""
    page = arrive(token=quality_token, **WIDE).page
    page.get_by_role("link", name="转移规则").click()
    expect(page.get_by_role("heading", name="转移规则")).to_be_visible()
    page.get_by_label("供货者或产品").fill("食用盐")
    page.get_by_label("状态").select_option("tightened")
    rows = page.locator(".table tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("丰登粮油贸易有限公司")
    expect(rows.get_by_role("img", name="最近 5 批：接收 3，不接收 2")).to_be_visible()
    assert "severity=tightened" in page.url

    rows.get_by_role("link").click()
    expect(page.locator(".ladder [aria-current]")).to_have_text("加严")
    expect(page.locator(".state-card")).to_contain_text("最近 2 批中有 2 批不接收")
    expect(page.get_by_role("progressbar", name="连续接收")).to_have_attribute("max", "5")
    strip = page.locator(".strip-of-lots .lot-sign")
    expect(strip).to_have_count(5)
    decisions = strip.evaluate_all("all => all.map((sign) => sign.dataset.decision)")
    assert decisions == ["accepted", "not_accepted", "not_accepted", "accepted", "accepted"]
    assert strip.evaluate_all("all => all.map((s) => 'marked' in s.dataset)")[-2:] == [True, True]
    expect(page.locator(".marked-lots li")).to_have_count(2)
    expect(page.locator(".marked-lots")).to_contain_text("判定不变")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="CSV").click()
    content = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(content.splitlines()))) == 6

    approve = page.get_by_role("button", name="同意放宽检验")
    approve.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="同意放宽检验")
    expect(sheet).to_contain_text("签署人：张伟（质量员）")
    expect(sheet.get_by_role("button", name="签署", exact=True)).to_be_disabled()
    sheet.get_by_label("理由").fill("供货者已更换包装线，三个月无投诉")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".action-log li")).to_contain_text("供货者已更换包装线")
    expect(page.locator(".action-log li")).to_contain_text("张伟")
    # From now on it can be ended, and no second approval is offered.
    expect(page.get_by_role("button", name="终止放宽检验")).to_be_visible()
    expect(approve).to_have_count(0)


def test_an_observer_reads_the_history_on_a_phone_and_approves_nothing(arrive, scene, state):
    """360 px, English."""
    visitor = arrive(locale="en-GB")
    page = visitor.sign_in("observer1")
    page.evaluate("id => { location.hash = `#/switching/${id}`; }", state)
    expect(page.locator(".ladder [aria-current]")).to_have_text("Tightened")
    expect(page.locator(".state-card")).to_contain_text("Quality staff and managers")
    expect(page.locator(".state-actions")).to_have_count(0)
    expect(page.locator(".marked-lots li")).to_have_count(2)
    assert findings(page, "state") == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.locator(".state-card")).to_contain_text("2 of the last 2 lots not accepted")
