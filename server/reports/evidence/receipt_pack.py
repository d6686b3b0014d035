"""The evidence of one goods receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy.orm import Session

from server.access import Actor, Permission
from server.db.transaction import transaction
from server.receiving import amendments, content, index
from server.reports.documents import Press, receipt_sheet_of
from server.reports.evidence.audit_part import audit_parts
from server.reports.evidence.pack import Named, PackContents, kept_versions, split_by_presence
from server.reports.evidence.zip_stream import Part, part_of
from server.reports.receipt_facts import Picture, ReceiptFacts, read_receipt
from server.reports.receipt_photos import photo_titles, plan_photos
from server.reports.receipt_sheet import receipt_samples
from server.reports.wording import Wording


def receipt_pack(
    session: Session, actor: Actor, press: Press, receipt_id: str, language: str
) -> PackContents:
    """Everything about one receipt: its document, photos, papers, samples, versions.

    Raises
    ------
    Problem
        ``record-not-found``; ``forbidden`` for who may not hand evidence out at its site.
    """
    with transaction(session, write=False):
        row = index.receipt_row(session, receipt_id)
        actor.require(Permission.EXPORT_EVIDENCE, row.site_id)
        facts = read_receipt(session, actor, receipt_id)
        versions = kept_versions(session, actor.organisation_id, _records(facts))
        photos = [picture.sha256 for picture in facts.pictures]
        audit = audit_parts(session, actor.organisation_id, _records(facts), photos)
    words = press.words(language)
    sheet = receipt_sheet_of(facts, press, language)
    here, missing = split_by_presence(press.storage, _named(facts, words))
    return PackContents(
        number=facts.number,
        site_id=row.site_id,
        collection=content.COLLECTION,
        record_id=receipt_id,
        version=facts.version,
        sha256=facts.sha256,
        made_at=sheet.made_at,
        sheet=sheet,
        files=here,
        missing=[*missing, *_unannounced(facts)],
        versions=versions,
        extras=[*_sampling(facts, words), *audit],
    )


def _records(facts: ReceiptFacts) -> Iterator[tuple[str, str]]:
    """Whatever the receipt consists of: itself, its amendments, its photos' descriptions."""
    yield content.COLLECTION, facts.document["id"]
    for amendment in facts.amendments:
        yield amendments.COLLECTION, amendment["id"]
    for picture in facts.pictures:
        yield "attachments", picture.id


def _named(facts: ReceiptFacts, words: Wording) -> Iterator[Named]:
    plan, titles = plan_photos(facts), photo_titles(facts)
    for picture in plan.pictures:
        item = titles.get(picture.id)
        is_paper = picture.role == "document" or (item or {}).get("type") == "document"
        yield Named(picture, "papers" if is_paper else "photos", _title(picture, item, words))
    signers = {entry["attachment_id"]: entry for entry in facts.document["signatures"]}
    for picture in plan.signatures:
        entry = signers.get(picture.id)
        role = "photo.signature" if entry is None else f"signature.{entry['role']}"
        name = "" if entry is None else entry["name"]
        yield Named(picture, "signatures", f"{words.label(role)} {name}")


def _title(picture: Picture, item: Mapping[str, Any] | None, words: Wording) -> str:
    if picture.caption:
        return picture.caption
    if item is not None:
        return str(item["en" if words.is_english else "zh"])
    return words.word("photo", picture.role or "other")


def _unannounced(facts: ReceiptFacts) -> Iterator[dict[str, Any]]:
    """Photos the receipt names and no device has described yet: not even their hash is known."""
    known = facts.by_attachment()
    document = facts.document
    named = [
        *document["attachment_ids"],
        *(id_ for answer in document["answers"] for id_ in answer["attachment_ids"]),
        *(entry["attachment_id"] for entry in document["signatures"]),
        *(id_ for amendment in facts.amendments for id_ in amendment["attachment_ids"]),
    ]
    for id_ in dict.fromkeys(named):
        if id_ not in known:
            yield {"id": id_, "sha256": None, "title": "", "reason": "not_announced"}


def _sampling(facts: ReceiptFacts, words: Wording) -> list[Part]:
    """The samples as they are stored, and as a person reads them."""
    basis = (facts.document.get("basis") or {"lines": {}})["lines"]
    verdicts = (facts.document.get("verdict") or {"lines": {}})["lines"]
    data = [
        {
            "sample": sample,
            "product": basis[sample["line_id"]]["product"],
            "plan": basis[sample["line_id"]]["sampling"],
            "classes": verdicts.get(sample["line_id"], {}).get("classes"),
            "lot_decision": verdicts.get(sample["line_id"], {}).get("lot_decision"),
        }
        for sample in facts.document["samples"]
    ]
    text = "\r\n".join(_readable(facts, words))
    return [
        part_of("sampling.json", orjson.dumps(data, option=orjson.OPT_INDENT_2)),
        part_of("sampling.txt", text.replace("\u200b", "").encode("utf-8-sig")),
    ]


def _readable(facts: ReceiptFacts, words: Wording) -> Iterator[str]:
    yield f"{words.label('receipt.sampling')} {facts.number}"
    for sample in receipt_samples(facts, words):
        yield ""
        yield f"{sample['title']}  {sample['standard']}"
        for key in ("lot_size", "sample_size", "inspected", "captured_at", "items", "seed"):
            yield f"  {words.label(f'sample.{key}')}{words.label('colon')}{sample[key]}"
        for row in sample["classes"]:
            yield (
                f"  {row['class']}: {row['plan']}; {row['severity']}; n={row['n']} "
                f"Ac={row['ac']} Re={row['re']}; {words.label('sample.found')} {row['found']}; "
                f"{row['result']}"
            )
        decision = words.label("sample.lot_decision")
        yield f"  {decision}{words.label('colon')}{sample['lot_decision']}"
