"""A phone with the app on it: one browser profile, its network, and how a person uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.visitor import PATIENCE_MS, PHONE
from tests.infrastructure.service import Service

PIN = "2468"


@dataclass
class Handset:
    service: Service
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ("ERR_INTERNET_DISCONNECTED",)

    def sign_in(self, username: str, pin: str | None = PIN, *, has_worker: bool = True) -> Page:
        """Sign in online, choose a PIN, and wait until the app lies on the phone."""
        page = self.page
        page.fill("[name=username]", username)
        page.fill("[name=password]", self.service.accounts()[username])
        page.press("[name=password]", "Enter")
        page.wait_for_selector(".tabs")
        if pin is not None:
            page.click(".hint .button")
            self.press_pin(pin)
            self.press_pin(pin)
            page.wait_for_selector(".hint", state="detached")
        if has_worker:
            page.evaluate(_WAIT_FOR_WORKER)
        return page

    def press_pin(self, pin: str) -> None:
        for digit in pin:
            self.page.click(f".pin-keys button:text-is('{digit}')")
        self.page.click(".pin-keys .is-main")
        # The same pad asks for the next PIN once this one was taken.
        expect(self.page.locator(".pin-dots .is-set")).to_have_count(0)

    def lose_signal(self) -> None:
        self.context.set_offline(True)

    def find_signal(self) -> None:
        self.context.set_offline(False)

    def open(self, address: str) -> Page:
        """Go to a screen such as ``#/safety``, as a tap on a link does."""
        self.page.evaluate("(address) => { location.hash = address; }", address)
        return self.page

    def outbox(self) -> list[dict[str, Any]]:
        """What waits on the phone to be sent, read beside the app."""
        return self.stored("outbox")

    def stored(self, store: str) -> list[dict[str, Any]]:
        """Everything in one of the stores of the phone's database."""
        rows: list[dict[str, Any]] = self.page.evaluate(_READ_STORE, store)
        return rows

    def wait_until_ready(self) -> None:
        """Until the first sync has brought what receiving needs."""
        self.page.evaluate(_WAIT_FOR_STATE, "last_sync_at")

    def photo_digests(self) -> dict[str, str]:
        """SHA-256 of every photo's bytes as they lie on the phone, by attachment."""
        digests: dict[str, str] = self.page.evaluate(_PHOTO_DIGESTS)
        return digests

    def wait_until_safe(self) -> None:
        """Until the light says that everything is on the server."""
        self.page.wait_for_selector(".light[data-light=safe]", timeout=4 * PATIENCE_MS)

    def leave(self) -> list[str]:
        """Put the phone away. Returns what the browser complained of."""
        self.context.close()
        return [c for c in self.complaints if not any(word in c for word in self.expected)]


_WAIT_FOR_WORKER = """() => new Promise((done) => {
  const workers = navigator.serviceWorker;
  if (workers.controller) done();
  else workers.addEventListener("controllerchange", () => done());
})"""
_OPEN = """const names = (await indexedDB.databases()).map((one) => one.name);
  const name = names.find((one) => one.startsWith("yanshou-") && one !== "yanshou-device");
  const answer = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const database = await answer(indexedDB.open(name));
  const all = (store) => answer(database.transaction(store).objectStore(store).getAll());
  const get = (store, key) => answer(database.transaction(store).objectStore(store).get(key));
"""
_READ_STORE = f"""async (store) => {{
  {_OPEN}
  const rows = await all(store);
  database.close();
  return rows;
}}"""
_WAIT_FOR_STATE = f"""async (key) => {{
  {_OPEN}
  const pause = () => new Promise((done) => setTimeout(done, 100));
  while ((await get("state", key)) === undefined) await pause();
  database.close();
}}"""
_PHOTO_DIGESTS = f"""async () => {{
  {_OPEN}
  const digests = {{}};
  for (const {{ id }} of await all("photos")) {{
    const bytes = await (await get("photo_bytes", id)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    digests[id] = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }}
  database.close();
  return digests;
}}"""


def pick_up(browser: Browser, service: Service, **options: Any) -> Handset:
    """A new phone, with the app's start page open. *options* are those of a Playwright context."""
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
    page = context.new_page()
    handset = Handset(service, context, page)
    page.on("console", lambda message: _note(handset, message.type, message.text))
    page.on("pageerror", lambda error: handset.complaints.append(f"page error: {error}"))
    page.goto(service.address + "/")
    page.wait_for_selector("form")
    return handset


def _note(handset: Handset, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        handset.complaints.append(f"console {kind}: {text}")
