"""The sampling desk: wide and on a phone, in both languages, with the keyboard and offline."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from sampling import find_plan
from sampling.comparison import compare_types, pull_lever
from sampling.curves import operating_characteristic
from sampling.selection import draw_item_numbers
from tests.browser.access import findings

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False}


def go(page: Page, address: str) -> None:
    page.evaluate("address => { location.hash = address; }", address)


def rows_of(download: Download) -> list[list[str]]:
    content = Path(download.path()).read_text(encoding="utf-8-sig")
    return list(csv.reader(content.splitlines()))


def lit(page: Page, place: str) -> list[tuple[str, str]]:
    cells = page.locator(f"td[data-lit={place}]")
    found = cells.evaluate_all("all => all.map((td) => [td.dataset.letter, td.dataset.aql])")
    return [(letter, aql) for letter, aql in found]


def test_a_quality_engineer_looks_a_plan_up_and_goes_on_without_a_network(arrive, manager_token):
    """1440 px, Chinese, by keyboard."""
    visitor = arrive(token=manager_token, **WIDE)
    visitor.expect("ERR_INTERNET_DISCONNECTED")
    page = visitor.page
    page.get_by_role("link", name="抽样方案").click()
    expect(page.get_by_role("heading", name="抽样方案")).to_be_visible()

    # The field for the lot size has the cursor: the number, a tab, the AQL. One click and so few
    # keys that whoever types one in a second still has the plan within ten.
    page.evaluate("addEventListener('keydown', () => { window.keys = (window.keys ?? 0) + 1; })")
    expect(page.get_by_label("批量 N")).to_be_focused()
    page.keyboard.type("80")
    page.keyboard.press("Tab")
    page.keyboard.type("2.5")
    answer = page.locator(".answer")
    expect(answer.locator(".letter")).to_contain_text("E → F")
    expect(answer.locator(".numbers dd")).to_have_text(["20", "1", "2"])
    expect(answer).to_contain_text("已核对")
    assert page.evaluate("window.keys") <= 8
    for sentence in find_plan(80, "2.5").explain("zh-CN"):
        expect(page.locator(".path")).to_contain_text(sentence)
    assert page.url.endswith("#/sampling?n=80&aql=2.5")

    # Risks and curves; the table lights the cell that was asked for and the one it leads to.
    curve = operating_characteristic(find_plan(80, "2.5"))
    figures = page.locator(".plan-figures dd")
    expect(figures.first).to_have_text(f"{curve.producer_risk * 100:.1f}%")
    expect(figures.nth(1)).to_have_text(f"{curve.consumer_quality_10:.3g}%")
    expect(page.locator(".curve canvas")).to_have_count(3)
    assert lit(page, "start") == [("E", "2.5")]
    assert lit(page, "end") == [("F", "2.5")]

    # The curves are read by keyboard too.
    reading = page.locator(".reading-values dd")
    before = reading.nth(1).inner_text()
    page.get_by_role("slider").press("ArrowRight")
    expect(reading.nth(1)).not_to_have_text(before)

    # And by pointing: all three curves are read at one quality.
    at_keyboard = reading.first.inner_text()
    page.locator(".curve").first.scroll_into_view_if_needed()
    page.locator(".curve .u-over").first.hover()
    expect(reading.first).not_to_have_text(at_keyboard)

    # Every view is a link, and a file.
    with page.expect_download() as downloading:
        page.get_by_role("button", name="CSV").click()
    rows = rows_of(downloading.value)
    assert ["1", "20", "20", "1", "2"] in rows
    assert ["标准", "GB/T 2828.1-2012"] in rows

    # The tables as they are printed; arrow keys move the cell.
    page.get_by_role("link", name="标准表").click()
    expect(page.get_by_role("heading", name="表 2-A", exact=True)).to_be_visible()
    scroller = page.locator(".standard-scroll")
    scroller.press("ArrowDown")
    scroller.press("ArrowRight")
    assert page.url.endswith("cell=F")
    expect(page.locator(".cell-path")).to_contain_text("表 2-A，字码 F，AQL 4.0：n 20, Ac 2, Re 3")
    assert lit(page, "end") == [("F", "4.0")]
    page.get_by_role("link", name="4-C", exact=True).click()
    expect(page.get_by_role("heading", name="表 4-C", exact=True)).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="CSV").click()
    table = rows_of(downloading.value)
    assert table[6][:2] == ["F", "2 + 2 + 2 + 2 + 2"]

    # The visit is enough: the next one needs no network.
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visitor.context.set_offline(True)
    go(page, "#/sampling?n=1000&aql=1.0")
    page.reload()
    expect(page.locator(".numbers dd")).to_have_text(["80", "2", "3"])
    expect(page.locator(".curve canvas")).to_have_count(3)
    expect(page.locator(".state")).to_have_text("连接不上")
    expect(page.get_by_role("alert")).to_have_count(0)

    # Nor does its link in a fresh tab, where nobody is signed in; everything else stays closed.
    fresh = visitor.context.new_page()
    fresh.add_init_script("sessionStorage.clear()")
    fresh.goto(page.url)
    expect(fresh.locator(".numbers dd")).to_have_text(["80", "2", "3"])
    assert findings(fresh, "alone") == []
    go(fresh, "#/receipts")
    expect(fresh.get_by_label("密码")).to_be_visible()
    expect(fresh.locator(".numbers")).to_have_count(0)
    fresh.get_by_role("link", name="抽样方案").click()
    expect(fresh.get_by_label("批量 N")).to_be_focused()
    fresh.keyboard.type("80")
    expect(fresh.locator(".numbers dd").first).to_have_text("13")


def test_plans_are_compared_lots_merged_and_items_drawn_on_a_phone(arrive, manager_token):
    """360 px, English, by thumb."""
    visitor = arrive(token=manager_token, locale="en-GB")
    page = visitor.page
    go(page, "#/sampling")
    expect(page.get_by_role("heading", name="Sampling")).to_be_visible()
    page.get_by_label("Lot size N").fill("1,000")
    expect(page.locator(".numbers dd")).to_have_text(["80", "2", "3"])
    expect(page.locator(".answer")).to_be_in_viewport()
    assert findings(page, "plan") == []
    for written, why in (("1", "1 is out of range"), ("x", "not “x”"), ("9" * 16, "out of range")):
        page.get_by_label("Lot size N").fill(written)
        expect(page.get_by_role("alert")).to_contain_text(why)
    page.get_by_label("Lot size N").fill("1000")

    page.get_by_role("link", name="Compare single, double, multiple").tap()
    expect(page.get_by_role("heading", name="Plans side by side")).to_be_visible()
    compared = page.locator(".compare tbody tr")
    risks = [f"{plan.producer_risk * 100:.1f}%" for plan in compare_types(1000, "1.0")]
    expect(compared.nth(5).locator("td")).to_have_text(risks)
    expect(compared.last.locator("td").last).to_have_text("to be confirmed")

    page.get_by_role("link", name="Lot lever").tap()
    page.get_by_label("Sizes of the lots").fill("10x50")
    lever = pull_lever([50] * 10, "1.0")
    verdict = page.locator(".lever-verdict")
    expect(verdict.locator("strong")).to_have_text(
        [str(lever.items_separate), str(lever.items_merged)]
    )
    expect(verdict).to_contain_text("may not be made one lot")
    for box in page.get_by_role("checkbox").all():
        box.check()
    expect(verdict).to_contain_text("they may be one lot")

    go(page, "#/sampling/draw?n=1000&aql=1.0&seed=ab12")
    drawn = [str(number) for number in draw_item_numbers(1000, 80, "ab12")]
    expect(page.locator(".item-numbers li")).to_have_text(drawn)
    page.get_by_role("button", name="Another seed").tap()
    expect(page.locator(".item-numbers li")).not_to_have_text(drawn)
    expect(page.locator(".item-numbers li")).to_have_count(80)
    page.get_by_role("radio", name="Stratified").check()
    page.get_by_label("Items in each stratum").fill("400, 500")
    expect(page.get_by_role("alert")).to_contain_text("900")
    go(page, "#/sampling?n=80&aql=15&measure=percent_nonconforming")
    expect(page.get_by_role("alert")).to_contain_text("only count nonconformities")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
