"""Pictures such as a phone at the ramp takes, drawn: goods, papers, thermometers, signatures.

They stand in for photographs in the demo organisation, on the pictures of the README and in the
browser tests: every one is a real JPEG file, and what it shows can be told apart when it is small.
"""

from __future__ import annotations

import io
import random
from functools import cache
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour: TypeAlias = tuple[int, int, int]
SIZE = (960, 720)
_INK, _PAPER, _STEEL, _FLOOR = (38, 44, 60), (246, 244, 238), (178, 188, 194), (120, 126, 128)
_GOODS: dict[str, Colour] = {
    "meat": (196, 84, 84), "chilled_frozen": (150, 190, 222),
    "vegetables": (104, 158, 72), "dry_goods": (206, 168, 104),
}  # fmt: skip


@cache
def goods(category: str, seed: int) -> bytes:
    """Crates or boxes of the category, stacked on a pallet."""
    image, draw, dice = _begin(_FLOOR, seed)
    base = _GOODS[category]
    draw.polygon([(0, 430), (960, 400), (960, 720), (0, 720)], fill=(146, 148, 144))
    draw.rectangle((90, 620, 870, 660), fill=(150, 112, 72))
    for row in range(3):
        for column in range(3):
            x, y = 110 + column * 252 + dice.randint(-6, 6), 440 - row * 186
            shade = _shade(base, dice.randint(-18, 18))
            draw.rectangle((x, y, x + 236, y + 174), fill=shade, outline=_shade(base, -60), width=4)
            draw.rectangle((x, y + 74, x + 236, y + 92), fill=_shade(shade, 26))
            draw.rectangle((x + 130, y + 112, x + 216, y + 156), fill=_PAPER)
            for line in range(3):
                top = y + 121 + line * 11
                draw.line((x + 138, top, x + 190 + dice.randint(0, 18), top), fill=_INK, width=3)
            if category == "vegetables":
                _leaves(draw, dice, x, y)
    return _jpeg(image)


def _leaves(draw: ImageDraw.ImageDraw, dice: random.Random, x: int, y: int) -> None:
    for _ in range(16):
        left, top, size = (
            x + dice.randint(0, 190),
            y - 26 + dice.randint(0, 30),
            dice.randint(30, 56),
        )
        green = (70 + dice.randint(0, 60), 140 + dice.randint(0, 60), 60)
        draw.ellipse((left, top, left + size, top + size * 0.8), fill=green)


@cache
def display(value: str, unit: str, seed: int) -> bytes:
    """A measuring device among the goods; its display reads *value*."""
    image, draw, dice = _begin((186, 204, 214), seed)
    for _ in range(60):
        x, y, size = dice.randint(-40, 960), dice.randint(300, 720), dice.randint(40, 150)
        draw.ellipse(
            (x, y, x + size, y + size * 0.7), fill=_shade((172, 194, 208), dice.randint(-22, 22))
        )
    draw.line((470, 360, 560, 700), fill=_STEEL, width=16)
    draw.rounded_rectangle((210, 90, 750, 400), 46, fill=(44, 62, 72))
    draw.rounded_rectangle((250, 130, 710, 320), 18, fill=(196, 214, 190))
    draw.text((480, 225), value, font=ImageFont.load_default(150), fill=(24, 34, 28), anchor="mm")
    draw.text((692, 150), unit, font=ImageFont.load_default(40), fill=(24, 34, 28), anchor="rt")
    for x in (330, 480, 630):
        draw.ellipse((x - 20, 342, x + 20, 382), fill=(92, 116, 126))
    return _jpeg(image)


@cache
def document(seed: int) -> bytes:
    """A certificate with a red stamp, lying on a steel table, not quite straight."""
    image, _, dice = _begin(_STEEL, seed)
    paper = Image.new("RGBA", (560, 700), (*_PAPER, 255))
    draw = ImageDraw.Draw(paper)
    draw.rectangle((16, 16, 544, 684), outline=(150, 60, 54), width=4)
    draw.rectangle((150, 60, 410, 92), fill=_INK)
    for line in range(13):
        top, end = 140 + line * 34, dice.randint(330, 500)
        draw.line((60, top, 60 + end * 0.3, top), fill=_INK, width=7)
        draw.line((80 + end * 0.3, top, end, top), fill=(110, 114, 126), width=7)
    draw.ellipse((350, 510, 500, 660), outline=(200, 40, 40), width=9)
    draw.polygon(_star(425, 585, 36), fill=(200, 40, 40))
    turned = paper.rotate(dice.uniform(-7, 7), expand=True, resample=Image.Resampling.BICUBIC)
    image.paste(turned, (480 - turned.width // 2, 20), turned)
    return _jpeg(image)


@cache
def signature(seed: int) -> bytes:
    """A name written with a finger, by *seed*."""
    image = Image.new("RGB", (600, 400), "white")
    draw = ImageDraw.Draw(image)
    dice = random.Random(seed)  # noqa: S311 (a drawing)
    left = 60
    for _ in range(3):
        for _ in range(dice.randint(2, 3)):
            _stroke(draw, dice, left)
        left += 165
    return _jpeg(image.filter(ImageFilter.GaussianBlur(1)))


def _stroke(draw: ImageDraw.ImageDraw, dice: random.Random, left: int) -> None:
    start, bend, end = ((left + dice.randint(0, 140), 80 + dice.randint(0, 240)) for _ in range(3))
    points = [
        tuple(
            (1 - t) ** 2 * a + 2 * (1 - t) * t * b + t**2 * c
            for a, b, c in zip(start, bend, end, strict=True)
        )
        for t in (step / 24 for step in range(25))
    ]
    for position, (x, y) in enumerate(points):
        width = 9 - position / 4
        draw.ellipse((x - width, y - width, x + width, y + width), fill=_INK)
    draw.line(points, fill=_INK, width=9, joint="curve")


def _begin(ground: Colour, seed: int) -> tuple[Image.Image, ImageDraw.ImageDraw, random.Random]:
    image = Image.new("RGB", SIZE, ground)
    dice = random.Random(seed)  # noqa: S311 (a drawing)
    return image, ImageDraw.Draw(image), dice


def _shade(colour: Colour, by: int) -> Colour:
    red, green, blue = (max(0, min(255, part + by)) for part in colour)
    return red, green, blue


def _star(x: int, y: int, size: int) -> list[tuple[float, float]]:
    unit = ((0, -1), (0.22, -0.31), (0.95, -0.31), (0.36, 0.12), (0.59, 0.81), (0, 0.38),
            (-0.59, 0.81), (-0.36, 0.12), (-0.95, -0.31), (-0.22, -0.31))  # fmt: skip
    return [(x + size * dx, y + size * dy) for dx, dy in unit]


def _jpeg(image: Image.Image) -> bytes:
    """*image* with the grain of a camera."""
    buffer = io.BytesIO()
    grain = Image.effect_noise(image.size, 14).convert("RGB")
    Image.blend(image, grain, 0.05).save(buffer, "JPEG", quality=84)
    return buffer.getvalue()
