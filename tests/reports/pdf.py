"""Reading documents back: their text, and how their pages look."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """All text without spaces and places to break: a line ends where the page makes it end."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "".join("".join(pages).replace("\u200b", "").split())


def page_count(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)


def without_spaces(text: str) -> str:
    return "".join(text.split())


def ink_beyond_the_margin(page: bytes, margin_mm: float = 8.0, ppi: float = 96) -> int:
    """How many dark pixels stand in the margins of a page, where nothing may be printed."""
    image = Image.open(BytesIO(page)).convert("L")
    edge = int(margin_mm / 25.4 * ppi)
    dark = image.point(lambda level: 255 if level < 160 else 0)
    width, height = image.size
    boxes = [
        (0, 0, edge, height),
        (width - edge, 0, width, height),
        (0, 0, width, edge),
        (0, height - edge, width, height),
    ]
    return sum(dark.crop(box).histogram()[255] for box in boxes)


def ink(page: bytes) -> float:
    """The share of a page that is not white."""
    levels = Image.open(BytesIO(page)).convert("L").histogram()
    return 1 - sum(levels[250:]) / sum(levels)
