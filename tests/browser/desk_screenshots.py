"""Every screen of the desk in both languages, two sizes, light and dark: to be looked at.

Part of ``make screenshots``; alone, ``python -m tests.browser.desk_screenshots`` with parts of
names for those that are wanted. All go to ``var/screenshots/desk``; the best into ``docs/images``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Collection
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.desk_screens import open_screen, reader_of, screens
from tests.browser.scene import set_scene
from tests.browser.visitor import PHONE, visit
from tests.handheld import Handheld
from tests.infrastructure.browser import MISSING, find_browser, running_browser
from tests.infrastructure.service import ROOT, running_service

FOLDER = ROOT / "var" / "screenshots" / "desk"
SIZES: dict[str, dict[str, Any]] = {
    "360": {"viewport": PHONE},
    "1440": {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False},
}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
SCHEMES = ("light", "dark")
# Of all these, what the README shows.
CHOSEN = {
    "sampling-zh-light-1440": "desk-sampling-zh",
    "action-zh-light-1440": "desk-action-zh",
    "overview-en-light-1440": "desk-overview-en",
}
Keep = Callable[[str, bytes], None]


def take_all(browser: Browser, keep: Keep, wanted: Collection[str] = ()) -> None:
    """Take every picture; *keep* puts the chosen ones where the README finds them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="yanshou-screenshots-") as folder,
        running_service(Path(folder) / "data", scheduler="0", demo_records="1") as service,
    ):
        scene = set_scene(service)
        tokens = {
            name: Handheld(service.address, name, service.accounts()[name]).sign_in().token
            for name in ("manager1", "admin")
        }
        found = {
            name: address
            for name, address in screens(scene, tokens["manager1"]).items()
            if not wanted or any(part in name for part in wanted)
        }
        for reader, language, scheme, size in product(tokens, LANGUAGES, SCHEMES, SIZES):
            own = {name: found[name] for name in found if reader_of(name) == reader}
            visitor = visit(
                browser,
                service,
                token=tokens[reader],
                **{**SIZES[size], "locale": LANGUAGES[language], "color_scheme": scheme},
            )
            for name, address in own.items():
                place = f"{name}-{language}-{scheme}-{size}"
                content = _picture(visitor.page, address)
                (FOLDER / f"{place}.png").write_bytes(content)
                if place in CHOSEN:
                    keep(CHOSEN[place], content)
            complaints = visitor.leave()
            assert complaints == [], complaints


def _picture(page: Page, address: str) -> bytes:
    open_screen(page, address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(150)  # thumbnails come a moment later
    return page.screenshot()


def main(wanted: Collection[str]) -> int:
    path = find_browser()
    if path is None:
        sys.stdout.write(f"{MISSING}\n")
        return 1
    with running_browser(path) as browser:
        take_all(browser, lambda _name, _content: None, wanted)
    sys.stdout.write(f"{FOLDER.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
