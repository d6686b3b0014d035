"""Documents about notices and inspections: read in a short transaction, set outside of any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.corrective_actions import answer_links
from server.db.transaction import transaction
from server.reports.documents import Press
from server.reports.inspection_facts import InspectionFacts, read_inspection
from server.reports.inspection_sheet import inspection_sheet
from server.reports.notice_entries import notice_of, verification_of
from server.reports.notice_facts import NoticeFacts, read_notice
from server.reports.notices import Notice, notice_sheet
from server.reports.receipt_photos import read_previews
from server.reports.typesetting import Sheet, set_pdf
from server.reports.wording import Wording

Entries = Callable[[NoticeFacts, Wording], Notice]


def notice_document(
    session: Session, actor: Actor, press: Press, action_id: str, language: str
) -> tuple[NoticeFacts, Sheet]:
    """The notice (书面通知单 or 限期整改通知书). Begins and ends its own transaction."""
    return _notice_document(session, actor, press, action_id, language, notice_of)


@dataclass(frozen=True, slots=True)
class PrintedNotice:
    number: str
    link_id: str
    content: bytes


def printed_notice(
    session: Session,
    actor: Actor,
    press: Press,
    action_id: str,
    language: str,
    wanted: Mapping[str, Any],
    now: datetime,
) -> PrintedNotice:
    """The notice with the code of a new link on it. Begins and ends its own transactions.

    The token is nowhere but on this paper: so the document is set first, and the link becomes
    good once that is done. Raises as ``answer_links.make_link``.
    """
    token = answer_links.new_token()
    with transaction(session, write=False):
        facts = read_notice(session, actor, action_id)
        actor.require(Permission.ISSUE_RECTIFICATION_ORDER, facts.document["site_id"])
    address = answer_links.link_url(press.address, token)
    sheet = notice_sheet_of(facts, press, language, notice_of, address)
    content = set_pdf(sheet, press.fonts)
    with transaction(session, write=True):
        link = answer_links.make_link(
            session, actor, action_id, wanted, token, now, is_printed=True
        )
        return PrintedNotice(facts.number, link.row.id, content)


def verification_document(
    session: Session, actor: Actor, press: Press, action_id: str, language: str
) -> tuple[NoticeFacts, Sheet]:
    """The verification sheet (整改验证单). Begins and ends its own transaction.

    Raises
    ------
    Problem
        ``not-verified-yet``.
    """
    return _notice_document(session, actor, press, action_id, language, verification_of)


def _notice_document(
    session: Session,
    actor: Actor,
    press: Press,
    action_id: str,
    language: str,
    entries: Entries,
) -> tuple[NoticeFacts, Sheet]:
    with transaction(session, write=False):
        facts = read_notice(session, actor, action_id)
    return facts, notice_sheet_of(facts, press, language, entries)


def notice_sheet_of(
    facts: NoticeFacts,
    press: Press,
    language: str,
    entries: Entries,
    answer_address: str | None = None,
) -> Sheet:
    press.fonts.check()
    words = press.words(language)
    notice = entries(facts, words)
    previews = read_previews(press.storage, press.limits, facts.pictures)
    return notice_sheet(notice, words, press.address, previews, answer_address)


def inspection_document(
    session: Session, actor: Actor, press: Press, inspection_id: str, language: str
) -> tuple[InspectionFacts, Sheet]:
    """The report of an inspection. Begins and ends its own transaction."""
    with transaction(session, write=False):
        facts = read_inspection(session, actor, inspection_id)
    return facts, inspection_sheet_of(facts, press, language)


def inspection_sheet_of(facts: InspectionFacts, press: Press, language: str) -> Sheet:
    press.fonts.check()
    previews = read_previews(press.storage, press.limits, facts.pictures)
    return inspection_sheet(facts, press.words(language), press.address, previews)
