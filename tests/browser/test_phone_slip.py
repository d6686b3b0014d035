"""The rejection slip: made without signal while the driver waits, signed, and taken along."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import expect

from tests.browser.handset import Handset
from tests.browser.photo_bench import sign

_REFUSE_A_DELIVERY = """async () => {
  const { capture } = await import("./app/phone/storage/outbox.js");
  const { documents } = await import("./app/phone/storage/records.js");
  const { takePhoto } = await import("./app/phone/parts/photos/taking.js");
  const { session } = await import("./app/phone/session/session.js");
  const { newId, today } = await import("./app/phone/storage/ids.js");
  const { user, database } = session();
  const site_id = user.sites[0].site_id;
  const [supplier] = await documents(database, "suppliers");
  const [product] = await documents(database, "products");
  const id = newId();
  const owner = { owner_collection: "goods_receipts", owner_id: id, site_id };
  const picture = new OffscreenCanvas(320, 240);
  picture.getContext("2d").fillRect(0, 0, 160, 240);
  const bytes = await picture.convertToBlob({ type: "image/jpeg" });
  const photo = await takePhoto(bytes, { ...owner, role: "goods", source: "camera" });
  const quantities = { delivered_quantity: "40", accepted_quantity: "0", rejected_quantity: "40" };
  const line = { id: newId(), product_id: product.id, unit: product.unit, ...quantities,
    pending_quantity: "0", supplier_batch_number: "B7", rejection_reason: "包装破损，漏液" };
  const document = { id, site_id, provisional_number: "L-0007", supplier_id: supplier.id,
    vehicle_plate: "沪A·82K15", driver_name: "赵师傅", delivered_on: today(), lines: [line],
    answers: [], samples: [], signatures: [], attachment_ids: [photo.attachment.id],
    decision: "rejected", decision_reason: "" };
  await capture(database, [{ collection: "goods_receipts", document }], [photo]);
  return { id, supplier: supplier.name, product: product.name };
}"""
_HAS_MASTER_DATA = """async () => {
  const { documents } = await import("./app/phone/storage/records.js");
  const { session } = await import("./app/phone/session/session.js");
  const { database } = session();
  const names = ["suppliers", "products"];
  const held = await Promise.all(names.map((name) => documents(database, name)));
  return held.every((all) => all.length > 0);
}"""


def test_a_refused_delivery_gives_a_slip_without_signal_and_the_driver_signs_it(
    hand_out: Callable[..., Handset],
) -> None:
    handset = hand_out()
    page = handset.sign_in("inspector1")
    handset.open("#/safety")
    page.click("text=立即上传")
    expect(page.locator(".card [role=status]").first).to_contain_text("上次同步")
    assert page.evaluate(_HAS_MASTER_DATA)
    handset.lose_signal()
    refused = page.evaluate(_REFUSE_A_DELIVERY)
    handset.open(f"#/receipts/{refused['id']}/slip")
    slip = page.locator(".slip")
    for said in (refused["supplier"], refused["product"], "L-0007", "包装破损，漏液", "沪A·82K15"):
        expect(slip).to_contain_text(said)
    expect(slip.locator(".slip-photos img")).to_have_count(1)
    expect(slip.locator(".code path")).to_have_count(1)
    page.click("text=请司机签名")
    sign(page)
    page.click(".signature-done")
    expect(slip.locator(".slip-signature img")).to_have_count(1)
    expect(page.locator(".signature")).to_have_count(0)
    waiting = {one["collection"]: one["document"] for one in handset.outbox()}
    [signature] = waiting["goods_receipts"]["signatures"]
    assert (signature["role"], signature["name"]) == ("driver", "赵师傅")
    assert waiting["attachments"]["role"] == "signature"
    with page.expect_download() as saved:
        page.click("text=发送图片")
    assert saved.value.suggested_filename == "L-0007.png"
    image = Image.open(io.BytesIO(saved.value.path().read_bytes()))
    assert image.width == 1080
    # Nothing of a slip may lie below the fold of a small phone.
    box, foot = slip.bounding_box(), page.locator(".foot").bounding_box()
    assert box is not None
    assert foot is not None
    page.evaluate("scrollTo(0, 0)")
    assert box["y"] + box["height"] <= foot["y"]
    # Sent, the server takes the driver's signature as it is.
    handset.find_signal()
    handset.wait_until_safe()
