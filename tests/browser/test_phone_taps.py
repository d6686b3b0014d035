"""A delivery of three lines in which nothing is wrong, by somebody who has done it before."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.handset import Handset
from tests.browser.scene import Scene
from tests.browser.tapping import Counted, receive_three_lines
from tests.handheld import Handheld

TAPS_MOST = 40


def test_three_lines_with_nothing_wrong_take_forty_taps(
    hand_out: Callable[..., Handset], scene: Scene, manager_token: str
) -> None:
    handset = hand_out(permissions=["camera"])
    handset.sign_in("inspector1", pin=None)
    handset.wait_until_ready()
    handset.lose_signal()
    counted = Counted(handset)
    receipt_id = receive_three_lines(counted)
    assert counted.taps <= TAPS_MOST, counted.steps
    handset.find_signal()
    handset.wait_until_safe()
    manager = Handheld(scene.service.address, "manager1", "", token=manager_token)
    detail = manager.get(f"/api/v1/goods-receipts/{receipt_id}").expect(200).json
    assert detail["document"]["decision"] == "accepted"
    assert detail["document"]["status"] == "signed"
    assert detail["photos"]["stored"] == detail["photos"]["announced"] == 12
