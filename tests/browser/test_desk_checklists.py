"""Writing the next version of a checklist at the desk, with the phone's view beside it."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.handheld import Handheld

WIDE = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False}


def wait_saved(page: Page) -> None:
    expect(page.get_by_text("已保存为草稿")).to_be_visible()


def arrive_unheard(route: Route, arrived: list[str]) -> None:
    """Let a saving arrive and keep its answer back; everything else goes through."""
    if route.request.method != "PUT":
        route.fallback()
        return
    arrived.append(route.fetch().text())


def test_a_checklist_is_changed_tried_and_published(arrive, manager_token, scene, inspector_token):
    page = arrive(token=manager_token, **WIDE).page
    page.goto(f"{scene.service.address}/desk#/administration/checklists")
    expect(page.get_by_role("heading", name="检查表", exact=True)).to_be_visible()
    page.locator("tr", has_text="DIS-TABLEWARE").get_by_role("link").click()
    expect(page.get_by_role("heading", name="第 1 版")).to_be_visible()
    page.get_by_role("button", name="编写下一版本").click()
    expect(page.get_by_role("button", name="发布")).to_be_visible()

    # A temperature with a limit, asked for at the end.
    page.get_by_role("button", name="加一个项目").click()
    form = page.locator(".item-form")
    form.get_by_label("中文", exact=True).fill("冷藏柜温度")
    form.get_by_label("英文", exact=True).fill("Refrigerator temperature")
    form.get_by_label("类型").select_option("temperature")
    form.get_by_label("最大").fill("8")
    form.get_by_label("最小").fill("9")
    # The limit the wrong way round is told at the item, and nothing can be published meanwhile.
    row = page.locator(".items > li", has_text="冷藏柜温度")
    expect(row.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="发布")).to_be_disabled()
    form.get_by_label("最小").fill("0")
    expect(row.get_by_role("alert")).to_have_count(0)

    # The phone's view beside it judges what is tried there, as a phone would.
    tried = page.locator(".preview #item-N01")
    tried.get_by_role("button", name="录入温度").click()
    for key in ("9", "确定"):
        page.get_by_role("dialog").get_by_role("button", name=key, exact=True).click()
    expect(tried).to_have_attribute("data-outcome", "not_ok")
    expect(tried).to_contain_text("9")

    # Moved by the keyboard, which stays with it, and undone.
    opener = row.locator(".item-open")
    opener.focus()
    place = page.locator(".items > li").count()
    opener.press("Alt+ArrowUp")
    expect(page.locator(".items > li").nth(place - 2)).to_contain_text("冷藏柜温度")
    expect(opener).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator(".items > li").nth(place - 1)).to_contain_text("冷藏柜温度")
    wait_saved(page)

    # Undone while a saving arrives that the page never hears of: the undone state is what stays.
    arrived: list[str] = []
    page.route("**/checklist-drafts/*", lambda route: arrive_unheard(route, arrived))
    with page.expect_request(lambda request: request.method == "PUT"):
        opener.press("Alt+ArrowUp")
    page.keyboard.press("Control+z")
    expect(page.locator(".items > li").nth(place - 1)).to_contain_text("冷藏柜温度")
    page.reload()
    assert len(arrived) == 1
    page.unroute("**/checklist-drafts/*")
    expect(page.locator(".items > li").nth(place - 1)).to_contain_text("冷藏柜温度")
    wait_saved(page)
    page.reload()
    expect(page.locator(".items > li").nth(place - 1)).to_contain_text("冷藏柜温度")
    page.get_by_role("button", name="发布").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").fill("增加冷藏柜温度")
    dialog.get_by_role("button", name="发布").click()
    expect(page.get_by_role("heading", name="第 2 版")).to_be_visible()
    version = page.url
    differences = page.get_by_role("region", name="与旧版本的差异")
    expect(differences.locator("[data-change=added]")).to_contain_text("冷藏柜温度")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440

    # How an inspection is graded, and the sections it has: the phone's view follows at once.
    page.goto(f"{scene.service.address}/desk#/administration/checklists")
    page.locator("tr", has_text="INS-DAILY").get_by_role("link").click()
    page.get_by_role("button", name="编写下一版本").click()
    grading = page.locator(".grading-form")
    expect(grading.locator("input[type=number]")).to_have_count(6)
    grading.get_by_label("评定方法").select_option("percent")
    grading.get_by_label("基本合格").fill("95")
    expect(grading.get_by_role("alert")).to_contain_text("95% 高于合格线")
    expect(page.get_by_role("button", name="发布")).to_be_disabled()
    grading.get_by_label("基本合格").fill("60")
    expect(page.get_by_role("button", name="发布")).to_be_enabled()
    sections = page.locator(".sections-form")
    page.get_by_role("button", name="加一个部分").click()
    sections.get_by_label("中文").last.fill("收尾")
    wait_saved(page)
    kept = Handheld(scene.service.address, "manager1", "", token=manager_token).get(
        f"/api/v1/checklist-drafts/{page.url.rsplit('/', 1)[-1]}"
    )
    content = kept.expect(200).json["content"]
    assert content["grading"]["method"] == "percent"
    assert content["grading"]["basic_percent"] == "60"
    assert content["sections"][-1]["zh"] == "收尾"
    page.once("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="丢弃草稿").click()
    expect(page.get_by_role("heading", name="检查表", exact=True)).to_be_visible()

    # One list of what nobody has checked yet; confirming says against which text, and stays.
    page.goto(f"{scene.service.address}/desk#/administration/checklists/unconfirmed?code=INS-DAILY")
    expect(page.get_by_role("heading", name="全部待核对")).to_be_visible()
    page.locator("tr", has_text="K08").get_by_role("button", name="确认已核对").click()
    dialog.get_by_label("核对依据").fill("GB 31654-2021 官方 PDF 第 7 页")
    dialog.get_by_role("button", name="确认已核对").click()
    expect(page.locator("tr", has_text="K08")).to_have_count(0)
    page.get_by_label("状态").select_option("done")
    expect(page.locator("tr", has_text="K08")).to_contain_text("官方 PDF 第 7 页")

    # Who receives goods does not see any of it, by page or by address.
    visitor = arrive(token=inspector_token, **WIDE)
    expect(visitor.page.get_by_role("link", name="管理", exact=True)).to_have_count(0)
    visitor.page.goto(version)
    expect(visitor.page.get_by_role("alert")).to_contain_text("无权")
