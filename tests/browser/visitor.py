"""Somebody who opens the page: on a phone and in Chinese, unless told otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.infrastructure.service import Service

PHONE = {"width": 360, "height": 740}
PATIENCE_MS = 15_000

# Run before the page's own scripts: what it must not do is noted down as it happens.
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
window.openAddresses = new Set();
const create = URL.createObjectURL, revoke = URL.revokeObjectURL;
URL.createObjectURL = (blob) => {
  const address = create.call(URL, blob);
  window.openAddresses.add(address);
  return address;
};
URL.revokeObjectURL = (address) => {
  window.openAddresses.delete(address);
  revoke.call(URL, address);
};
"""


@dataclass
class Visitor:
    service: Service
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def sign_in(self, username: str, password: str | None = None) -> Page:
        """Sign in, and wait for the list of receipts, wherever the page begins."""
        self.page.evaluate("location.hash.length > 2 || (location.hash = '#/receipts')")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password or self.service.accounts()[username])
        self.page.press("[name=password]", "Enter")
        return self.wait_for_list()

    def wait_for_list(self) -> Page:
        self.page.wait_for_selector(".list-pane[aria-busy=false]", state="attached")
        return self.page

    def expect(self, *words: str) -> None:
        """Errors with these words in them are what the test is about."""
        self.expected = words

    def leave(self) -> list[str]:
        """Close the page. Returns what the browser complained of meanwhile."""
        if not self.page.is_closed():
            self.complaints += self.page.evaluate("window.violations")
        self.context.close()
        return [c for c in self.complaints if not any(word in c for word in self.expected)]


# A tab keeps its name over reloads: the token is put there once, not after signing out again.
_SIGNED_IN = """
if (!window.name) {
  window.name = "was signed in";
  sessionStorage.setItem("yanshou.token", "%s");
}
"""


def visit(browser: Browser, service: Service, token: str = "", **options: Any) -> Visitor:
    """Open the page in a fresh profile, signed in if there is a *token*.

    *options* are those of a Playwright context.
    """
    settings: dict[str, Any] = {
        "viewport": PHONE,
        "has_touch": True,
        "is_mobile": True,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "reduced_motion": "reduce",
    }
    context = browser.new_context(**{**settings, **options})
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_WATCH)
    if token:
        context.add_init_script(_SIGNED_IN % token)
    page = context.new_page()
    visitor = Visitor(service, context, page)
    page.on("console", lambda message: _note(visitor, message.type, message.text))
    page.on("pageerror", lambda error: visitor.complaints.append(f"page error: {error}"))
    page.goto(service.address + "/desk#/receipts")
    if token:
        visitor.wait_for_list()
    else:
        page.wait_for_selector("form")
    return visitor


def _note(visitor: Visitor, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        visitor.complaints.append(f"console {kind}: {text}")
