"""The page of a link: a supplier with a phone and no account answers a notice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from server.demo.pictures import goods
from tests.browser.access import findings
from tests.browser.scene import Scene
from tests.browser.test_readable import _CONTRASTS, _CONTROLS, _OVERHANG, AA, AA_LARGE
from tests.browser.visitor import _WATCH, PATIENCE_MS, PHONE
from tests.handheld import Handheld

pytestmark = pytest.mark.browser
MORNING = "2026-03-02T01:30:00Z"
Document = dict[str, Any]


class Manager:
    """Who issues notices, over HTTP."""

    def __init__(self, scene: Scene) -> None:
        password = scene.service.accounts()["manager1"]
        self.phone = Handheld(scene.service.address, "manager1", password).sign_in()
        self.site_id = scene.here.phone.user["sites"][0]["site_id"]

    def put(self, kind: str, document: Document) -> Document:
        path = f"/api/v1/{kind}/{document['id']}"
        saved: Document = self.phone.send_json("PUT", path, document).expect(200, 201).json
        return saved["document"]  # type: ignore[no-any-return]

    def photo(self, content: bytes) -> str:
        id_ = str(uuid4())
        announced = {
            "id": id_,
            "site_id": self.site_id,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "media_type": "image/jpeg",
            "captured_at": MORNING,
        }
        self.put("attachments", announced)
        self.phone.phone.storage.keep_photo(id_, content)
        self.phone.upload(id_)
        return id_

    def notice(self) -> Document:
        suppliers = self.phone.get("/api/v1/suppliers", limit="1").expect(200).json
        supplier_id = suppliers["suppliers"][0]["document"]["id"]
        finding = {
            "id": str(uuid4()),
            "site_id": self.site_id,
            "title": "送货车厢温度 9 ℃，冷冻品表面化霜",
            "description": "车厢温度计显示 9 ℃；三箱鸡腿表面已化霜。",
            "nonconformity_class": "A",
            "clause": "GB 31621-2014",
            "supplier_id": supplier_id,
            "place_text": "收货平台",
            "attachment_ids": [self.photo(goods("chilled_frozen", seed)) for seed in (91, 92)],
            "captured_at": MORNING,
        }
        self.put("findings", finding)
        order = {
            "id": str(uuid4()),
            "site_id": self.site_id,
            "kind": "rectification_order",
            "provisional_number": "P-1",
            "finding_ids": [finding["id"]],
            "supplier_id": supplier_id,
            "supplier_contact": {"name": "刘师傅", "phone": "13800000000"},
            "title": "冷藏车温度不合格",
            "requirement": "检修制冷机组，提供温度记录；检修前不得送冷冻品。",
            "deadline": "fixed",
            "due_at": "2099-03-05T12:00:00Z",
            "captured_at": MORNING,
        }
        return self.put("corrective-actions", order)

    def link(self, action: Document) -> str:
        path = f"/api/v1/corrective-actions/{action['id']}/answer-links"
        made = self.phone.send_json("POST", path, {}).expect(201).json
        return str(made["token"])

    def status(self, action: Document) -> Document:
        seen = self.phone.get(f"/api/v1/corrective-actions/{action['id']}").expect(200).json
        return seen["document"]  # type: ignore[no-any-return]


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A stranger's phone held upright; whatever its browser complains of fails the test."""
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_WATCH)
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    yield page
    complaints += page.evaluate("window.violations ?? []")
    context.close()
    # What the tests ask for on purpose: links that are not good.
    assert [c for c in complaints if "404" not in c and "410" not in c] == []


def sign(page: Page) -> None:
    page.locator(".signature-paper").scroll_into_view_if_needed()
    box = page.locator(".signature-paper").bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + 90
    page.mouse.move(x, y)
    page.mouse.down()
    for at in range(1, 12):
        page.mouse.move(x + at * 18, y + (25 if at % 2 else -25))
    page.mouse.up()


def keep_picture(page: Page, folder: Path, name: str) -> None:
    """What somebody may want to look at, in the folder that pytest keeps of its last runs."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def test_a_supplier_answers_a_notice_on_a_phone(phone: Page, scene: Scene, tmp_path: Path) -> None:
    manager = Manager(scene)
    action = manager.notice()
    photo = tmp_path / "result.jpg"
    photo.write_bytes(goods("chilled_frozen", 93))

    phone.goto(f"{scene.service.address}/a#{manager.link(action)}")
    expect(phone.get_by_role("heading", name="冷藏车温度不合格")).to_be_visible()
    expect(phone.locator(".findings img")).to_have_count(2)
    keep_picture(phone, tmp_path, "answer-notice")
    assert phone.evaluate(_OVERHANG) == 0

    phone.get_by_role("button", name="签名并提交").click()
    told = phone.get_by_role("alert")
    for said in ("整改后的照片", "怎样整改的", "写明原因", "防止再发生", "填写姓名", "请签名"):
        expect(told).to_contain_text(said)

    phone.locator("input[type=file]").set_input_files(photo)
    expect(phone.get_by_text("已上传", exact=True)).to_be_visible()
    phone.get_by_label("怎样整改的").fill("已检修制冷机组，清洗蒸发器。")
    phone.get_by_label("原因").fill("蒸发器结霜，除霜器损坏。")
    phone.get_by_label("怎样防止再发生").fill("每周检查除霜器并记录。")
    phone.get_by_label("您的姓名").fill("刘师傅")
    sign(phone)
    controls = phone.evaluate(_CONTROLS)
    small = [c for c in controls if c[0] and min(c[1:]) < 36 and c[1] > 1]
    assert small == []
    contrasts = phone.evaluate(_CONTRASTS)
    assert [c for c in contrasts if c[1] < (AA_LARGE if c[2] else AA)] == []
    keep_picture(phone, tmp_path, "answer-form")
    assert findings(phone, "answer form") == []
    phone.get_by_role("button", name="签名并提交").click()

    expect(phone.get_by_role("heading", name="已提交，谢谢")).to_be_visible()
    expect(phone.get_by_text("已提交，待验证")).to_be_visible()
    expect(phone.locator("form")).to_have_count(0)
    keep_picture(phone, tmp_path, "answer-thanks")
    now = manager.status(action)
    assert (now["status"], now["submission"]["name"]) == ("submitted", "刘师傅")

    phone.get_by_role("button", name="EN").click()
    expect(phone.get_by_text("Submitted, to be verified")).to_be_visible()


def test_a_link_that_is_not_good_shows_nothing_but_that(phone: Page, scene: Scene) -> None:
    phone.goto(f"{scene.service.address}/a#{'A' * 32}")
    expect(phone.get_by_role("alert")).to_contain_text("链接无效")
    expect(phone.locator("form")).to_have_count(0)
    phone.goto(f"{scene.service.address}/a")
    phone.reload()
    expect(phone.get_by_role("alert")).to_contain_text("没有链接")
