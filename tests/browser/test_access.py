"""Every screen as somebody meets it who does not see it, or sees it badly: axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import expect

from schemas.checklists import GATES
from tests.browser.access import findings
from tests.browser.desk_screens import open_screen, reader_of, screens
from tests.browser.handset import Handset
from tests.browser.inspecting_steps import Canteen
from tests.browser.scene import Scene
from tests.browser.visitor import Visitor
from tests.handheld import Handheld


def test_axe_finds_nothing_on_any_screen_of_the_phone_app(
    hand_out: Callable[..., Handset], scene: Scene, manager_token: str
) -> None:
    canteen = Canteen(scene.service, manager_token)
    canteen.task_for_chen("无障碍日查", canteen.unit("无障碍甲组"))
    own = canteen.unit("无障碍乙组", head_user_id=canteen.chen)
    notice = canteen.notice("通道堆放杂物", own)
    handset = hand_out()
    page = handset.page
    found = findings(page, "sign-in")
    handset.sign_in("inspector2")
    handset.wait_until_ready()
    for name in _screens(handset, scene, notice["id"]):
        found += findings(page, name)
    assert found == []


def _screens(handset: Handset, scene: Scene, notice_id: str) -> Iterator[str]:
    """Open one screen after the other; stops at each."""
    addresses = [
        *_receipt_screens(scene),
        "#/",
        "#/receipts/new",
        "#/inspections",
        "#/inspections/new",
        "#/findings/new",
        "#/notices/new",
        "#/actions",
        f"#/actions/{notice_id}",
        f"#/actions/{notice_id}/fix",
        "#/inbox",
        "#/safety",
        "#/me",
        "#/about",
    ]
    for address in addresses:
        _open(handset, address)
        yield address
    yield from _sheets(handset, scene)
    yield from _inspection(handset)


def _receipt_screens(scene: Scene) -> Iterator[str]:
    open_one, refused = scene.here.sent["tofu"], scene.here.sent["dumplings"]
    receipt = f"#/receipts/{open_one.document['id']}"
    line_id = open_one.line()["id"]
    yield receipt
    yield f"{receipt}/goods"
    yield f"{receipt}/lines/{line_id}"
    for gate in GATES:
        yield f"{receipt}/gates/{gate}"
    yield f"{receipt}/samples"
    yield f"{receipt}/samples/{line_id}"
    yield f"{receipt}/decision"
    yield f"#/receipts/{refused.document['id']}"
    yield f"#/receipts/{refused.document['id']}/slip"


def _open(handset: Handset, address: str) -> None:
    """Open a screen and wait until it is no more the one before."""
    page = handset.page
    page.evaluate("() => document.querySelector('h1')?.setAttribute('data-before', '')")
    handset.open(address)
    expect(page.locator("h1:not([data-before])")).to_be_visible()
    page.wait_for_load_state("networkidle")


def _sheets(handset: Handset, scene: Scene) -> Iterator[str]:
    page = handset.page
    receipt = f"#/receipts/{scene.here.sent['tofu'].document['id']}"
    _open(handset, f"{receipt}/goods")
    page.locator(".pick").first.tap()
    expect(page.locator("dialog")).to_be_visible()
    yield "quantity"
    _open(handset, f"{receipt}/gates/condition")
    page.locator(".reading").first.tap()
    expect(page.locator(".keypad")).to_be_visible()
    yield "keypad"
    _open(handset, f"{receipt}/decision")
    page.locator(".foot .button").first.tap()
    expect(page.locator("dialog")).to_be_visible()
    yield "signature"


def _inspection(handset: Handset) -> Iterator[str]:
    page = handset.page
    _open(handset, "#/")
    page.locator(".entry[href*='inspections/new']", has_text="无障碍日查").tap()
    begin = page.get_by_role("button", name="开始检查")
    expect(begin).to_be_visible()
    yield "begin an inspection"
    begin.tap()
    expect(page.locator("#item-K03")).to_be_visible()
    page.locator("#item-K03").get_by_role("button", name="不合格").tap()
    yield "inspection"
    _open(handset, "#/me")
    page.get_by_role("button", name="锁定").tap()
    expect(page.locator(".pin-keys")).to_be_visible()
    yield "locked"


# Made of the same parts as another screen.
_ALIKE = {"sampling-table-multiple", "receipt-waiting", "person-new"}


def test_axe_finds_nothing_on_any_screen_of_the_desk(
    arrive: Callable[..., Visitor], scene: Scene, manager_token: str
) -> None:
    canteen = Canteen(scene.service, manager_token)
    canteen.notice("无障碍整改", canteen.unit("无障碍班组"))
    found = []
    passwords = scene.service.accounts()
    addresses = screens(scene, manager_token)
    for reader in ("manager1", "admin"):
        token = Handheld(scene.service.address, reader, passwords[reader]).sign_in().token
        page = arrive(token=token).page
        for name, address in addresses.items():
            if reader_of(name) == reader and name not in _ALIKE:
                open_screen(page, address)
                found += findings(page, f"desk: {name}")
    assert found == []


def test_axe_finds_nothing_on_the_sign_in_of_the_desk_nor_on_the_open_pages(
    arrive: Callable[..., Visitor], scene: Scene, manager_token: str
) -> None:
    found = findings(arrive().page, "desk sign-in")
    visitor = arrive(token=manager_token)
    for path in ("/install", "/api/docs"):
        visitor.page.goto(scene.service.address + path)
        found += findings(visitor.page, path)
    assert found == []
