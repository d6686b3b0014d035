"""The export file: what the phone seals, the server opens, and neither opens what was changed."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from server.pwa.static_files import FOLDER
from server.sync_api.export_file import (
    ExportEntry,
    NotAnExport,
    WrongPassphrase,
    open_entries,
    read_header,
)
from tests.infrastructure.node import node_program
from tests.infrastructure.phone_exports import PASSPHRASE, phone_export

PROGRAM = Path(__file__).with_name("exports.mjs")
ENTRIES: list[tuple[dict[str, Any], bytes]] = [
    ({"photo": {"id": "photo", "media_type": "image/jpeg"}}, b"\xff\xd8\x00\x01\x02"),
    ({"mutations": [{"mutation_id": "m1", "document": {"title": "晨会"}}]}, b""),
]


def on_the_phone(task: str, path: Path, passphrase: str = PASSPHRASE) -> str:
    command = [node_program(), str(PROGRAM), str(FOLDER), task, str(path), passphrase]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout


def opened_here(content: bytes, passphrase: str = PASSPHRASE) -> list[ExportEntry]:
    file = io.BytesIO(content)
    return list(open_entries(file, read_header(file), passphrase))


def exchanged(content: bytes) -> bytes:
    """The same file with its two entries in the other order."""
    head, _, rest = content.partition(b"}\n")
    length = 4 + int.from_bytes(rest[:4], "big")
    return head + b"}\n" + rest[length:] + rest[:length]


def damaged(content: bytes) -> dict[str, bytes]:
    half, middle = len(content) // 2, len(content) - 20
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    return {
        "flipped": flipped,
        "truncated": content[:half],
        "longer": content + b"\0",
        "exchanged": exchanged(content),
        "fewer": content.replace(b'"entries":2', b'"entries":1').replace(
            b'"entries": 2', b'"entries": 1'
        ),
        "another owner": content.replace(b"u1", b"u2"),
        "text": "冷藏车".encode(),
        "empty": b"",
    }


def test_the_server_opens_what_the_phone_sealed(tmp_path):
    path = tmp_path / "phone.yse"
    on_the_phone("write", path)
    header = read_header(io.BytesIO(path.read_bytes()))
    assert (header.user_id, header.device_id, header.entries) == ("u1", "d1", 2)
    assert header.rounds >= 600_000
    assert [(one.content, one.photo) for one in opened_here(path.read_bytes())] == ENTRIES
    assert "晨会".encode() not in path.read_bytes()


def test_another_phone_opens_it_with_the_passphrase_alone(tmp_path):
    path = tmp_path / "phone.yse"
    path.write_bytes(phone_export("u1", "d1", ENTRIES))
    found = json.loads(on_the_phone("read", path))["result"]
    assert [(one["content"], bytes(one["bytes"] or [])) for one in found] == ENTRIES
    assert json.loads(on_the_phone("read", path, "另一个口令")) == {"thrown": "wrong passphrase"}


@pytest.mark.parametrize("how", list(damaged(b"x" * 40)))
def test_a_file_that_was_changed_is_opened_by_neither(tmp_path, how):
    content = damaged(phone_export("u1", "d1", ENTRIES))[how]
    with pytest.raises((WrongPassphrase, NotAnExport)):
        opened_here(content)
    path = tmp_path / "changed.yse"
    path.write_bytes(content)
    assert json.loads(on_the_phone("read", path))["thrown"] in {"wrong passphrase", "no export"}


def test_a_wrong_passphrase_opens_nothing_here_either():
    with pytest.raises(WrongPassphrase):
        opened_here(phone_export("u1", "d1", ENTRIES), "另一个口令")
