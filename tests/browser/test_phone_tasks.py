"""Inspections and corrective actions on the phone: without signal, and then on the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.handset import Handset
from tests.browser.inspecting_steps import Canteen, Inspecting
from tests.browser.phone_deeds import sync
from tests.browser.scene import Scene

TASK = ".entry[href*='inspections/new']"
NOTICE = ".entry[href*='actions/']"


@pytest.fixture
def canteen(scene: Scene, manager_token: str) -> Canteen:
    return Canteen(scene.service, manager_token)


def test_an_inspection_without_signal_becomes_findings_and_a_notice(
    hand_out: Callable[..., Handset], canteen: Canteen, tmp_path: Path
) -> None:
    store = canteen.unit("仓库班组")
    canteen.task_for_chen("仓库日查", store)
    handset = hand_out()
    page = handset.sign_in("inspector2")
    handset.wait_until_ready()
    chen = Inspecting(handset, tmp_path)
    handset.lose_signal()

    handset.open("#/")
    page.locator(TASK, has_text="仓库日查").tap()
    page.get_by_role("button", name="开始检查").tap()
    chen.fail("K03", "帽子未戴")
    page.locator("main > .button.quiet").tap()
    for item_id in ("K08", "K09", "K12"):
        chen.measure(item_id)
    expect(chen.item("K09").locator(".reading-value")).to_have_text("−18 ℃")
    for item_id in ("K08", "K09", "K12", "K16"):
        chen.photograph(chen.item(item_id))
    chen.sign()

    # What is missing leads to its item; answered, the inspection may end.
    expect(chen.foot()).to_have_text("还差 1 项")
    chen.foot().tap()
    page.locator(".missing-item").tap()
    expect(page.locator("dialog")).to_have_count(0)
    expect(chen.item("K03")).to_be_in_viewport()
    chen.photograph(chen.item("K03"))
    chen.foot().tap()
    expect(page.locator(".inspection-grade")).to_have_text("基本合格")
    page.locator("dialog .button").tap()
    inspection_id = page.evaluate("location.hash").split("/")[2]

    # The notice names a finding that the server does not know yet.
    page.locator(".foot a.button", has_text="开整改通知").tap()
    expect(page.locator("h1")).to_have_text("开整改通知")
    chen.foot().tap()
    expect(page.locator(".notice-status")).to_have_text("待整改")
    notice_id = page.evaluate("location.hash").split("/")[2]

    handset.find_signal()
    handset.wait_until_safe()
    document = canteen.read("inspections", inspection_id)["document"]
    assert (document["status"], document["result"]["grade"]["grade"]) == ("finished", "basic")
    notice = canteen.read("corrective-actions", notice_id)
    assert notice["document"]["number"].startswith("TZ-")
    assert notice["document"]["finding_ids"] == document["finding_ids"]
    handset.open("#/")
    expect(page.locator("h1")).to_contain_text("陈静")
    expect(page.locator(TASK, has_text="仓库日查")).to_have_count(0)


def test_a_notice_is_put_right_without_signal_and_judged_on_another_phone(
    hand_out: Callable[..., Handset], canteen: Canteen, tmp_path: Path
) -> None:
    kitchen = canteen.unit("后厨班组", head_user_id=canteen.chen)
    notice, withdrawn = (canteen.notice(t, kitchen) for t in ("刀具未分色", "垃圾桶未加盖"))
    handset = hand_out()
    page = handset.sign_in("inspector2")
    handset.wait_until_ready()
    chen = Inspecting(handset, tmp_path)
    handset.lose_signal()

    for title in ("刀具未分色", "垃圾桶未加盖"):
        handset.open("#/actions")
        page.locator(NOTICE, has_text=title).tap()
        expect(page.locator(".notice-due")).to_contain_text(re.compile("剩 [23] 天"))
        chen.foot().tap()
        page.locator("textarea").first.fill("已按颜色")
        fixing = page.evaluate("location.hash")
        handset.open("#/")
        expect(page.locator("h1")).to_contain_text("陈静")
        expect(page.locator(f".entry[href='{fixing}']")).to_contain_text("整改填写中")
        handset.open("#/me")
        page.locator("text=退出登录").tap()
        expect(page.locator(".notice")).to_contain_text("暂不能退出")
        handset.open(fixing)
        # Leaving the screen has lost nothing of what was typed.
        expect(page.locator("textarea").first).to_have_value("已按颜色")
        chen.photograph(page.locator("main"))
        chen.foot().tap()
        expect(page.locator(".notice-status")).to_have_text("已提交，待验证")

    canteen.put(
        "corrective-action-steps",
        corrective_action_id=withdrawn["id"],
        kind="withdrawn",
        text="开错了",
        captured_at=notice["captured_at"],
    )
    handset.find_signal()
    page.wait_for_selector(".light[data-light=trouble]")
    expect(page.locator(".refused-step")).to_contain_text("已撤销")
    handset.open("#/")
    expect(page.locator(".came-back")).to_contain_text("1 条记录被退回")
    _throw_away(handset, withdrawn["id"])

    judge = hand_out()
    judge.sign_in("manager1")
    judge.wait_until_ready()
    judge.open("#/actions")
    judge.page.locator(NOTICE, has_text="刀具未分色").tap()
    judge.page.locator(".foot .button", has_text="验证通过").tap()
    expect(judge.page.locator(".notice-status")).to_have_text("已验证")
    judge.wait_until_safe()
    answer = canteen.read("corrective-actions", notice["id"])
    assert answer["document"]["status"] == "verified"
    assert [step["kind"] for step in answer["steps"]] == ["submitted", "verified"]

    given = canteen.notice("地沟未清理", kitchen)
    sync(judge)
    judge.open("#/actions")
    judge.page.locator(NOTICE, has_text="地沟未清理").tap()
    judge.page.locator(".further button", has_text="改派").tap()
    sheet = judge.page.locator("dialog")
    sheet.locator("select").select_option(label="刘洋")
    sheet.locator("textarea").fill("陈静休假")
    sheet.get_by_role("button", name="改派").tap()
    expect(sheet).to_have_count(0)
    sync(judge)
    judge.wait_until_safe()
    answer = canteen.read("corrective-actions", given["id"])["document"]
    assert answer["assignee"]["name"] == "刘洋"


def _throw_away(handset: Handset, notice_id: str) -> None:
    """What the server refused goes when the person says so, and comes back when they were wrong."""
    page = handset.open(f"#/actions/{notice_id}")
    refused = page.locator(".refused-step")
    refused.locator("button").last.tap()
    expect(refused).to_have_count(0)
    assert [one for one in handset.outbox() if one["problem"]] == []
    page.locator(".message button").first.tap()
    expect(refused).to_contain_text("已撤销")
    refused.locator("button").last.tap()
    expect(refused).to_have_count(0)
    handset.wait_until_safe()
