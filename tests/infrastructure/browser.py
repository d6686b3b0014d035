"""A real Chromium for the browser tests.

``python -m tests.infrastructure.browser`` makes sure there is one, with a font that has Chinese
characters: what the machine has, else by apt-get as root on Debian and Ubuntu, else Playwright's
own download. Where nothing works it says so and ends well; the tests then speak for themselves.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, Error, sync_playwright

NAMED = "YANSHOU_TEST_BROWSER"
MISSING = (
    "no Chromium was found: install the package chromium, run “playwright install chromium”, "
    f"or name one in {NAMED}"
)
_COMMANDS = ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser")
_INSTALL_SECONDS = 900


def find_browser() -> str | None:
    """The path of a Chromium that starts, or None."""
    return next((path for path in _candidates() if path and _starts(path)), None)


def _candidates() -> Iterator[str | None]:
    given = os.environ.get(NAMED)
    if given:
        yield given
        return
    yield from (shutil.which(name) for name in _COMMANDS)
    with contextlib.suppress(Error, OSError):
        yield _playwrights()


def _playwrights() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    # A command may be there and still not start: Ubuntu's only points to a snap.
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=30)
        return answer.returncode == 0 and b"Chrom" in answer.stdout
    return False


@contextlib.contextmanager
def running_browser(path: str) -> Iterator[Browser]:
    """Start the Chromium at *path* without a window, and end it afterwards."""
    arguments = ["--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    # A camera that shows a moving picture; the tests say who may look through it.
    arguments.append("--use-fake-device-for-media-stream")
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


# -- making sure there is one ----------------------------------------------------------------------


def main() -> int:
    if find_browser() is None:
        _install_browser()
    if not _has_chinese_font():
        _apt_install("fonts-noto-cjk")
    if find_browser() is None:
        sys.stdout.write(f"browser tests: {MISSING}\n")
    return 0


def _install_browser() -> None:
    sys.stdout.write("browser tests: fetching Chromium once…\n")
    sys.stdout.flush()
    _apt_install("chromium", "fonts-noto-cjk")
    if find_browser() is not None:
        return
    with_libraries = ["--with-deps"] if _may_use_apt() else []
    _quietly([sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"])


def _has_chinese_font() -> bool:
    command = shutil.which("fc-list")
    if command is None:
        return False
    answer = subprocess.run([command, ":lang=zh"], capture_output=True, timeout=60)
    return bool(answer.stdout.strip())


def _may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(*packages: str) -> None:
    if _may_use_apt():
        _quietly(["apt-get", "update", "-qq"])
        _quietly(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages])


def _quietly(command: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(command, capture_output=True, timeout=_INSTALL_SECONDS, env=environment)


if __name__ == "__main__":
    sys.exit(main())
