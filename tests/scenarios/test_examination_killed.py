"""The process that examines photos dies at any moment: nothing half made ever counts."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image

from server.attachments.derivatives import Derivatives
from server.http.context import current_settings
from tests.infrastructure.photos import photo
from tests.infrastructure.service import ROOT
from tests.infrastructure.tus import path, record, stored_photo
from tests.services.test_photo_examination import examine
from tests.world import World

# The program is loaded once; each line makes it examine in a child of its own.
EXAMINE = """
import os, sys
from server.app import create_app
from server.config import Settings
from server.jobs.examine_photos import run_examine_photos
from server.db.base import current_session, db
from server.http.context import current_settings, current_time
app = create_app(Settings.from_env({
    "YANSHOU_DATA_DIR": sys.argv[1], "YANSHOU_DATABASE_URL": sys.argv[2],
    "YANSHOU_LOG_LEVEL": "error",
}))
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        with app.app_context():
            db.engine.dispose(close=False)
            print("begun", os.getpid(), flush=True)
            run_examine_photos(current_session(), current_settings(), current_time())
        print("done", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


@contextmanager
def examiner(data_dir: Path, database_url: str) -> Iterator[Callable[[float], bool]]:
    """Examines in a process that gets a SIGKILL after so long; says whether it was done before."""
    command = [sys.executable, "-c", EXAMINE, str(data_dir), database_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:  # type: ignore[call-overload]

        def examine_until_killed(seconds: float) -> bool:
            print("examine", file=process.stdin, flush=True)
            begun, child = process.stdout.readline().split()
            assert begun == "begun"
            time.sleep(seconds)
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
            told = iter(process.stdout.readline, "over\n")
            return "done\n" in list(told)

        yield examine_until_killed


def test_sigkill_while_thumbnails_are_made_leaves_no_half_file_that_counts(
    sqlite_world: World,
) -> None:
    li = sqlite_world.person("li")
    files = [photo(seed, size=(2400, 1800)) for seed in range(6)]
    documents = [stored_photo(li, file, source="gallery") for file in files]
    with sqlite_world.app.app_context():
        data_dir, url = current_settings().data_dir, current_settings().database_url
    with examiner(data_dir, url) as examine_until_killed:
        finished = [examine_until_killed(seconds) for seconds in (0.01, 0.04, 0.07, 0.1, 0.15, 0.2)]
    assert not all(finished), "no kill came while there was work"
    for small in (data_dir / "derived").glob("??/??/*"):
        with Image.open(small) as image:
            image.load()
    examine(sqlite_world)
    for document, file in zip(documents, files, strict=True):
        assert li.get(path(document)).data == file.content
        thumbnail = Image.open(io.BytesIO(li.get(path(document, "thumbnail")).data))
        assert thumbnail.size == (320, 240)
        flags = record(li, document["id"])["flags"]
        assert "from_gallery" in [flag["code"] for flag in flags]


def test_full_disk_leaves_no_half_file_and_the_photo_is_shown_later(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    with sqlite_world.app.app_context():
        derived = current_settings().data_dir / "derived"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("server.attachments.derivatives.os.fsync", full)
        assert examine(sqlite_world) == 0
        answer = li.get(path(document, "preview"))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert [place for place in derived.rglob("*") if place.is_file()] == []
    assert examine(sqlite_world) == 1
    assert li.get(path(document, "preview")).status_code == 200


def test_cache_that_was_removed_altogether_is_made_anew(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    examine(sqlite_world)
    with sqlite_world.app.app_context():
        derived = current_settings().data_dir / "derived"
    shutil.rmtree(derived)
    assert li.get(path(document, "preview")).status_code == 200
    assert Derivatives(derived).has(document["sha256"])
