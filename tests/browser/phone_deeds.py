"""What a person does on the phone, without the screens: for tests about what becomes of it."""

from __future__ import annotations

import base64
from typing import Any

from tests.browser.handset import Handset
from tests.infrastructure.photos import photo

_CAPTURE = """async ({ changes, pictures }) => {
  const { capture } = await import("./app/phone/storage/outbox.js");
  const { takePhoto } = await import("./app/phone/parts/photos/taking.js");
  const { session } = await import("./app/phone/session/session.js");
  const siteId = session().user.sites[0].site_id;
  const facts = (id) => ({
    owner_collection: "goods_receipts", owner_id: id, site_id: siteId,
    role: "goods", source: "camera",
  });
  for (const document of changes) {
    const photos = [];
    for (const picture of pictures[document.id] ?? []) {
      const bytes = Uint8Array.from(atob(picture), (character) => character.charCodeAt(0));
      const file = new Blob([bytes], { type: "image/jpeg" });
      photos.push(await takePhoto(file, facts(document.id)));
    }
    document.attachment_ids.push(...photos.map((one) => one.attachment.id));
    await capture(session().database, [{ collection: "goods_receipts", document }], photos);
  }
}"""
_DRAFT = """async () => {
  const { newId, now, today } = await import("./app/phone/storage/ids.js");
  const { newReceipt } = await import("./app/phone/screens/receiving/documents.js");
  const { documents } = await import("./app/phone/storage/records.js");
  const { session } = await import("./app/phone/session/session.js");
  const [supplier] = await documents(session().database, "suppliers");
  const siteId = session().user.sites[0].site_id;
  const [id, number] = [newId(), `T-${newId().slice(-6)}`];
  return newReceipt({ id, siteId, supplierId: supplier.id, number, day: today(), now: now() });
}"""
_SEEN = """async (id) => {
  const { seen } = await import("./app/phone/storage/records.js");
  const { session } = await import("./app/phone/session/session.js");
  return (await seen(session().database, "goods_receipts", id))?.document ?? null;
}"""
_SYNC = """async () => {
  const { syncNow } = await import("./app/phone/sync/engine.js");
  await syncNow();
}"""


def draft(handset: Handset) -> dict[str, Any]:
    """A new receipt, not written down yet."""
    document: dict[str, Any] = handset.page.evaluate(_DRAFT)
    return document


def write_down(handset: Handset, *documents: dict[str, Any], photos: int = 0) -> None:
    """Write receipts down, each with so many real photos."""
    pictures = {
        document["id"]: [
            base64.b64encode(
                photo(int(document["id"][-4:], 16) + n, size=(1200, 900)).content
            ).decode()
            for n in range(photos)
        ]
        for document in documents
    }
    handset.page.evaluate(_CAPTURE, {"changes": list(documents), "pictures": pictures})


def seen(handset: Handset, receipt_id: str) -> dict[str, Any] | None:
    """The receipt as its person sees it."""
    document: dict[str, Any] | None = handset.page.evaluate(_SEEN, receipt_id)
    return document


def sync(handset: Handset) -> None:
    """One run, now; it may fail and is then tried again by itself."""
    handset.page.evaluate(_SYNC)
