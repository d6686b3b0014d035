"""How a person receives a delivery on the phone, tap by tap."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.handset import Handset
from tests.infrastructure.photos import photo

TEMPERATURES = {"frozen": "20", "chilled": "3"}


class Receiving:
    """One receipt on one phone. Counts the taps, as a person with a stop-watch would."""

    def __init__(self, handset: Handset, folder: Path) -> None:
        self.handset, self.folder = handset, folder
        self.taps = 0
        self.pictures = 0

    @property
    def page(self) -> Page:
        return self.handset.page

    def tap(self, target: Locator) -> None:
        target.tap()
        self.taps += 1

    def foot(self) -> Locator:
        return self.page.locator(".foot .button").last

    def begin(self, supplier: str) -> str:
        """Choose who delivers. Returns the receipt's id."""
        self.handset.open("#/receipts/new")
        self.tap(self.page.locator(".pick", has_text=supplier))
        expect(self.page.locator("h1")).to_have_text("添加货品")
        return self.page.evaluate("location.hash").split("/")[2]

    def add(self, product: str, quantity: str) -> None:
        self.tap(self.page.locator(".pick", has_text=product).first)
        self.page.locator("dialog input").fill(quantity)
        self.tap(self.page.locator("dialog .button"))
        expect(self.page.locator(".chip", has_text=product)).to_be_visible()

    def date(self, product: str) -> None:
        """Produced the day before."""
        self.tap(self.page.locator(".line-card", has_text=product))
        self.tap(self.page.locator(".choice button", has_text="昨天"))
        expect(self.page.locator("input[type=date]").first).not_to_have_value("")
        self.tap(self.foot())

    def pass_gate(self, name: str, storage_class: str = "ambient") -> None:
        """Mark everything as in order, photograph what must be, and go on."""
        page = self.page
        expect(page.locator("h1")).to_have_text(name)
        page.locator(".item").first.wait_for()
        all_well = page.locator("main > .button.quiet:not(.photo-walk)")
        if all_well.count():
            self.tap(all_well)
            expect(all_well).to_have_count(0)
        for item in page.locator(".item").all():
            self._answer(item, storage_class)
        self.tap(self.foot())

    def _answer(self, item: Locator, storage_class: str) -> None:
        reading = item.locator(".reading")
        if item.locator(".na").count() and (
            storage_class not in TEMPERATURES or not reading.count()
        ):
            # What did not apply the last time is marked so by the one tap for all.
            if item.locator(".na").get_attribute("aria-pressed") != "true":
                self.tap(item.locator(".na"))
            return
        if reading.count():
            self.tap(reading)
            for digit in TEMPERATURES[storage_class]:
                self.tap(self.page.locator(f".keypad button:text-is('{digit}')"))
            self.tap(self.page.locator(".keypad .is-main"))
        for field in item.locator("input[type=date]").all():
            field.fill("2026-01-05")
        if item.locator(".photo-count.is-short").count():
            self.photograph(item)
        for field in item.locator("input.field[type=text], textarea.field").all():
            if not field.input_value():
                field.fill("370500-0001")

    def photograph(self, item: Locator) -> None:
        """Take a photo with the system's camera."""
        held = item.locator("button.photo-tile").count()
        self.pictures += 1
        path = self.folder / f"{self.pictures}.jpg"
        path.write_bytes(photo(100 + self.pictures, size=(2400, 1600), orientation=6).content)
        item.locator("input[type=file]").first.set_input_files(path)
        self.taps += 2
        expect(item.locator("button.photo-tile:not(.is-pending)")).to_have_count(held + 1)

    def sample(self, product: str, lot_size: str | None = None) -> None:
        """Draw the sample of one line and find nothing in it."""
        page = self.page
        self.tap(page.locator(".pick", has_text=product))
        if lot_size is not None:
            page.locator("input.is-large").fill(lot_size)
        self.tap(page.locator("main .card .button"))
        expect(page.locator(".plan")).to_be_visible()
        self.tap(page.locator("main > .button.quiet:not(.photo-walk)"))
        for item in page.locator(".item").all():
            if not item.locator(".stepper").count():
                self._answer(item, "ambient")
        expect(page.locator(".banner")).to_have_attribute("data-decision", "accepted")
        self.tap(self.foot())

    def decide(self) -> None:
        """Answer what this gate asks itself, and take over what the findings suggest."""
        expect(self.page.locator("h1")).to_have_text("判定")
        suggest = self.page.locator("main > .button:not(.quiet)")
        suggest.wait_for()
        for item in self.page.locator(".item").all():
            self._answer(item, "ambient")
        self.tap(suggest)

    def sign(self, role: str, witness: str | None = None) -> None:
        page = self.page
        self.tap(page.locator(".foot .button", has_text=role))
        if witness is not None:
            page.locator("dialog select").select_option(label=witness)
            self.taps += 2
        paper = page.locator(".signature-paper")
        box = paper.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + 40)
        page.mouse.down()
        for step in range(8):
            page.mouse.move(box["x"] + 40 + 24 * step, box["y"] + 40 + (step % 3) * 22)
        page.mouse.up()
        self.taps += 1
        self.tap(page.locator(".signature-done"))
        expect(page.locator("dialog")).to_have_count(0)
