"""The catalogues of the phone app's pure modules, and a text as the app shows it."""

from __future__ import annotations

import json
import re
from typing import Any

from server.pwa.static_files import FOLDER


def texts(language: str) -> dict[str, str]:
    path = FOLDER / "catalogues" / "rules" / f"{language}.json"
    held: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return held


def rendered(language: str, message: dict[str, Any]) -> str:
    """As the phone app shows it."""
    return re.sub(
        r"\{(\w+)\}",
        lambda place: str(message["params"].get(place[1], place[0])),
        texts(language)[message["key"]],
    )
