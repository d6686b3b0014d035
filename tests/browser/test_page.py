"""The page on a phone: signing in, the list, one receipt, both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.handheld import Handheld

pytestmark = pytest.mark.browser


def open_receipt(page, scene, name):
    page.evaluate(
        "id => { location.hash = `#/receipts/${id}`; }", scene.here.sent[name].document["id"]
    )
    page.wait_for_selector(".receipt h2")


def open_account(page):
    """Who is signed in: on a phone behind the last of the tabs."""
    page.locator(".desk-tabs button").tap()
    return page.locator("dialog .account")


def test_a_stranger_sees_that_the_service_lives_and_a_form(arrive):
    page = arrive().page
    expect(page.locator(".state")).to_have_text("服务正常")
    expect(page.get_by_label("用户名")).to_be_visible()
    expect(page.get_by_label("密码")).to_be_visible()
    assert page.locator(".receipt-card").count() == 0


def test_a_browser_that_is_not_chinese_gets_english(arrive):
    page = arrive(locale="de-DE").page
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize(
    ("locale", "reason"), [("zh-CN", "用户名或密码"), ("en-GB", "user name or password")]
)
def test_a_wrong_password_is_answered_with_the_reason(arrive, locale, reason):
    visitor = arrive(locale=locale)
    visitor.expect("401")
    page = visitor.page
    page.fill("[name=username]", "observer1")
    page.fill("[name=password]", "not the password")
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_contain_text(reason, ignore_case=True)
    expect(page.locator("[name=password]")).to_be_focused()
    assert page.evaluate("sessionStorage.length") == 0


def test_who_is_signed_in_stands_on_top(manager):
    account = open_account(manager)
    expect(account).to_contain_text("李淑芬")
    expect(account).to_contain_text("主管")
    expect(account).to_contain_text("基地一号食堂、采油三区食堂")


def test_the_list_shows_number_supplier_day_and_every_decision(manager, scene):
    # Phones of other tests may have sent drafts of the same supplier to the scene.
    pork = manager.locator(".receipt-card", has_text="东河惠民肉类加工有限公司")
    pork = pork.filter(has_text="YS-C1-")
    expect(pork.locator(".receipt-number")).to_contain_text("YS-C1-")
    expect(pork).to_contain_text(f"{scene.here.day.year}年{scene.here.day.month}月")
    expect(pork.locator(".badge")).to_have_text("接收")
    shown = manager.locator(".badge").evaluate_all("all => all.map(b => b.dataset.decision)")
    assert set(shown) == {
        "accepted",
        "rejected",
        "accepted_in_part",
        "accepted_by_concession",
        "draft",
    }


def test_photos_are_counted_and_shown_small(manager):
    dumplings = manager.locator(".receipt-card", has_text="北辰冷链食品有限公司")
    expect(dumplings.locator(".photo-count")).to_have_text("照片 8/8")
    first = dumplings.locator("img").first
    first.scroll_into_view_if_needed()
    manager.wait_for_function("image => image.naturalWidth > 0", arg=first.element_handle())
    assert first.evaluate("image => image.naturalWidth") <= 320
    pork = manager.locator(".receipt-card", has_text="东河惠民肉类加工有限公司")
    expect(pork.locator(".photo-count.is-waiting")).to_contain_text("待上传")


def test_the_bytes_behind_shown_photos_are_given_back(manager):
    manager.wait_for_function("() => document.querySelectorAll('.strip img[src]').length > 4")
    manager.wait_for_function("() => window.openAddresses.size === 0")


def test_a_tap_opens_a_rejected_receipt_with_its_reasons(manager, scene):
    manager.locator(".receipt-card", has_text="北辰冷链食品有限公司").tap()
    receipt = manager.locator(".receipt")
    expect(receipt.locator(".receipt-heading .badge")).to_have_text("拒收")
    figures = receipt.locator(".figure dd").all_inner_texts()
    assert [text.strip() for text in figures] == ["30箱", "0", "30", "0"]
    expect(receipt.locator(".reasons")).to_contain_text("A 类")
    condition = receipt.locator(".gate", has_text="状态")
    expect(condition).to_have_attribute("data-state", "failed")
    expect(condition.locator(".failures")).to_contain_text("冷冻食品表面温度")
    expect(condition.locator(".failures")).to_contain_text("-4.5")
    expect(receipt.locator(".gate").first).to_have_attribute("data-state", "passed")


def test_going_back_returns_to_the_receipt_one_came_from(manager, scene):
    manager.locator(".receipt-card", has_text="绿野蔬菜专业合作社").tap()
    manager.wait_for_selector(".receipt h2")
    expect(manager.locator(".list-pane")).to_be_hidden()
    manager.locator(".back").tap()
    expect(manager.locator(".list-pane")).to_be_visible()
    expect(manager.locator(".receipt-card:focus")).to_contain_text("绿野蔬菜专业合作社")


def test_the_sampling_plan_is_shown_class_by_class(manager, scene):
    open_receipt(manager, scene, "flour")
    table = manager.locator(".sampling")
    rows = [row.split() for row in table.locator("tbody tr").all_inner_texts()]
    assert [[row[0], *[part for part in row if part.isdigit()]] for row in rows] == [
        ["A", "32", "0", "1", "0"],
        ["B", "32", "2", "3", "4"],
        ["C", "32", "3", "4", "0"],
    ]
    expect(table.locator("tbody tr").nth(1)).to_contain_text("不合格")
    expect(table).to_contain_text("GB/T 2828.1-2012")
    expect(table).to_contain_text("待核对")


def test_an_amendment_is_shown_and_what_was_signed_stays_visible(manager, scene):
    open_receipt(manager, scene, "flour")
    expect(manager.locator(".receipt-heading .badge")).to_have_text("让步接收")
    amendment = manager.locator(".amendment")
    expect(amendment).to_contain_text(scene.amended)
    expect(amendment).to_contain_text("破损 4 袋挑出退回")
    expect(amendment).to_contain_text("张伟")
    figures = manager.locator(".figure dd").all_inner_texts()
    assert [text.strip() for text in figures] == ["200袋", "196", "4", "0"]
    expect(manager.locator(".line")).to_contain_text("签字时：接收 0，拒收 200，待定 0")
    expect(manager.locator(".receipt-heading")).to_contain_text("签字时的决定")


def test_signatures_are_shown_with_name_role_and_time(manager, scene):
    open_receipt(manager, scene, "rice")
    roles = manager.locator(".signature").all_inner_texts()
    assert [text.split("\n")[0] for text in roles] == ["验收人", "见证人", "司机"]
    manager.locator(".signature").first.scroll_into_view_if_needed()
    picture = manager.get_by_alt_text("刘洋的签字")
    expect(picture).to_be_visible()
    manager.wait_for_function("image => image.naturalWidth > 0", arg=picture.element_handle())


def test_a_licence_that_had_expired_is_named(manager, scene):
    open_receipt(manager, scene, "sauce")
    licence = manager.locator(".licence")
    expect(licence).to_contain_text("到货日证照不符合要求")
    expect(licence).to_contain_text("食品经营许可证")


def test_a_photo_opens_large_and_closes_where_it_was_opened(manager, scene):
    open_receipt(manager, scene, "dumplings")
    manager.locator(".tile").nth(1).tap()
    viewer = manager.locator("dialog.viewer img")
    manager.wait_for_function(
        "() => document.querySelector('dialog.viewer img')?.naturalWidth > 320"
    )
    before = viewer.get_attribute("alt")
    expect(manager.locator("dialog.viewer figcaption")).to_contain_text("2 / 5")
    manager.keyboard.press("ArrowRight")
    expect(manager.locator("dialog.viewer figcaption")).to_contain_text("3 / 5")
    assert viewer.get_attribute("alt") != before
    manager.keyboard.press("Escape")
    expect(manager.locator("dialog")).to_have_count(0)
    expect(manager.locator(".tile").nth(1)).to_be_focused()


def test_the_language_changes_at_once_and_is_kept(manager, scene):
    open_receipt(manager, scene, "dumplings")
    account = open_account(manager)
    account.get_by_role("button", name="EN").tap()
    expect(manager.locator(".receipt-heading .badge")).to_have_text("Rejected")
    expect(manager.locator(".receipt")).to_contain_text("Frozen surface temperature")
    expect(account).to_contain_text("Manager")
    assert manager.evaluate("document.documentElement.lang") == "en"
    manager.reload()
    expect(manager.locator(".receipt-heading .badge")).to_have_text("Rejected")
    open_account(manager).get_by_role("button", name="中文").tap()
    expect(manager.locator(".receipt-heading .badge")).to_have_text("拒收")


def test_more_receipts_follow_page_by_page_without_repeating_any(manager):
    cards = manager.locator(".receipt-card")
    expect(cards).to_have_count(20)
    more = manager.locator(".list-pane").get_by_role("button", name="更多")
    more.tap()
    # Those of the scene, and what phones of other tests may have sent to it.
    expect(cards.nth(23)).to_be_visible()
    addresses = cards.evaluate_all("all => all.map(card => card.getAttribute('href'))")
    assert len(set(addresses)) == len(addresses) >= 24
    expect(cards.nth(20)).to_be_focused()
    expect(more).to_have_count(0)


def test_an_address_of_a_receipt_opens_it_after_signing_in(arrive, scene):
    visitor = arrive()
    visitor.page.goto(
        f"{scene.service.address}/desk#/receipts/{scene.here.sent['rice'].document['id']}"
    )
    page = visitor.sign_in("inspector1")
    expect(page.locator(".receipt h2")).to_have_text("丰登粮油贸易有限公司")


def test_somebody_of_another_site_sees_nothing_of_this_one(arrive, scene):
    visitor = arrive()
    visitor.expect("404")
    page = visitor.sign_in("inspector3")
    expect(page.locator(".receipt-card").first).to_be_visible()
    cards = page.locator(".receipt-card").all_inner_texts()
    assert [card for card in cards if "采油三区食堂" not in card] == []
    hidden = scene.here.sent["dumplings"].document["id"]
    page.evaluate("id => { location.hash = `#/receipts/${id}`; }", hidden)
    expect(page.get_by_role("alert")).to_contain_text("没有找到这条记录")
    assert "北辰" not in page.inner_text("body")


def test_somebody_who_may_not_read_receipts_is_told_so(arrive):
    visitor = arrive()
    visitor.expect("403")
    page = visitor.sign_in("supplier1")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator(".receipt-card").count() == 0


def test_signing_out_ends_the_token_and_leaves_nothing_on_the_page(arrive, scene):
    manager = arrive().sign_in("manager1")
    open_receipt(manager, scene, "rice")
    token = manager.evaluate("sessionStorage.getItem('yanshou.token')")
    account = open_account(manager)
    with manager.expect_response("**/auth/logout"):
        account.get_by_role("button", name="退出").tap()
    expect(manager.get_by_role("heading", name="登录")).to_be_visible()
    assert manager.evaluate("sessionStorage.length") == 0
    assert "丰登" not in manager.inner_text("body")
    manager.go_back()
    expect(manager.get_by_role("heading", name="登录")).to_be_visible()
    held = Handheld(scene.service.address, "manager1", "", token=token)
    assert held.get("/api/v1/auth/me").status == 401


def test_a_sign_in_that_ended_elsewhere_leads_back_to_the_form(arrive, scene):
    visitor = arrive()
    visitor.expect("401")
    page = visitor.sign_in("manager1")
    # A picture still being fetched would be refused, and lead to the form before the tap does.
    page.wait_for_load_state("networkidle")
    token = page.evaluate("sessionStorage.getItem('yanshou.token')")
    held = Handheld(scene.service.address, "manager1", "", token=token)
    held.request("POST", "/api/v1/auth/logout").expect(204)
    page.get_by_role("button", name="刷新").tap()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_visible()


def test_the_device_keeps_its_id_over_sign_ins(arrive):
    visitor = arrive()
    page = visitor.sign_in("manager1")
    device_id = page.evaluate("localStorage.getItem('yanshou.device-id')")
    # What is still being fetched at the moment of signing out would be refused.
    page.wait_for_load_state("networkidle")
    open_account(page).get_by_role("button", name="退出").tap()
    page.wait_for_selector("form")
    visitor.sign_in("manager1")
    assert page.evaluate("localStorage.getItem('yanshou.device-id')") == device_id


def test_without_a_network_the_page_says_so_and_goes_on_afterwards(arrive, manager_token):
    visitor = arrive(token=manager_token)
    visitor.expect("ERR_INTERNET_DISCONNECTED")
    page = visitor.page
    visitor.context.set_offline(True)
    page.get_by_role("button", name="刷新").tap()
    expect(page.get_by_role("alert")).to_contain_text("连接不上服务")
    visitor.context.set_offline(False)
    page.get_by_role("button", name="重试").tap()
    expect(page.locator(".receipt-card")).to_have_count(20)
    expect(page.locator(".state")).to_have_text("服务正常")
