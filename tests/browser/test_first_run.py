"""The first run, on a phone in Chinese: from the set-up code to an administrator at the desk."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visitor import visit
from tests.handheld import Handheld
from tests.infrastructure.service import running_service

PASSWORD = "a-long-enough-one"


def test_a_fresh_server_is_set_up_on_a_phone(browser, tmp_path):
    with running_service(tmp_path / "data", scheduler="0", demo="0", workers="1") as service:
        assert not (service.data_dir / "demo-accounts.json").exists()
        code = (service.data_dir / "setup-code").read_text(encoding="ascii").strip()
        visitor = visit(browser, service)
        page = visitor.page
        expect(page.get_by_role("heading", name="单位和管理员")).to_be_visible()
        assert page.url.endswith("/setup"), "the desk leads to the first run"

        page.get_by_label("设置码").fill("aaaa-aaaa")
        page.get_by_label("单位名称").fill("第一中学后勤")
        page.get_by_label("您的姓名").fill("王建国")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="下一步").tap()
        expect(page.get_by_role("heading", name="货物在哪里验收？")).to_be_visible()
        page.get_by_label("名称").fill("北区食堂")
        page.get_by_role("button", name="下一步").tap()
        expect(page.get_by_role("heading", name="谁来使用？")).to_be_visible()
        page.get_by_label("姓名").fill("刘洋")
        password = page.get_by_label("初始密码").input_value()
        expect(page.get_by_label("工作站点")).to_have_value("C1")
        page.get_by_role("button", name="下一步").tap()
        expect(page.get_by_role("heading", name="从哪些检查表开始？")).to_be_visible()

        # A wrong code leads back to where it was written; nothing that was filled in is lost.
        visitor.expect("403")
        page.get_by_role("button", name="完成设置").tap()
        expect(page.get_by_role("alert")).to_contain_text("设置码不对")
        expect(page.get_by_role("heading", name="单位和管理员")).to_be_visible()
        page.get_by_label("设置码").fill(code)
        for heading in ("货物在哪里验收？", "谁来使用？", "从哪些检查表开始？"):
            page.get_by_role("button", name="下一步").tap()
            expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_role("button", name="完成设置").tap()

        expect(page.get_by_role("heading", name="第一中学后勤已经就绪")).to_be_visible()
        expect(page.get_by_text(password)).to_be_visible()
        expect(page.get_by_text(f"{service.address}/install")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not (service.data_dir / "setup-code").exists()
        page.get_by_role("link", name="去管理台登录").tap()
        page.wait_for_url("**/desk*")
        expect(page.locator("[name=username]")).to_be_visible()
        visitor.sign_in("admin", PASSWORD)
        page.goto(service.address + "/setup")
        expect(page.get_by_role("heading", name="服务器已经设置过")).to_be_visible()
        assert visitor.leave() == []
        phone = Handheld(service.address, "inspector1", password).sign_in()
        assert [site["site_name"] for site in phone.user["sites"]] == ["北区食堂"]
