"""What a verification finds: places that are not as the audit log says, and how much was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from server.errors import Text

NOTES_MOST = 20
WORDS = {
    "numbers": Text("审计日志缺号或乱序", "the audit log's numbers have a gap"),
    "link": Text("审计条目没有接上前一条", "an audit entry is not chained to the one before it"),
    "entry": Text("审计条目的内容被改动", "an audit entry was changed"),
    "head": Text("审计日志与记下的链头不符", "the audit log is not the one of the noted head"),
    "no_entry": Text("没有审计条目", "there is no audit entry for it"),
    "field": Text("内容与审计条目不符", "it is not what its audit entry says"),
    "gone": Text("记录不见了", "the record is gone"),
    "index": Text("索引与记录文件不符", "an index row is not what the document says"),
    "sequence": Text("变更日志的序号不对", "the change log's sequences are not right"),
    "removal": Text(
        "照片标为已按期删除，审计日志里却没有", "it is marked as removed, and the log knows nothing"
    ),
    "photo_gone": Text("照片文件不见了", "the photo's file is gone"),
    "photo": Text("照片文件被改动", "the photo's file was changed"),
}


@dataclass(frozen=True, slots=True)
class Break:
    """One place where something is not as it must be."""

    kind: str
    where: str
    expected: Any
    found: Any

    def text(self) -> Text:
        words = WORDS[self.kind]
        return Text(
            f"{words.zh}：{self.where}；应为 {self.expected}，实为 {self.found}",
            f"{words.en}: {self.where}; expected {self.expected}, found {self.found}",
        )


@dataclass(slots=True)
class Tally:
    """How much was looked at, by kind; ``not_kept`` counts what compaction has dropped."""

    read: Counter[str] = field(default_factory=Counter)
    total: int = 0
    notes: list[Text] = field(default_factory=list)
    """Worth telling and no break, the first few."""
    on_count: Callable[[], None] | None = None

    def count(self, kind: str, number: int = 1) -> None:
        self.read[kind] += number
        if self.on_count is not None:
            self.on_count()

    def note(self, text: Text) -> None:
        if len(self.notes) < NOTES_MOST:
            self.notes.append(text)

    def done(self) -> int:
        return sum(self.read[kind] for kind in _AMONG_THE_TOTAL)


_AMONG_THE_TOTAL = ("entries", "records", "versions", "photos", "photos_lost", "photos_removed")
