"""Documents about one receipt: read in a short transaction, set outside of any."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.images import ImageLimits
from server.attachments.storage import Storage
from server.db.transaction import transaction
from server.reports.fonts import FontBook
from server.reports.receipt_facts import ReceiptFacts, read_receipt
from server.reports.receipt_photos import plan_photos, read_previews
from server.reports.receipt_sheet import receipt_sheet
from server.reports.rejection_slip import rejection_sheet, slip_pictures
from server.reports.typesetting import TEMPLATES, Sheet
from server.reports.wording import Wording


@dataclass(frozen=True, slots=True)
class Press:
    """What every document is made with."""

    fonts: FontBook
    storage: Storage
    limits: ImageLimits
    address: str

    def words(self, language: str) -> Wording:
        return Wording(language, self.fonts.characters)


def receipt_document(
    session: Session, actor: Actor, press: Press, receipt_id: str, language: str
) -> tuple[ReceiptFacts, Sheet]:
    """The goods-receipt record. Begins and ends its own transaction."""
    with transaction(session, write=False):
        facts = read_receipt(session, actor, receipt_id)
    return facts, receipt_sheet_of(facts, press, language)


def receipt_sheet_of(facts: ReceiptFacts, press: Press, language: str) -> Sheet:
    press.fonts.check()
    photos = plan_photos(facts)
    previews = {
        **read_previews(press.storage, press.limits, photos.pictures),
        **read_previews(press.storage, press.limits, photos.signatures),
    }
    return receipt_sheet(facts, press.words(language), press.address, photos, previews)


def rejection_document(
    session: Session, actor: Actor, press: Press, receipt_id: str, language: str
) -> tuple[ReceiptFacts, Sheet]:
    """The rejection slip. Begins and ends its own transaction.

    Raises
    ------
    Problem
        ``nothing-was-rejected``.
    """
    with transaction(session, write=False):
        facts = read_receipt(session, actor, receipt_id)
    press.fonts.check()
    previews = read_previews(press.storage, press.limits, slip_pictures(facts))
    return facts, rejection_sheet(facts, press.words(language), press.address, previews)


def sheet_etag(sheet: Sheet) -> str:
    """Names what a sheet would look like without setting it: data, pictures and templates."""
    digest = hashlib.sha256(_templates_hash())
    digest.update(orjson.dumps([sheet.template, sheet.language, sheet.made_at.timestamp()]))
    digest.update(orjson.dumps(_plain(sheet.data), option=orjson.OPT_SORT_KEYS))
    for name in sorted(sheet.pictures):
        digest.update(name.encode() + hashlib.sha256(sheet.pictures[name]).digest())
    return digest.hexdigest()[:32]


def _plain(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict(data)


@cache
def _templates_hash() -> bytes:
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()
