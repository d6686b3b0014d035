"""The application's press: fonts and stores, opened once by ``create_app``."""

from __future__ import annotations

import structlog
from flask import Flask, current_app

from server.attachments.storage import Storage, image_limits
from server.config import Settings
from server.errors import Problem
from server.reports.documents import Press
from server.reports.fonts import open_fonts

_PRESS = "yanshou.press"
_log = structlog.get_logger("yanshou.reports")


def init_press(app: Flask, settings: Settings, storage: Storage) -> Press:
    """Look for the fonts now: what is missing is told at the start and by ``/readyz``."""
    fonts = open_fonts(settings.font_path)
    press = Press(fonts, storage, image_limits(settings), settings.public_address)
    app.extensions[_PRESS] = press
    try:
        fonts.check()
    except Problem as problem:
        _log.error("no documents can be made", reason=problem.to_dict("en")["detail"])
    return press


def current_press() -> Press:
    press: Press = current_app.extensions[_PRESS]
    return press
