"""How many taps a delivery of three lines takes in which nothing is wrong, and about how long."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import Measurement
from tests.browser.handset import pick_up
from tests.browser.scene import set_scene
from tests.browser.tapping import Counted, receive_three_lines
from tests.infrastructure.browser import MISSING, find_browser, running_browser
from tests.infrastructure.service import running_service

TAPS_MOST = 40
SECONDS_MOST = 90
# What a practised hand needs (keystroke-level model of Card, Moran and Newell): to point and tap,
# to type a digit, to hold the phone to the next thing and shoot, and to write one's name.
SECONDS = {"tap": 1.3, "key": 0.3, "photo": 3.0, "signature": 4.0}


def measure() -> list[Measurement]:
    path = find_browser()
    if path is None:
        raise SystemExit(MISSING)
    with (
        tempfile.TemporaryDirectory(prefix="yanshou-bench-") as folder,
        running_service(Path(folder) / "data", scheduler="0") as service,
        running_browser(path) as browser,
    ):
        set_scene(service)
        handset = pick_up(browser, service, permissions=["camera"])
        handset.sign_in("inspector1", pin=None)
        handset.wait_until_ready()
        phone = Counted(handset)
        receive_three_lines(phone)
    sys.stdout.write("".join(f"{n:3} {step}\n" for n, step in enumerate(phone.steps, 1)))
    return [
        Measurement("taps, three lines, nothing wrong", phone.taps, "taps", TAPS_MOST),
        Measurement("digits typed", phone.keys, "keys"),
        Measurement("at a practised pace", seconds_of(phone), "s", SECONDS_MOST),
    ]


def seconds_of(phone: Counted) -> float:
    """The time that a practised hand takes for it; the phone's own is not in it."""
    photos = sum(step.endswith("photo") for step in phone.steps)
    signatures = phone.steps.count("sign")
    taps = phone.taps - photos - signatures
    return (
        taps * SECONDS["tap"]
        + phone.keys * SECONDS["key"]
        + photos * SECONDS["photo"]
        + signatures * SECONDS["signature"]
    )
