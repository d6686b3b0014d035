"""``make screenshots``: the pictures of the README, of a service that a morning has filled."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import desk_screenshots, phone_screenshots
from tests.browser.scene import Scene, set_scene
from tests.browser.visitor import visit
from tests.infrastructure.browser import MISSING, find_browser, running_browser
from tests.infrastructure.service import ROOT, running_service

FOLDER = ROOT / "docs" / "images"
LARGEST_BYTES = 200_000
DESKTOP: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "has_touch": False,
    "is_mobile": False,
}
_ENGLISH: dict[str, Any] = {"locale": "en-GB"}
_DARK: dict[str, Any] = {"color_scheme": "dark"}
# Name, receipt that is open, part of it that is scrolled to, and the browser's options.
_PICTURES: tuple[tuple[str, str | None, str | None, dict[str, Any]], ...] = (
    ("page-zh", None, None, {}),
    ("receipt-zh", "dumplings", None, {}),
    ("evidence-zh", "dumplings", ".gates", {}),
    ("page-en", None, None, _ENGLISH),
    ("evidence-en", "dumplings", ".gates", {**_ENGLISH, **_DARK}),
    ("desktop-zh", "cabbage", None, DESKTOP),
    ("desktop-en", "flour", None, {**DESKTOP, **_ENGLISH, **_DARK}),
)
_ALL_SHOWN = """() => [...document.querySelectorAll("img.is-loading")].every((image) =>
  !image.checkVisibility() || image.getBoundingClientRect().top > innerHeight)"""


def main() -> int:
    path = find_browser()
    if path is None:
        sys.stdout.write(f"{MISSING}\n")
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="yanshou-screenshots-") as folder,
        running_service(Path(folder) / "data", scheduler="0") as service,
        running_browser(path) as browser,
    ):
        scene = set_scene(service)
        for name, receipt, part, options in _PICTURES:
            keep(name, picture(browser, scene, receipt, part, options))
        phone_screenshots.take_all(browser, keep)
        desk_screenshots.take_all(browser, keep)
    return 0


def picture(
    browser: Browser,
    scene: Scene,
    receipt: str | None,
    part: str | None,
    options: dict[str, Any],
) -> bytes:
    """The page as the manager sees it, at the *part* of the *receipt* that is named."""
    scale = 1 if options.get("is_mobile") is False else 2
    visitor = visit(browser, scene.service, device_scale_factor=scale, **options)
    page = visitor.sign_in("manager1")
    if receipt is not None:
        open_receipt(page, scene.here.sent[receipt].document["id"])
    if part is not None:
        page.locator(part).evaluate("part => window.scrollTo(0, part.offsetTop - 100)")
    page.wait_for_function(_ALL_SHOWN)
    taken = page.screenshot()
    complaints = visitor.leave()
    assert complaints == [], complaints
    return taken


def open_receipt(page: Page, receipt_id: str) -> None:
    page.evaluate("id => { location.hash = `#/receipts/${id}`; }", receipt_id)
    page.wait_for_selector(".receipt h2")


def keep(name: str, content: bytes) -> None:
    """Write the picture with 256 colours, which this page has hardly more of."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(content)).convert("RGB")
    small = image.quantize(256, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    small.save(path, optimize=True)
    size = path.stat().st_size
    assert size < LARGEST_BYTES, f"{path.name} has {size} bytes"
    sys.stdout.write(f"{path.relative_to(ROOT)}  {size // 1024} KB\n")


if __name__ == "__main__":
    sys.exit(main())
