"""A delivery of three lines in which nothing is wrong, by somebody who has done it before."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.handset import Handset
from tests.browser.scene import Scene
from tests.browser.tapping import Counted, receive_three_lines
from tests.handheld import Handheld

TAPS_MOST = 40
_COLD_AFTER_DRY = """async () => {
  const { allWell } = await import("./app/phone/screens/receiving/carry_over.js");
  const item = { id: "H06", type: "temperature", may_be_not_applicable: true };
  const marked = (largest) => allWell([{ item, lineId: null, answer: null, bounds: { smallest: null, largest } }], () => ({ not_applicable: true })).length;
  return [marked(null), marked(8000000n)];
}"""  # noqa: E501


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
    # A cold vehicle is measured, though the last delivery was dry and had nothing to measure.
    assert handset.page.evaluate(_COLD_AFTER_DRY) == [1, 0]
    handset.find_signal()
    handset.wait_until_safe()
    manager = Handheld(scene.service.address, "manager1", "", token=manager_token)
    detail = manager.get(f"/api/v1/goods-receipts/{receipt_id}").expect(200).json
    assert detail["document"]["decision"] == "accepted"
    assert detail["document"]["status"] == "signed"
    assert detail["photos"]["stored"] == detail["photos"]["announced"] == 12
