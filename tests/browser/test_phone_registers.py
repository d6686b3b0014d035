"""Registers on the phone: written without signal, and then on the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from server.calendars.deadlines import KITCHEN_TIME
from server.registers.menus import menu_id
from tests.browser.handset import Handset
from tests.browser.inspecting_steps import Canteen, Inspecting
from tests.browser.scene import Scene


def measure(page: Page, item_id: str, digits: str) -> None:
    page.locator(f"#item-{item_id} .reading").tap()
    for digit in digits:
        page.locator(f".keypad button:text-is('{digit}')").tap()
    page.locator(".keypad .is-main").tap()


def test_a_dish_is_sampled_and_nobody_without_a_certificate_is_sent_to_work(
    hand_out: Callable[..., Handset], scene: Scene, manager_token: str, tmp_path: Path
) -> None:
    canteen = Canteen(scene.service, manager_token)
    today = datetime.now(KITCHEN_TIME).date()
    unit = canteen.unit("留样班组")
    fridge = canteen.put("places", unit_id=unit["id"], code=uuid4().hex[:6], name="留样冰箱")
    canteen.task_for_chen("冰箱测温", unit, "REC-TEMPERATURE", place_ids=[fridge["id"]])
    ended = (today - timedelta(days=3)).isoformat()
    certificate = {"id": str(uuid4()), "number": "JK-9", "valid_until": ended}
    canteen.put("staff-members", name="宋大勇", health_certificates=[certificate])
    canteen.put(
        "menus",
        id=menu_id(canteen.site_id, today.isoformat(), "lunch"),
        served_on=today.isoformat(),
        meal="lunch",
        dishes=[{"id": str(uuid4()), "name": "清炒西兰花"}],
    )
    handset = hand_out()
    page = handset.sign_in("inspector2")
    handset.wait_until_ready()
    handset.lose_signal()
    chen = Inspecting(handset, tmp_path)

    page.get_by_label("今日台账").locator(".entry", has_text="食品留样").tap()
    expect(page.locator("h1")).to_have_text("台账")
    page.locator(".entry", has_text="清炒西兰花").tap()
    expect(page.locator("h1")).to_have_text("食品留样记录")
    expect(page.locator("#item-S01 textarea")).to_have_value("清炒西兰花")
    page.locator("#item-place select").select_option(label="留样冰箱")
    page.locator("#item-S03 input[inputmode]").fill("130")
    chen.photograph(chen.item("S03"))
    measure(page, "S04", "4")
    # Killed in the middle, it goes on where it was. Reading waits for what is being written.
    handset.stored("state")
    page.reload()
    expect(page.locator("#item-S03 input[inputmode]")).to_have_value("130")
    chen.item("S06").get_by_role("button", name="合格", exact=True).tap()
    chen.sign()
    expect(chen.foot()).to_have_text("记录")
    chen.foot().tap()
    expect(page.locator("h1")).to_have_text("台账")
    sampled = page.locator(".entry[href*='registers/entries']", has_text="清炒西兰花")
    sampled.tap()
    expect(page.get_by_role("button", name="之后才能销毁")).to_be_disabled()
    sample_id = page.evaluate("location.hash").split("/")[3]

    handset.open("#/staff")
    expect(page.locator(".entry", has_text="宋大勇")).to_contain_text("健康证已于")
    handset.open("#/registers")
    page.locator(".entry", has_text="宋大勇").tap()
    expect(page.locator("h1")).to_have_text("从业人员晨检")
    measure(page, "C01", "36.5")
    for item_id, answer in (("C02", "无"), ("C04", "合格"), ("C05", "上岗")):
        chen.item(item_id).get_by_role("button", name=answer, exact=True).tap()
    expect(page.locator("#item-duty")).to_contain_text("今天不得上岗")
    expect(chen.foot()).to_have_text("还差 1 项")
    chen.item("C05").get_by_role("button", name="调离", exact=True).tap()
    expect(chen.foot()).to_have_text("记录")
    chen.foot().tap()
    expect(page.locator("h1")).to_have_text("台账")
    checked = page.locator(".entry[href*='registers/entries']", has_text="宋大勇")
    checked_id = (checked.get_attribute("href") or "").split("/")[3]

    # A task for a register leads to a line of it, at the task's place.
    handset.open("#/inspections")
    page.locator(
        ".entry[href*='inspections/new']", has_text=re.compile("冰箱测温.*剩", re.DOTALL)
    ).tap()
    page.get_by_role("link", name="登记").tap()
    expect(page.locator("#item-place select")).to_have_value(fridge["id"])
    chen.item("M01").get_by_role("button", name="冷藏").tap()
    measure(page, "M02", "9")
    chen.photograph(chen.item("M02"))
    page.locator("#item-measure textarea").fill("已报修")
    chen.item("M03").get_by_role("button", name="合格", exact=True).tap()
    expect(chen.foot()).to_have_text("记录")
    chen.foot().tap()
    expect(page.locator("h1")).to_have_text("台账")

    # What failed may become a finding, with what is known of it filled in.
    page.locator(".entry[href*='registers/entries']", has_text="9 ℃").tap()
    page.get_by_role("link", name="报为问题").tap()
    expect(page.get_by_label("是什么")).to_have_value("冷藏冷冻及热藏温度记录：温度")
    page.get_by_role("button", name="保存").tap()
    expect(page.locator("h1")).to_have_text("检查")

    handset.find_signal()
    handset.wait_until_safe()
    kept = canteen.read("register-entries", sample_id)["document"]
    assert (kept["sample"]["dish"], kept["place_id"], kept["is_ok"]) == (
        "清炒西兰花", fridge["id"], True,
    )  # fmt: skip
    [finding] = [
        one for one in canteen.list_of("findings") if one["source_collection"] == "register_entries"
    ]
    tasks = [one for one in canteen.list_of("inspection-tasks") if one["title"] == "冰箱测温"]
    [task] = [one for one in tasks if one["status"] == "done"]
    assert (finding["source_id"], finding["item_id"], finding["nonconformity_class"]) == (
        task["inspection_id"], "M02", "A",
    )  # fmt: skip
    assert len(finding["attachment_ids"]) == 1
    measured = canteen.read("register-entries", task["inspection_id"])["document"]
    assert (task["status"], measured["task_id"], measured["unit_id"]) == (
        "done", task["id"], unit["id"],
    )  # fmt: skip
    duty = canteen.read("register-entries", checked_id)["document"]["duty"]
    assert (duty["is_cleared"], duty["was_on_duty_anyway"]) == (False, False)
    assert "健康证" in duty["reasons"][0]["zh"]
