"""The rectification board and the overview, as a manager and an inspector have them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.handset import Handset
from tests.browser.inspecting_steps import Canteen
from tests.browser.rectifying_steps import Rectifying
from tests.browser.scene import Scene
from tests.browser.visitor import Visitor
from tests.handheld import Handheld

WIDE = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False}
ROW = ".board-row"


def open_at(page: Page, scene: Scene, address: str) -> None:
    page.goto(f"{scene.service.address}/desk{address}")


def lane(page: Page, name: str) -> int:
    return int(page.locator(".lanes a", has_text=name).locator("strong").inner_text())


def test_a_manager_judges_with_two_keys_and_takes_back_what_was_too_fast(
    arrive: Callable[..., Visitor],
    hand_out: Callable[..., Handset],
    scene: Scene,
    manager_token: str,
) -> None:
    canteen = Canteen(scene.service, manager_token)
    passwords = scene.service.accounts()
    chen = Handheld(scene.service.address, "inspector2", passwords["inspector2"]).sign_in()
    rectifying = Rectifying(canteen, chen)
    unit = canteen.unit("看板班组", head_user_id=canteen.chen)
    titles = ("看板一", "看板二", "看板三")
    first, second, third = (rectifying.submitted(title, unit) for title in titles)
    here = f"lane=submitted&unit_id={unit['id']}"

    page = arrive(token=manager_token, **WIDE).page
    open_at(page, scene, f"#/actions?{here}")
    expect(page.locator(ROW)).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("v")
    # For a moment it can be taken back, and then nothing was recorded.
    expect(page.locator(f"{ROW}[aria-current]")).to_contain_text("看板一")
    expect(page.locator(".taken")).to_contain_text("可以撤回")
    page.keyboard.press("z")
    expect(page.locator(".taken")).to_have_count(0)
    assert canteen.read("corrective-actions", first["id"])["document"]["status"] == "submitted"
    page.keyboard.press("v")
    expect(page.locator(f"{ROW}[data-taken=sent]")).to_contain_text("看板一")
    verified = canteen.read("corrective-actions", first["id"])
    assert [step["kind"] for step in verified["steps"]] == ["submitted", "verified"]
    expect(page.locator(".action-foot .button")).to_have_text("关闭")

    # What the audit log says of the notice and of what was found stands below it.
    expect(page.locator(".history summary")).to_have_text(["审计记录", "审计记录 · 看板一"])
    page.locator(".history summary").first.click()
    trail = page.get_by_role("table", name="审计记录").locator("tbody tr")
    expect(trail).to_have_count(3)
    expect(trail.first).to_contain_text("李淑芬")

    # Before and after follow one slider and one zoom.
    page.keyboard.press("j")
    expect(page.locator(".action-title h2")).to_have_text("看板二")
    expect(page.locator(".compare-frame img")).to_have_count(2)
    page.get_by_role("button", name="放大").click()
    images = page.locator(".compare-frame img")
    zoomed = images.evaluate_all("all => all.map((image) => image.style.transform)")
    assert zoomed[0] == zoomed[1] != ""
    page.get_by_role("button", name="滑动", exact=True).click()
    page.locator(".compare-slider").fill("25")
    before = page.locator("[data-side=before]")
    assert before.evaluate("frame => getComputedStyle(frame).clipPath") == "inset(0px 75% 0px 0px)"

    # Returned with a reason and a drawing, which is a picture of its own.
    page.keyboard.press("r")
    page.locator("dialog textarea").fill("角落还有油污，请看图")
    page.locator(".sketch-photo").first.click()
    _draw(page)
    page.get_by_role("button", name="用这张").click()
    expect(page.locator(".sketch-drawn")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog.sheet")).to_have_count(0)
    expect(page.locator(".action-state")).to_contain_text("已退回")
    returned = canteen.read("corrective-actions", second["id"])
    [sketch] = returned["steps"][-1]["attachment_ids"]
    kept = canteen.read("attachments", sketch)["document"]
    assert (kept["status"], kept["role"]) == ("stored", "sketch")
    photos = returned["document"]["submission"]["attachment_ids"]
    assert sketch not in photos

    _verifies_by_thumb(arrive, canteen, scene, manager_token, third, here)
    _verifies_from_the_inbox(hand_out, canteen, rectifying.submitted("看板四", unit))
    _others_see_and_cannot(arrive, scene, chen, rectifying.submitted("看板五", unit))


def _draw(page: Page) -> None:
    canvas = page.locator(".sketch-canvas")
    # Its size is that of the photo once that has come.
    expect(canvas).to_have_attribute("width", re.compile(r"\d{3,}"))
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90, steps=4)
    page.mouse.up()


def _verifies_by_thumb(
    arrive: Callable[..., Visitor],
    canteen: Canteen,
    scene: Scene,
    manager_token: str,
    action: dict[str, Any],
    here: str,
) -> None:
    page = arrive(token=manager_token).page
    open_at(page, scene, f"#/actions?{here}")
    page.locator(ROW, has_text="看板三").tap()
    page.locator(".action-foot .button", has_text="验证通过").tap()
    expect(page.locator(".taken")).to_be_visible()
    # Whoever goes on at once has decided: leaving sends what waits.
    page.reload()
    expect(page.locator(".action-state")).to_contain_text("已验证")
    assert canteen.read("corrective-actions", action["id"])["document"]["status"] == "verified"
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def _verifies_from_the_inbox(
    hand_out: Callable[..., Handset], canteen: Canteen, action: dict[str, Any]
) -> None:
    """Two taps: the message, and the judgement."""
    handset = hand_out()
    page = handset.sign_in("manager1")
    handset.wait_until_ready()
    handset.open("#/inbox")
    expect(page.locator("h1")).to_have_text("通知")
    page.locator(".told", has_text="看板四").tap()
    page.locator(".foot .button", has_text="验证通过").tap()
    expect(page.locator(".notice-status")).to_have_text("已验证")
    handset.wait_until_safe()
    steps = canteen.read("corrective-actions", action["id"])["steps"]
    assert [step["kind"] for step in steps] == ["submitted", "verified"]


def _others_see_and_cannot(
    arrive: Callable[..., Visitor], scene: Scene, chen: Handheld, action: dict[str, Any]
) -> None:
    """The inspector who put it right reads it; no button, no key and no request judges it."""
    page = arrive(token=chen.token, locale="en-GB", **WIDE).page
    open_at(page, scene, f"#/actions/{action['id']}?lane=submitted")
    expect(page.locator(".action-title h2")).to_have_text("看板五")
    expect(page.locator(".action-foot")).to_have_count(0)
    expect(page.locator(".history")).to_have_count(0)
    page.keyboard.press("v")
    expect(page.locator(".taken")).to_have_count(0)
    expect(page.locator(".further .button", has_text="Remark")).to_be_visible()
    step = {
        "id": str(uuid4()),
        "corrective_action_id": action["id"],
        "kind": "verified",
        "concerns_step_id": None,
        "captured_at": action["captured_at"],
    }
    chen.send_json("PUT", f"/api/v1/corrective-action-steps/{step['id']}", step).expect(403)

    # Whoever works at another site does not find it, by address either.
    password = scene.service.accounts()["inspector3"]
    elsewhere = Handheld(scene.service.address, "inspector3", password).sign_in()
    visitor = arrive(token=elsewhere.token, **WIDE)
    visitor.expect("404")
    open_at(visitor.page, scene, f"#/actions/{action['id']}")
    expect(visitor.page.locator(".board-right .notice")).to_be_visible()
    expect(visitor.page.locator(".action")).to_have_count(0)


def test_every_figure_of_the_overview_opens_what_it_is_made_of(
    arrive: Callable[..., Visitor], scene: Scene, manager_token: str
) -> None:
    page = arrive(token=manager_token, **WIDE).page
    open_at(page, scene, "#/")
    figure = page.locator(".overview-figure", has_text="今日到货")
    expect(figure.locator("strong")).not_to_have_text("–")
    today = int(figure.locator("strong").inner_text())
    assert today > 0
    bars = page.locator(".weeks li")
    expect(bars).to_have_count(12)
    assert page.locator(".weeks .stack-part").count() > 0
    page.locator(".behind summary").click()
    expect(page.get_by_role("row")).to_have_count(13)
    figure.click()
    expect(page.locator(".receipt-card")).to_have_count(today)

    for name, heading in (("今日台账未完成", "今日台账未完成"), ("证照到期", "证照到期")):
        open_at(page, scene, "#/")
        opened = page.locator(".overview-figure", has_text=name)
        expect(opened.locator("strong")).not_to_have_text("–")
        wanted = int(opened.locator("strong").inner_text())
        opened.click()
        expect(page.locator("h2")).to_have_text(heading)
        expect(page.locator("tbody tr")).to_have_count(wanted)
    open_at(page, scene, "#/")
    page.locator(".overview-figure", has_text="整改待验证").click()
    expect(page.locator(".lanes a[aria-current]")).to_contain_text("待验证")
