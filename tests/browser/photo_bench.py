"""The phone's parts for photos and signatures, put on a page of their own over a new work log."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.handset import Handset

_LAY_OUT = """async ({ required, before }) => {
  const { render, html, useState } = await import("./app/phone/view.js");
  const { PhotoField } = await import("./app/phone/parts/photos/photo_field.js");
  const { SignaturePad } = await import("./app/phone/parts/photos/signature_pad.js");
  const { capture } = await import("./app/phone/storage/outbox.js");
  const { session } = await import("./app/phone/session/session.js");
  const { newId } = await import("./app/phone/storage/ids.js");
  const { user, database } = session();
  const record = { id: newId(), title: "晨会" };
  const owner = { owner_collection: "work_log_entries", owner_id: record.id, site_id: user.sites[0].site_id };
  const write = (photos) => capture(database, [{ collection: owner.owner_collection, document: record }], photos);
  function Bench() {
    const [ids, setIds] = useState([]);
    const onTaken = async (photo) => {
      await write([photo]);
      setIds((all) => [...all, photo.attachment.id]);
    };
    const onRemove = async (gone) => setIds((all) => all.filter((id) => id !== gone));
    return html`<div class="screen">
      <section class="card"><${PhotoField} title="送货单" ids=${ids} required=${required} owner=${owner} role="document" before=${before} onTaken=${onTaken} onRemove=${onRemove} /></section>
      <section class="card"><${SignaturePad} name="王师傅" owner=${owner} onSigned=${(photo) => write([photo])} /></section>
    </div>`;
  }
  render(html`<${Bench} />`, document.querySelector("main"));
  return record.id;
}"""  # noqa: E501
_FILL_UP = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "photo_bytes") throw new DOMException("no space left", "QuotaExceededError");
    return put.apply(this, given);
  };
}"""
_GET = """async (path) => {
  const { session } = await import("./app/phone/session/session.js");
  const headers = { Authorization: `Bearer ${session().token}` };
  const answer = await fetch(`api/v1/${path}`, { headers });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return [answer.status, Array.from(bytes)];
}"""


def lay_out(handset: Handset, *, required: int = 2, before: str | None = None) -> str:
    """Show the parts. Returns the id of the work log that the photos belong to."""
    given = {"required": required, "before": before}
    owner_id: str = handset.page.evaluate(_LAY_OUT, given)
    return owner_id


def fill_up_the_phone(page: Page) -> None:
    """From now on the browser refuses to keep a photo, as one does whose storage is full."""
    page.evaluate(_FILL_UP)


def sign(page: Page) -> None:
    """Draw something that may be a name."""
    paper = page.locator(".signature-paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 20 + 12 * step, box["y"] + 30 + 25 * (step % 2))
    page.mouse.up()


def announced(handset: Handset) -> list[dict[str, Any]]:
    """The photos that wait in the outbox, as they will be announced."""
    return [one["document"] for one in handset.outbox() if one["collection"] == "attachments"]


def stored_bytes(page: Page, attachment_id: str) -> bytes:
    """What the server holds of a photo."""
    status, content = page.evaluate(_GET, f"attachments/{attachment_id}/content")
    assert status == 200
    return bytes(content)


def answer_for(page: Page, attachment_id: str) -> int:
    """The status with which the server answers for a photo's content."""
    status: int = page.evaluate(_GET, f"attachments/{attachment_id}/content")[0]
    return status
