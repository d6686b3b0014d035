"""Official tables, ready to be printed. Each begins and ends its own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.db.transaction import transaction
from server.receiving.models import GoodsReceipt
from server.receiving.search import EVERY_RECEIPT, receipt_filter
from server.registers.models import RegisterEntry
from server.reports.documents import Press
from server.reports.lists import PRINTED_ROWS_MAX, Asked, purchase_checks
from server.reports.receipt_rows import Period
from server.reports.register_lists import RegisterList
from server.reports.register_rows import narrowed
from server.reports.registers import register_sheet, start_of
from server.reports.typesetting import Sheet


def period_of(query: Mapping[str, Any]) -> Period:
    first, last = date.fromisoformat(query["from_"]), date.fromisoformat(query["to"])
    wanted = receipt_filter(query) if "decision" in query else EVERY_RECEIPT
    return Period(first, last, query["site_id"], wanted)


def printed_purchase_checks(
    session: Session, actor: Actor, press: Press, period: Period, language: str
) -> Sheet:
    """The purchase-check table of a period, ready to be set."""
    press.fonts.check()
    words = press.words(language)
    with transaction(session, write=False):
        table = purchase_checks(Asked(session, actor, words, period), PRINTED_ROWS_MAX)
        changed = session.scalar(
            select(func.max(GoodsReceipt.updated_at)).where(
                GoodsReceipt.delivered_on.between(period.first, period.last)
            )
        )
        made_at = changed or start_of(period.first)
        return register_sheet(table, words, made_at, empty=words.label("checks.none"))


def printed_register(
    session: Session,
    actor: Actor,
    press: Press,
    make: RegisterList,
    period: Period,
    language: str,
) -> Sheet:
    """A register's entries of a period, ready to be set."""
    press.fonts.check()
    words = press.words(language)
    with transaction(session, write=False):
        table = make(Asked(session, actor, words, period), PRINTED_ROWS_MAX)
        newest = narrowed(select(func.max(RegisterEntry.updated_at)), period, make.register)
        made_at = session.scalar(newest) or start_of(period.first)
        return register_sheet(table, words, made_at, empty=words.label("registers.none"))
