"""Every screen of the phone app in both languages, two sizes, light and dark: to be looked at.

Part of ``make screenshots``. All go to ``var/screenshots``; the best into ``docs/images``.
"""

from __future__ import annotations

import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser.handset import Handset, pick_up
from tests.browser.receiving_steps import Receiving
from tests.browser.scene import set_scene
from tests.infrastructure.service import ROOT, Service, running_service

FOLDER = ROOT / "var" / "screenshots"
SIZES = {"360": {"width": 360, "height": 740}, "412": {"width": 412, "height": 915}}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
SCHEMES = ("light", "dark")
GATES = ("证明文件", "车辆与包装", "状态：温度、日期")
# Of all these, what the README shows: of the small size.
CHOSEN = {
    "today-zh-light": "phone-today-zh",
    "condition-zh-light": "phone-gate-zh",
    "sample-zh-light": "phone-sample-zh",
    "decision-en-dark": "phone-decision-en",
}


def take_all(browser: Browser, keep: Any) -> None:
    """Take every picture; *keep* puts the chosen ones where the README finds them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="yanshou-screenshots-") as folder,
        running_service(Path(folder) / "data", scheduler="0") as service,
    ):
        refused_id = set_scene(service).here.sent["dumplings"].document["id"]
        receipt_id, line_id = _half_a_delivery(browser, service, Path(folder))
        screens = _screens(receipt_id, line_id, refused_id)
        for language, scheme, size in product(LANGUAGES, SCHEMES, SIZES):
            options = {"locale": LANGUAGES[language], "color_scheme": scheme}
            handset = pick_up(browser, service, viewport=SIZES[size], **options)
            for name, content in _walk(handset, screens):
                (FOLDER / f"{name}-{language}-{scheme}-{size}.png").write_bytes(content)
                chosen = CHOSEN.get(f"{name}-{language}-{scheme}")
                if chosen is not None and size == "360":
                    keep(chosen, content)
            complaints = handset.leave()
            assert complaints == [], complaints


def _half_a_delivery(browser: Browser, service: Service, folder: Path) -> tuple[str, str]:
    """A delivery up to its decision, sent to the server: every phone of the canteen shows it."""
    handset = pick_up(browser, service)
    handset.sign_in("inspector1", pin=None)
    handset.wait_until_ready()
    steps = Receiving(handset, folder)
    receipt_id = steps.begin("丰登粮油")
    steps.add("大米", "120")
    steps.tap(steps.foot())
    steps.date("大米")
    steps.tap(steps.foot())
    for gate in GATES:
        steps.pass_gate(gate)
    steps.sample("大米")
    line_id = _line_of(handset, receipt_id)
    handset.wait_until_safe()
    handset.leave()
    return receipt_id, line_id


def _line_of(handset: Handset, receipt_id: str) -> str:
    handset.open(f"#/receipts/{receipt_id}/samples")
    address = handset.page.locator(".pick").first.get_attribute("href")
    assert address is not None
    return address.rsplit("/", 1)[-1]


def _screens(receipt_id: str, line_id: str, refused_id: str) -> dict[str, str]:
    receipt = f"#/receipts/{receipt_id}"
    return {
        "today": "#/",
        "supplier": "#/receipts/new",
        "receipt": receipt,
        "goods": f"{receipt}/goods",
        "line": f"{receipt}/lines/{line_id}",
        "papers": f"{receipt}/gates/papers",
        "condition": f"{receipt}/gates/condition",
        "samples": f"{receipt}/samples",
        "sample": f"{receipt}/samples/{line_id}",
        "decision": f"{receipt}/decision",
        "slip": f"#/receipts/{refused_id}/slip",
        "inspections": "#/inspections",
        "new-inspection": "#/inspections/new",
        "finding": "#/findings/new",
        "actions": "#/actions",
        "new-notice": "#/notices/new",
        "registers": "#/registers",
        "staff": "#/staff",
        "inbox": "#/inbox",
        "safety": "#/safety",
        "me": "#/me",
        "about": "#/about",
    }


def _walk(handset: Handset, screens: dict[str, str]) -> list[tuple[str, bytes]]:
    page = handset.page
    pictures = [("sign-in", page.screenshot())]
    handset.sign_in("inspector1", pin=None)
    handset.wait_until_ready()
    for name, address in screens.items():
        handset.open(address)
        page.locator("h1").wait_for()
        # Answers of the database and thumbnails come a moment later.
        page.wait_for_timeout(500)
        page.wait_for_load_state("networkidle")
        pictures.append((name, page.screenshot()))
    return pictures
