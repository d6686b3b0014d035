"""The page can be read and used: on narrow screens, in the dark, by keyboard, with a thumb."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_page import open_receipt

pytestmark = pytest.mark.browser
AA = 4.5
AA_LARGE = 3.0
THUMB = 44

# Every visible text with what it stands on: [text, contrast, is large].
_CONTRASTS = """() => {
  const parse = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts[3] ?? 1 };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { rgb, alpha } = parse(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return rgb;
      if (alpha > 0) throw new Error(`half transparent ground: ${at.className}`);
    }
    return [255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim();
    const element = walk.currentNode.parentElement;
    if (!text || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const pair = [luminance(parse(style.color).rgb), luminance(ground(element))];
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    const size = parseFloat(style.fontSize), weight = Number(style.fontWeight);
    found.push([text, contrast, size >= 24 || (size >= 18.66 && weight >= 700)]);
  }
  return found;
}"""

_CONTROLS = """() => [...document.querySelectorAll("a, button, input, summary")]
  .filter((control) => control.checkVisibility())
  .map((control) => {
    const { width, height } = control.getBoundingClientRect();
    return [control.textContent.trim() || control.name || control.getAttribute("aria-label"),
      width, height];
  })"""

_OVERHANG = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(arrive, manager_token, scene, scheme):
    page = arrive(token=manager_token, color_scheme=scheme).page
    texts = page.evaluate(_CONTRASTS)
    for name in ("flour", "dumplings", "sauce"):
        open_receipt(page, scene, name)
        texts += page.evaluate(_CONTRASTS)
    assert len(texts) > 100
    faint = [(t, round(c, 2)) for t, c, is_large in texts if c < (AA_LARGE if is_large else AA)]
    assert faint == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_form_stands_out_too(arrive, scheme):
    page = arrive(color_scheme=scheme).page
    faint = [
        t for t, c, is_large in page.evaluate(_CONTRASTS) if c < (AA_LARGE if is_large else AA)
    ]
    assert faint == []


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_hangs_over_the_side(arrive, manager_token, scene, locale, width):
    viewport = {"width": width, "height": 740}
    page = arrive(token=manager_token, locale=locale, viewport=viewport).page
    assert page.evaluate(_OVERHANG) == 0
    for name in ("flour", "dumplings", "cabbage", "tofu"):
        open_receipt(page, scene, name)
        assert page.evaluate(_OVERHANG) == 0, name


def test_every_control_is_large_enough_for_a_thumb(arrive, manager_token, scene):
    page = arrive(token=manager_token).page
    controls = page.evaluate(_CONTROLS)
    for name in ("flour", "dumplings", "pork"):
        open_receipt(page, scene, name)
        controls += page.evaluate(_CONTROLS)
    small = [control for control in controls if min(control[1:]) < THUMB]
    assert small == []


def test_the_sign_in_works_by_keyboard_alone_and_shows_where_it_stands(arrive, scene):
    page = arrive(has_touch=False, is_mobile=False).page
    stops = []
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "() => [document.activeElement.name || document.activeElement.textContent,"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
        )
    assert stops == [
        ["中文", "solid"],
        ["EN", "solid"],
        ["username", "solid"],
        ["password", "solid"],
        ["登录", "solid"],
    ]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("inspector1")
    page.keyboard.press("Tab")
    page.keyboard.type(scene.service.accounts()["inspector1"])
    page.keyboard.press("Enter")
    page.locator(".desk-tabs button").click()
    expect(page.locator("dialog .account")).to_contain_text("刘洋")


def test_a_receipt_is_opened_and_left_by_keyboard(arrive, manager_token):
    page = arrive(token=manager_token, has_touch=False, is_mobile=False).page
    page.locator(".receipt-card").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".receipt h2")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".receipt-card").first).to_be_focused()


def test_a_wide_screen_shows_list_and_receipt_side_by_side(arrive, manager_token):
    viewport = {"width": 1280, "height": 800}
    page = arrive(token=manager_token, viewport=viewport, has_touch=False, is_mobile=False).page
    card = page.locator(".receipt-card").nth(12)
    card.click()
    expect(page.locator(".receipt h2")).to_be_visible()
    expect(card).to_be_in_viewport()
    expect(card).to_have_attribute("aria-current", "true")


def test_who_asks_for_less_motion_gets_none(arrive, manager_token):
    page = arrive(token=manager_token).page
    moving = page.evaluate("() => document.getAnimations().length")
    assert moving == 0


def test_every_picture_has_a_text_and_every_control_a_name(manager, scene):
    open_receipt(manager, scene, "flour")
    nameless = manager.evaluate(
        "() => [...document.querySelectorAll('button, a')]"
        ".filter((control) => !control.textContent.trim() && !control.ariaLabel).length"
    )
    assert nameless == 0
    assert manager.locator("img:not([alt])").count() == 0


def test_the_documentation_of_the_api_wears_the_same_clothes(arrive, scene):
    visitor = arrive()
    visitor.page.goto(scene.service.address + "/api/docs")
    expect(visitor.page.locator(".card").first).to_be_visible()
    assert visitor.page.evaluate(_OVERHANG) == 0
