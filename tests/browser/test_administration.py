"""The administrator's path through the desk, and that it is nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scene import Scene
from tests.browser.visitor import Visitor
from tests.handheld import Handheld

pytestmark = pytest.mark.browser
WIDE = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False}


def signed_in(visitor: Visitor, username: str, password: str | None = None) -> Page:
    page = visitor.page
    page.fill("[name=username]", username)
    page.fill("[name=password]", password or visitor.service.accounts()[username])
    page.press("[name=password]", "Enter")
    expect(page.locator(".desk")).to_be_visible()
    return page


def go_to(page: Page, address: str, heading: str) -> None:
    page.evaluate("address => { location.hash = address; }", address)
    expect(page.get_by_role("heading", level=2, name=heading)).to_be_visible()


def test_an_administrator_makes_an_account_ends_it_and_finds_both_in_the_audit_log(
    arrive: Callable[..., Visitor], scene: Scene
) -> None:
    visitor = arrive(**WIDE)
    page = signed_in(visitor, "admin")
    page.get_by_role("link", name="管理", exact=True).click()
    page.get_by_role("link", name="人员与角色").click()
    expect(page.get_by_role("link", name="刘洋")).to_be_visible()
    page.get_by_role("link", name="新增人员").click()
    page.get_by_label("姓名").fill("周敏")
    page.get_by_label("用户名").fill("inspector1")
    page.get_by_label("密码").fill("first password")
    visitor.expect("422")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".field-error")).to_contain_text("已被使用")
    page.get_by_label("用户名").fill("zhou.min")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="周敏").click()

    phone = Handheld(scene.service.address, "zhou.min", "first password").sign_in()
    assert phone.get("/api/v1/auth/me").expect(200).json["sites"][0]["roles"] == ["inspector"]
    page.get_by_role("button", name="停用帐户").click()
    page.get_by_role("dialog").get_by_role("button", name="停用帐户").click()
    expect(page.locator(".notice")).to_contain_text("已停用")
    assert phone.get("/api/v1/auth/me").status == 401

    go_to(page, "#/administration/audit?action=user_created", "审计日志")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_text("查看").click()
    expect(page.locator("tbody pre")).to_contain_text("周敏")
    go_to(page, "#/administration/devices", "设备")
    page.get_by_role("link", name="phone").first.click()
    expect(page.get_by_role("heading", name="最近的同步")).to_be_visible()


def test_a_supplier_is_suspended_with_a_reason_and_a_product_keeps_its_limits(
    arrive: Callable[..., Visitor], scene: Scene
) -> None:
    visitor = arrive(locale="en-GB")
    page = signed_in(visitor, "quality1")
    go_to(page, "#/administration/suppliers/new", "New supplier")
    page.get_by_label("Name").fill("Test farm")
    page.get_by_label("Code").fill("T-01")
    page.get_by_label("Suspended", exact=True).check()
    visitor.expect("422")
    page.get_by_role("button", name="Save").tap()
    expect(page.locator(".field-error")).to_contain_text("reason")
    page.get_by_label("Why suspended").fill("Samples failed twice")
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("heading", level=2, name="Suppliers")).to_be_visible()
    row = page.locator("tbody tr", has_text="Test farm")
    expect(row).to_contain_text("Suspended")

    go_to(page, "#/administration/products?category=chilled_frozen", "Products")
    page.locator("tbody th a").first.tap()
    page.get_by_label("Highest temperature").fill("-15.0")
    page.get_by_role("button", name="Save").tap()
    expect(page.locator(".message")).to_contain_text("Saved")
    expect(page.get_by_label("Highest temperature")).to_have_value("-15.0")


def test_an_inspector_and_an_observer_reach_none_of_it_by_page_or_by_address(
    arrive: Callable[..., Visitor], scene: Scene
) -> None:
    for username in ("inspector1", "observer1"):
        visitor = arrive(**WIDE)
        page = signed_in(visitor, username)
        expect(page.get_by_role("link", name="管理", exact=True)).to_have_count(0)
        page.evaluate("() => { location.hash = '#/sampling'; }")
        expect(page.get_by_role("heading", level=2, name="抽样方案")).to_be_visible()
        page.wait_for_load_state("networkidle")
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        for part in _PARTS:
            page.evaluate("part => { location.hash = `#/administration${part}`; }", part)
            expect(page.get_by_role("alert")).to_contain_text("无权")
            expect(page.locator("tbody")).to_have_count(0)
            page.evaluate("() => { location.hash = '#/sampling'; }")
            expect(page.get_by_role("heading", level=2, name="抽样方案")).to_be_visible()
        assert [url for url in asked if "/api/" in url and "sampling" not in url] == []


# Phones read published checklists; at the desk they are the authors'.
_PARTS = (
    "",
    "/people",
    "/people/new",
    "/devices",
    "/suppliers",
    "/products/new",
    "/checklists",
    "/checklists/unconfirmed",
    "/checklist-import",
    "/checklist-drafts/1",
    "/import",
    "/lists",
    "/tokens",
    "/quarantine",
    "/conflicts",
    "/jobs",
    "/audit?action=signed_in",
)
