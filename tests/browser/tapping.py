"""Receiving as somebody does it who has done it before, with every tap counted.

What is typed (three quantities) counts as keys, not as taps; a signature is one stroke.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.browser.handset import Handset
from tests.browser.photo_bench import sign

GOODS = {"大米": "120", "大豆油": "40", "小麦粉": "60"}
SUPPLIER = "丰登粮油"


@dataclass
class Counted:
    """A phone whose taps and keys are counted."""

    handset: Handset
    taps: int = 0
    keys: int = 0
    steps: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.handset.page

    def tap(self, target: Locator, what: str) -> None:
        target.tap()
        self.taps += 1
        self.steps.append(what)

    def type(self, target: Locator, text: str) -> None:
        target.fill(text)
        self.keys += len(text)

    def is_at(self, heading: str) -> None:
        expect(self.page.locator("h1")).to_have_text(heading)

    def next(self, what: str) -> None:
        self.tap(self.page.locator(".foot .button").last, f"next: {what}")


def receive_three_lines(phone: Counted) -> str:
    """From Today to both signatures. Returns the receipt's id."""
    page = phone.page
    phone.tap(page.locator(".foot .button", has_text="新到货"), "a new delivery")
    phone.tap(page.locator(".pick", has_text=SUPPLIER), "the supplier")
    phone.is_at("添加货品")
    receipt_id: str = page.evaluate("location.hash").split("/")[2]
    for product, quantity in GOODS.items():
        _add(phone, product, quantity)
    phone.next("goods are complete")
    expect(page.locator(".gate-row").first).to_be_visible()
    phone.next("papers")
    _pass(phone, "证明文件", photos=4)
    _pass(phone, "车辆与包装", photos=0)
    _pass(phone, "状态：温度、日期", photos=6)
    _sample(phone)
    phone.is_at("判定")
    phone.tap(page.locator("main > .button.quiet"), "decision: all is well")
    expect(page.locator("main > .button.quiet")).to_have_count(0)
    phone.tap(page.locator("main > .button"), "take over what the findings say")
    expect(page.locator(".banner")).to_have_text("内容齐全，可以签字")
    for role in ("验收人签字", "见证人签字"):
        phone.tap(page.locator(".foot .button", has_text=role), role)
        sign(page)
        phone.taps += 1
        phone.steps.append("sign")
        phone.tap(page.locator(".signature-done"), "signed")
        expect(page.locator("dialog")).to_have_count(0)
    return receipt_id


def _add(phone: Counted, product: str, quantity: str) -> None:
    page = phone.page
    phone.tap(page.locator(".pick", has_text=product), product)
    phone.type(page.locator("dialog input"), quantity)
    phone.tap(page.locator("dialog .choice button", has_text="昨天"), "made yesterday")
    phone.tap(page.locator("dialog [type=submit]"), "add")
    expect(page.locator(".chip", has_text=product)).to_be_visible()


def _pass(phone: Counted, gate: str, photos: int) -> None:
    """All is well; the photos that the gate wants, one after the other."""
    page = phone.page
    phone.is_at(gate)
    phone.tap(page.locator("main > .button.quiet"), f"{gate}: all is well")
    for n in range(photos):
        expect(page.locator(".camera-head")).to_contain_text(f"{n + 1}／{photos}")
        phone.tap(page.locator(".camera-shutter:not([disabled])"), f"{gate}: photo")
    if photos == 0:
        expect(page.locator(".head-text p")).to_contain_text("已完成")
        phone.next(gate)


def _sample(phone: Counted) -> None:
    page = phone.page
    phone.is_at("抽样")
    phone.tap(page.locator(".draw-all"), "draw for all")
    for left in range(len(GOODS), 0, -1):
        expect(page.locator(".all-clean")).to_have_count(left)
        phone.tap(page.locator(".all-clean").first, "all looked at")
    expect(page.locator(".all-clean")).to_have_count(0)
    phone.next("decision")
