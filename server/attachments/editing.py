"""Whether a file says of itself that a program edited the picture: a hint, never a verdict.

Cameras and phones write the version of their own software into the same tags, so only names that
belong to editors count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from PIL import Image

_EDITORS = re.compile(
    r"photoshop|lightroom|camera raw|\bgimp\b|snapseed|picsart|vsco|pixelmator|affinity|paint\.net|"
    r"\bcanva\b|facetune|faceapp|imagemagick|graphicsmagick|darktable|rawtherapee|capture one|"
    r"luminar|polarr|photoscape|acdsee|corel|paintshop|irfanview|xnview|faststone|photofiltre|"
    r"microsoft (?:windows )?photo|windows photo|ms ?paint|paint 3d|apple photos|^photos \d|"
    r"\bpicasa\b|pixlr|fotor|befunky|remini|inshot|lightleap|photodirector|airbrush|beauty ?plus|"
    r"meitu|美图|美圖|xiuxiu|醒图|轻颜|butterflycam|b612|faceu|轻秀|camera360|相机360|"
    r"photogrid|黄油相机|稿定|创客贴|光影魔术手|isee|剪映|capcut|inkscape|krita|procreate",
    re.IGNORECASE,
)
_XMP_AGENT = re.compile(
    rb"(?:CreatorTool|softwareAgent|ProcessingSoftware|xmp:Software|tiff:Software)"
    rb"\s*(?:=\s*[\"']|>)\s*([^\"'<]{1,120})",
    re.IGNORECASE,
)
_XMP_READ_MOST = 256 * 1024
_LONGEST = 120


def editor_named_in(image: Image.Image, software: Iterable[str]) -> str | None:
    """The editor that *image* names in its tags (*software*), its XMP or its JPEG segments."""
    for name in (*software, *_agents_in_xmp(image), *_agents_in_segments(image)):
        if _EDITORS.search(name):
            return name[:_LONGEST]
    return None


def _agents_in_xmp(image: Image.Image) -> Iterable[str]:
    packet: Any = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if isinstance(packet, bytes):
        for match in _XMP_AGENT.finditer(packet[:_XMP_READ_MOST]):
            yield match[1].decode("utf-8", "replace").strip()


def _agents_in_segments(image: Image.Image) -> Iterable[str]:
    """Traces of programs that write no name: Photoshop's own blocks in a JPEG."""
    for name, content in getattr(image, "applist", ()):
        if name == "APP12" and content[:5] == b"Ducky":
            yield "Adobe Photoshop (Save for Web)"
        if name == "APP13" and content[:13] == b"Photoshop 3.0" and b"8BIM\x04\x25" in content:
            # Resource 0x0425 is the digest Photoshop leaves of the captions it wrote.
            yield "metadata as Adobe Photoshop writes it"
    text = image.info.get("Software")
    if isinstance(text, str):
        yield text
