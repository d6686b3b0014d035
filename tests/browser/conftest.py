"""One browser and one filled service for all browser tests of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.handset import Handset, pick_up
from tests.browser.scene import Scene, add_old_drafts, set_scene
from tests.browser.visitor import PATIENCE_MS, Visitor, visit
from tests.handheld import Handheld
from tests.infrastructure.browser import MISSING, find_browser, running_browser
from tests.infrastructure.service import running_service

MORE_THAN_A_PAGE = 16
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with running_browser(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The service with a morning's receipts in it. Asked for after the browser: without one, the
    wait would be for nothing."""
    with running_service(tmp_path_factory.mktemp("service"), scheduler="0") as service:
        scene = set_scene(service)
        add_old_drafts(scene.here, MORE_THAN_A_PAGE)
        yield scene


@pytest.fixture
def arrive(browser: Browser, scene: Scene) -> Iterator[Callable[..., Visitor]]:
    """Open the page as somebody with a phone; what the browser complained of fails the test."""
    visitors: list[Visitor] = []

    def open_page(**options: object) -> Visitor:
        visitors.append(visit(browser, scene.service, **options))
        return visitors[-1]

    yield open_page
    complaints = [complaint for visitor in visitors for complaint in visitor.leave()]
    assert complaints == []


@pytest.fixture(scope="session")
def manager_token(scene: Scene) -> str:
    """A sign-in of the manager of both canteens that no test ends."""
    passwords = scene.service.accounts()
    return Handheld(scene.service.address, "manager1", passwords["manager1"]).sign_in().token


@pytest.fixture(scope="session")
def inspector_token(scene: Scene) -> str:
    """A sign-in of who receives goods at the first canteen, at a browser of their own."""
    passwords = scene.service.accounts()
    return Handheld(scene.service.address, "inspector1", passwords["inspector1"]).sign_in().token


@pytest.fixture
def manager(arrive: Callable[..., Visitor], manager_token: str) -> Page:
    """The page of the manager, the list shown."""
    return arrive(token=manager_token).page


@pytest.fixture
def hand_out(browser: Browser, scene: Scene) -> Iterator[Callable[..., Handset]]:
    """Hand a phone out; what its browser complained of fails the test."""
    handsets: list[Handset] = []

    def hand_one_out(**options: object) -> Handset:
        handsets.append(pick_up(browser, scene.service, **options))
        return handsets[-1]

    yield hand_one_out
    complaints = [complaint for handset in handsets for complaint in handset.leave()]
    assert complaints == []
