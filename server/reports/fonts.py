"""The fonts documents are set in, and which characters they can show.

Nothing is taken from the machine: the same record looks the same everywhere. Without the fonts no
document is made at all, since a typesetter without a font draws boxes and says nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont
from typst import FontInfo, Fonts

from server.errors import FONTS_MISSING, Problem

FONT_PACKAGES = ("pylopdf_fonts_zh_cn", "manimgx_fonts_cjk", "manimgx_fonts")
"""Python packages that hold nothing but fonts under the SIL Open Font License."""

SONG = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "FangSong")
HEI = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "SimHei", "Microsoft YaHei")
"""For text (宋体) and for headings and labels (黑体); the first one there is is taken."""


@dataclass(frozen=True)
class FontBook:
    """The fonts of some folders, found once for each process."""

    folders: tuple[Path, ...]

    @cached_property
    def found(self) -> Sequence[FontInfo]:
        fonts = Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(folder) for folder in self.folders if folder.is_dir()],
        )
        return fonts.fonts()

    @cached_property
    def families(self) -> frozenset[str]:
        return frozenset(font.family for font in self.found)

    def song(self) -> list[str]:
        """Families for running text, the first one first, the others for what it lacks."""
        return self._chain(SONG, HEI)

    def hei(self) -> list[str]:
        return self._chain(HEI, SONG)

    def _chain(self, *wanted: Iterable[str]) -> list[str]:
        leading = [name for names in wanted for name in names if name in self.families]
        return [*leading, *sorted(self.families.difference(leading))]

    def check(self) -> None:
        """Refuse if there is no font for Chinese text.

        Raises
        ------
        Problem
            ``fonts-missing``, naming the folders that were searched.
        """
        if not self.families.intersection((*SONG, *HEI)):
            raise Problem(FONTS_MISSING, folders=", ".join(map(str, self.folders)) or "—")

    @cached_property
    def characters(self) -> frozenset[int]:
        """Every character that one font at least has a picture of."""
        found: set[int] = set()
        for path, index in sorted({(font.path, font.index) for font in self.found if font.path}):
            with TTFont(path, fontNumber=index, lazy=True) as font:
                found.update(font.getBestCmap() or ())
        return frozenset(found)


@cache
def open_fonts(font_path: str | None) -> FontBook:
    """The fonts of *font_path* (folders, separated as in PATH), else those of the packages."""
    if font_path:
        return FontBook(tuple(Path(part) for part in font_path.split(os.pathsep) if part))
    specs = [find_spec(name) for name in FONT_PACKAGES]
    return FontBook(
        tuple(Path(folder) for s in specs if s for folder in s.submodule_search_locations or ())
    )
