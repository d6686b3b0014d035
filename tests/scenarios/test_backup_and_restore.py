"""The commands of docs/OPERATIONS.md, run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from tests.handheld import Handheld
from tests.infrastructure.photos import photo
from tests.infrastructure.service import ROOT, Service, running_service

DOCUMENT = (ROOT / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
LOG = "work_log_entries"


def run_documented(name: str, data: Path, copy: Path) -> str:
    """Run the block ``name`` of the document in a shell, with this Python."""
    match = re.search(rf"^```sh {name}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert match is not None
    binaries = Path(sys.executable).parent
    script = match[1].replace(".venv/bin/", f"{binaries}/")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("YANSHOU_")},
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "DATA": str(data),
        "COPY": str(copy),
    }
    done = subprocess.run(
        ["/bin/sh", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def note(phone: Handheld, title: str) -> str:
    """Write and push one entry of the work log. Returns its id."""
    document = {"id": str(uuid4()), "title": title}
    phone.capture(LOG, document)
    assert [result["status"] for result in phone.push()] == ["applied"]
    return document["id"]


def send_photo(phone: Handheld, entry_id: str) -> str:
    picture, attachment_id = photo(7), str(uuid4())
    owner = {"id": entry_id, "site_id": phone.user["sites"][0]["site_id"]}
    phone.announce(attachment_id, picture.content, owner, "goods", "2026-03-02T01:15:30Z")
    assert [result["status"] for result in phone.push()] == ["applied"]
    phone.upload(attachment_id)
    return attachment_id


def sign_in(service: Service, password: str) -> Handheld:
    return Handheld(service.address, "inspector1", password).sign_in()


def test_a_restored_service_has_what_was_copied_and_no_phone_misses_anything(tmp_path):
    data, copy, restored = (tmp_path / name for name in ("data", "copy", "restored"))
    copy.mkdir()
    with running_service(data, log_level="error") as service:
        password = service.accounts()["inspector1"]
        phone = sign_in(service, password)
        kept = note(phone, "备份之前")
        attachment_id = send_photo(phone, kept)
        run_documented("backup", data, copy)
        note(phone, "备份之后")
        phone.pull()
        assert service.stop() == 0
    told = run_documented("restore", restored, copy)
    assert "重新拉取" in told
    assert "will pull anew" in told
    with running_service(restored, log_level="error") as service:
        phone.reach(service.address)
        refused = phone.get("/api/v1/sync/pull", cursor=phone.cursor or "")
        assert refused.status == 410
        assert refused.json["type"].endswith("cursor-expired")
        fresh = sign_in(service, password)
        fresh.pull()
        assert [entry["title"] for entry in fresh.documents(LOG)] == ["备份之前"]
        picture = fresh.get(f"/api/v1/attachments/{attachment_id}/content").expect(200)
        assert picture.body == photo(7).content
        later = note(fresh, "恢复之后")
        fresh.pull()
        assert fresh.document(LOG, later) is not None
