"""Receipts whose photos are really there, for tests of documents and evidence packs."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from tests.infrastructure.photos import PhotoFile, photo
from tests.infrastructure.tus import announce, upload
from tests.receipts import Draft, reject_line, sign
from tests.receiving_world import Canteen

WIDE = (960, 720)


@cache
def signature_picture(seed: int) -> PhotoFile:
    """A line as a finger draws it on glass, on white."""
    image = Image.new("L", (600, 240), 255)
    draw = ImageDraw.Draw(image)
    points = [(40 + 26 * i, 120 + (seed * 37 + i * i * 29) % 120 - 60) for i in range(20)]
    draw.line(points, fill=20, width=5, joint="curve")
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return PhotoFile(buffer.getvalue(), "image/png")


def keep_photos(canteen: Canteen, draft: Draft, *, without: int = 0) -> list[dict[str, Any]]:
    """Announce and upload the photos a draft names; the last *without* of them stay away."""
    kept = []
    named = list(draft.photos.items())
    for at, (attachment_id, role) in enumerate(named):
        is_signature = role == "signature"
        file = signature_picture(at) if is_signature else photo(at, size=WIDE)
        document = announce(
            canteen.li,
            file,
            id=attachment_id,
            role="signature" if is_signature else "goods",
            owner_collection="goods_receipts",
            owner_id=draft.document["id"],
        )
        if at < len(named) - without:
            assert upload(canteen.li, file).status_code == 201
        kept.append({**document, "content": file.content})
    return kept


def accepted_receipt(canteen: Canteen, *categories: str, **photos: int) -> Draft:
    """Signed, everything in order, photos stored."""
    draft = canteen.signed(*(categories or ("meat", "dry_goods")))
    return _stored(canteen, draft, **photos)


def rejected_receipt(canteen: Canteen, **photos: int) -> Draft:
    """Frozen goods that came too warm: rejected, and the driver signed."""
    draft = canteen.draft("meat", "dry_goods")
    line = draft.line(0)
    draft.answer("M06", line)["value"] = "12.4"
    reject_line(line, "表面温度过高，包装破损")
    draft.document["decision_reason"] = "肉类温度不合格，整批退回；干货合格"
    sign(draft, "driver", None, "刘师傅")
    return _stored(canteen, canteen.finish(draft, "accepted_in_part"), **photos)


def _stored(canteen: Canteen, draft: Draft, **photos: int) -> Draft:
    answer = canteen.put(draft)
    assert answer.status_code == 201, answer.text
    keep_photos(canteen, draft, **photos)
    return draft
