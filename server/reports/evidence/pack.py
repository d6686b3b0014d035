"""What a pack holds, whichever kind of record it is about."""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from server.access import Actor
from server.attachments.storage import Storage
from server.blobs.store import storage_trouble
from server.db.audit import record_audit
from server.db.change_log import SyncRecord, SyncRecordVersion
from server.db.transaction import transaction
from server.reports.documents import Press, sheet_etag
from server.reports.evidence.audit_part import EXPORTED
from server.reports.evidence.names import file_name, suffix_of
from server.reports.evidence.zip_stream import Part, part_of, stream_zip
from server.reports.receipt_facts import Picture
from server.reports.typesetting import Sheet, set_pdf

FORMAT = 1
"""Of manifest.json; raised when a checker would have to read it differently."""
_FILES = Path(__file__).parent / "files"
_VERSIONS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Named:
    """A picture and where it belongs: ``photos``, ``papers`` or ``signatures``."""

    picture: Picture
    folder: str
    title: str


@dataclass
class Versions:
    """The stored texts of all kept versions, in a file without a name: they may be many."""

    file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    places: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """Name in the pack → offset, length, SHA-256."""
    newest: dict[tuple[str, str], str] = field(default_factory=dict)
    """(collection, id) → name of the newest version."""

    def __post_init__(self) -> None:
        # Whoever sends the pack closes it; a pack that is never sent does not leave it open.
        weakref.finalize(self, self.file.close)

    def add(self, collection: str, record_id: str, version: int, text: str) -> None:
        content = text.encode()
        name = f"documents/{collection}/{record_id}/v{version:04d}.json"
        digest = hashlib.sha256(content).hexdigest()
        self.places[name] = (self.file.seek(0, 2), len(content), digest)
        self.file.write(content)
        self.newest[collection, record_id] = name

    def parts(self) -> Iterator[Part]:
        for name in sorted(self.places):
            offset, length, digest = self.places[name]
            yield Part(name, length, lambda o=offset, n=length: self._read(o, n), digest)  # type: ignore[misc]

    def _read(self, offset: int, length: int) -> Iterator[bytes]:
        self.file.seek(offset)
        yield self.file.read(length)


@dataclass(frozen=True)
class PackContents:
    """One record's evidence, read and ready to be sent."""

    number: str
    site_id: str
    collection: str
    record_id: str
    version: int
    sha256: str
    made_at: datetime
    sheet: Sheet
    files: Sequence[Named]
    missing: Sequence[Mapping[str, Any]]
    versions: Versions
    extras: Sequence[Part]

    def etag(self) -> str:
        """The same for the same contents, told without setting the document."""
        hashes = [place[2] for _, place in sorted(self.versions.places.items())]
        shown = [named.picture.sha256 for named in self.files]
        shown += [hashlib.sha256(b"".join(part.read())).hexdigest() for part in self.extras]
        told = [
            FORMAT,
            sheet_etag(self.sheet),
            hashes,
            shown,
            list(self.missing),
            _program().decode(),
        ]
        return hashlib.sha256(orjson.dumps(told)).hexdigest()[:32]


PackMaker = Callable[[Session, Actor, Press, str, str], PackContents]
"""Reads the evidence of a record: (session, actor, press, record id, language). Begins and ends its
own transaction."""


def kept_versions(
    session: Session, organisation_id: str, records: Iterable[tuple[str, str]]
) -> Versions:
    """Every version of *records* (collection, id) that is kept, each as it was stored."""
    versions = Versions()
    tables: tuple[Table, Table] = (SyncRecordVersion.__table__, SyncRecord.__table__)  # type: ignore[assignment]
    for collection, record_id in records:
        for table in tables:
            rows = session.execute(
                select(table.c.version, table.c.deleted, table.c.document)
                .where(
                    table.c.organisation_id == organisation_id,
                    table.c.collection == collection,
                    table.c.id == record_id,
                )
                .order_by(table.c.version),
                execution_options={"yield_per": _VERSIONS_AT_ONCE},
            )
            for version, deleted, text in rows:
                if not deleted:
                    versions.add(collection, record_id, version, text)
    return versions


def split_by_presence(
    storage: Storage, named: Iterable[Named]
) -> tuple[list[Named], list[dict[str, Any]]]:
    """What can be put into the pack, and what cannot, with the reason.

    Raises
    ------
    Problem
        ``storage-unavailable``: a pack must not call missing what is only out of reach.
    """
    here: list[Named] = []
    missing: list[dict[str, Any]] = []
    for entry in named:
        picture = entry.picture
        reason = None if picture.is_stored else "not_arrived"
        if picture.is_removed:
            reason = "removed"
        if reason is None:
            with storage_trouble():
                reason = None if storage.blobs.stat(picture.sha256) is not None else "lost"
        if reason is None:
            here.append(entry)
        else:
            told = {"id": picture.id, "sha256": picture.sha256, "title": entry.title}
            missing.append({**told, "reason": reason})
    return here, missing


def pack_stream(contents: PackContents, press: Press) -> Iterator[bytes]:
    """The ZIP. The document is set before the first byte is sent: what fails, fails whole."""
    try:
        pdf = set_pdf(contents.sheet, press.fonts)
    except BaseException:
        contents.versions.file.close()
        raise
    parts = [
        part_of("README.txt", _readme(contents.number)),
        part_of("document.pdf", pdf),
        *contents.extras,
        *_picture_parts(contents, press.storage),
        *contents.versions.parts(),
        part_of("manifest.json", orjson.dumps(_manifest(contents), option=orjson.OPT_INDENT_2)),
        part_of("check.py", _program()),
    ]

    def pieces() -> Iterator[bytes]:
        with closing(contents.versions.file):
            yield from stream_zip(pack_folder(contents), parts, contents.made_at)

    return pieces()


def record_export(session: Session, actor: Actor, contents: PackContents, now: datetime) -> None:
    """A pack leaves the house: who took it is on record before its first byte is sent."""
    with transaction(session, write=True):
        record_audit(
            session,
            actor,
            EXPORTED,
            now,
            site_id=contents.site_id,
            collection=contents.collection,
            record_id=contents.record_id,
            details={"version": contents.version, "etag": contents.etag()},
        )


def pack_folder(contents: PackContents) -> str:
    return file_name(contents.number, otherwise=contents.record_id)


def _picture_parts(contents: PackContents, storage: Storage) -> Iterator[Part]:
    for name, entry in _named_files(contents.files):
        sha256, size = entry.picture.sha256, entry.picture.size
        yield Part(
            name,
            size,
            lambda s=sha256, n=size: storage.blobs.open_range(s, 0, n),  # type: ignore[misc]
            sha256,
        )


def _named_files(files: Sequence[Named]) -> Iterator[tuple[str, Named]]:
    """Numbered within their folder, in the order they were taken."""
    counts: dict[str, int] = {}
    for entry in files:
        counts[entry.folder] = at = counts.get(entry.folder, 0) + 1
        title = file_name(entry.title, otherwise="photo")
        yield f"{entry.folder}/{at:03d} {title}{suffix_of(entry.picture.media_type)}", entry


def _manifest(contents: PackContents) -> dict[str, Any]:
    newest = contents.versions.newest
    return {
        "format": FORMAT,
        "number": contents.number,
        "record": {
            "collection": contents.collection,
            "id": contents.record_id,
            "version": contents.version,
            "sha256": contents.sha256,
            "file": newest[contents.collection, contents.record_id],
        },
        "files": [
            {
                "file": name,
                "id": entry.picture.id,
                "sha256": entry.picture.sha256,
                "captured_at": entry.picture.captured_at,
                "document": newest["attachments", entry.picture.id],
            }
            for name, entry in _named_files(contents.files)
        ],
        "missing": list(contents.missing),
    }


def _readme(number: str) -> bytes:
    text = (_FILES / "README.txt").read_text(encoding="utf-8")
    # Windows' editor needs the mark and the line ends to show Chinese as Chinese.
    return text.format(number=number).replace("\n", "\r\n").encode("utf-8-sig")


@cache
def _program() -> bytes:
    return (_FILES / "check.py").read_bytes()
