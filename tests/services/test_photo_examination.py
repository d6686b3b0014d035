"""What happens to a photo after its upload: small versions, likeness, flags, and losses."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image, ImageEnhance
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from server.access import Role
from server.attachments.examination import Examiner
from server.attachments.flagging import judge_attachment
from server.attachments.flags import FlagLimits
from server.attachments.losses import lost_contents
from server.attachments.models import Attachment, Blob, PhotoLikeness
from server.attachments.pictures import VARIANTS
from server.attachments.relations import new_likeness
from server.attachments.storage import current_storage
from server.db.base import current_session, db
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.context import current_settings, current_time
from server.identity.models import Site
from server.jobs.registry import JOBS
from server.jobs.running import run_job
from tests.conftest import TestClock
from tests.infrastructure.photos import PhotoFile, photo, undecodable_png
from tests.infrastructure.tus import announce, path, record, stored_photo, upload
from tests.world import Person, World

LOST = next(job for job in JOBS if job.name == "find_lost_photos")


def examine(world: World) -> int:
    with world.app.app_context():
        try:
            examiner = Examiner(
                current_session(), current_storage(), current_settings(), current_time()
            )
            return examiner.examine_waiting()
        finally:
            db.session.remove()


@contextmanager
def looking_across(world: World, *, write: bool) -> Iterator[Session]:
    """A transaction that is narrowed to nobody's sites."""
    with world.app.app_context():
        session = current_session()
        with transaction(session, write=write), unscoped(session):
            yield session


def flags(person: Person, document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The flags of a photo by their codes."""
    found = record(person, document["id"])["flags"] or []
    return {flag["code"]: flag for flag in found}


def data_dir(world: World) -> Path:
    with world.app.app_context():
        return current_settings().data_dir


def owned(owner_id: str | None = None) -> dict[str, str]:
    return {"owner_collection": "goods_receipts", "owner_id": owner_id or str(uuid4())}


def scene(seed: int, *, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture of light and shadow; another seed is another scene."""
    image = Image.frombytes("L", (8, 6), random.Random(seed).randbytes(48))
    return image.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def jpeg(image: Image.Image, quality: int = 90) -> PhotoFile:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return PhotoFile(buffer.getvalue())


def place_site(world: World, latitude: str, longitude: str, radius_m: int | None = None) -> None:
    with looking_across(world, write=True) as session:
        site = session.get_one(Site, world.north)
        site.latitude, site.longitude, site.radius_m = latitude, longitude, radius_m


# -- small versions ------------------------------------------------------------------------------


def test_upload_decodes_nothing_and_the_examination_makes_every_small_version(
    world: World,
) -> None:
    li, file = world.person("li"), photo(1)
    document = stored_photo(li, file)
    derived = data_dir(world) / "derived"
    assert not derived.exists()
    assert (document["width"], document["height"]) == (640, 480)
    assert examine(world) == 1
    made = sorted(path_.name for path_ in derived.rglob("*") if path_.is_file())
    assert len(made) == len(VARIANTS) == 4
    assert all(name.startswith(file.sha256) for name in made)
    before = {path_: path_.stat().st_mtime_ns for path_ in derived.rglob(f"{file.sha256}*")}
    for size in ("preview", "thumbnail"):
        assert li.get(path(document, size)).status_code == 200
    assert before == {path_: path_.stat().st_mtime_ns for path_ in before}
    assert examine(world) == 0


def test_photo_without_anything_to_say_gets_no_second_version(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    version = li.get(f"/api/v1/attachments/{document['id']}").json["version"]
    examine(sqlite_world)
    assert li.get(f"/api/v1/attachments/{document['id']}").json["version"] == version


def test_photo_that_cannot_be_decoded_is_kept_flagged_and_not_shown(sqlite_world: World) -> None:
    li, broken = sqlite_world.person("li"), undecodable_png()
    document = stored_photo(li, broken)
    examine(sqlite_world)
    shown = li.get(path(document, "preview"))
    assert shown.json["type"] == "/problems/preview-impossible"
    assert list(flags(li, document)) == ["unreadable"]
    assert li.get(path(document)).data == broken.content


def test_half_written_small_version_of_a_crash_never_counts_and_goes(
    sqlite_world: World, clock: TestClock
) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    arriving = data_dir(sqlite_world) / "derived" / "arriving"
    arriving.mkdir(parents=True)
    (arriving / "0123").write_bytes(b"half a picture")
    examine(sqlite_world)
    image = Image.open(io.BytesIO(li.get(path(document, "thumbnail")).data))
    image.load()
    clock.now = datetime(2126, 1, 1, tzinfo=UTC)
    expire = next(job for job in JOBS if job.name == "expire_uploads")
    run_job(sqlite_world.app, expire)
    assert list(arriving.iterdir()) == []


# -- the same file, and one like it --------------------------------------------------------------


def test_same_file_in_two_records_is_flagged_in_both_whichever_came_first(world: World) -> None:
    li = world.person("li")
    first = stored_photo(li, photo(1), **owned())
    examine(world)
    assert flags(li, first) == {}
    second = stored_photo(li, photo(1), **owned())
    while examine(world):
        pass
    for document in (first, second):
        assert flags(li, document)["same_content"]["params"] == {"records": 1}


def test_same_file_in_two_answers_of_one_record_is_nothing_to_remark(sqlite_world: World) -> None:
    li, receipt = sqlite_world.person("li"), owned()
    documents = [stored_photo(li, photo(1), **receipt) for _ in range(2)]
    examine(sqlite_world)
    assert [flags(li, document) for document in documents] == [{}, {}]


def test_flag_says_that_there_is_another_record_and_not_which(world: World) -> None:
    li = world.person("li")
    wang = world.person("wang", Role.MANAGER, [world.south])
    theirs = stored_photo(wang, photo(1), **owned(), caption="南区机密")
    ours = stored_photo(li, photo(1), **owned())
    while examine(world):
        pass
    whole = li.get(f"/api/v1/attachments/{ours['id']}").text
    assert "same_content" in whole
    for secret in (theirs["id"], theirs["owner_id"], world.south, "南区"):
        assert secret not in whole
    assert li.get(f"/api/v1/attachments/{ours['id']}/related").json == {"photos": []}
    boss = world.person("boss", Role.MANAGER, [world.north, world.south])
    [seen] = boss.get(f"/api/v1/attachments/{ours['id']}/related").json["photos"]
    assert (seen["attachment_id"], seen["differing_bits"]) == (theirs["id"], 0)


def test_another_organisations_use_of_the_same_file_is_not_told(world: World) -> None:
    li, zhao = world.person("li"), world.person("zhao", Role.MANAGER, [world.abroad])
    documents = [(li, stored_photo(li, photo(1), **owned()))]
    documents.append((zhao, stored_photo(zhao, photo(1), **owned())))
    while examine(world):
        pass
    assert [flags(person, document) for person, document in documents] == [{}, {}]


def test_announcement_whose_file_never_came_flags_nobody(sqlite_world: World) -> None:
    li, wang = (
        sqlite_world.person("li"),
        sqlite_world.person("wang", Role.MANAGER, [sqlite_world.south]),
    )
    ours = stored_photo(li, photo(1), **owned())
    announce(wang, photo(1), **owned())
    while examine(sqlite_world):
        pass
    assert flags(li, ours) == {}


@pytest.mark.parametrize("examined", ["in order", "all at once"])
def test_near_duplicate_is_flagged_on_the_later_photo_alone(
    world: World, clock: TestClock, examined: str
) -> None:
    li, image = world.person("li"), scene(3, size=(1600, 1200))
    older = stored_photo(li, jpeg(image), **owned())
    clock.advance(minutes=5)
    if examined == "in order":
        examine(world)
    smaller = ImageEnhance.Brightness(image.resize((800, 600))).enhance(1.1)
    later = stored_photo(li, jpeg(smaller, 60), **owned())
    other = stored_photo(li, jpeg(scene(11)), **owned())
    while examine(world):
        pass
    assert flags(li, older) == {}
    assert flags(li, other) == {}
    params = flags(li, later)["near_duplicate"]["params"]
    assert params["records"] == 1
    assert params["bits"] <= 10


def test_two_shots_of_one_crate_in_the_same_record_are_nothing_to_remark(
    sqlite_world: World,
) -> None:
    li, receipt, image = sqlite_world.person("li"), owned(), scene(3)
    for quality in (90, 60):
        document = stored_photo(li, jpeg(image, quality), **receipt)
    while examine(sqlite_world):
        pass
    assert flags(li, document) == {}


def test_even_pictures_are_like_nothing(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    documents = [
        stored_photo(li, jpeg(Image.new("RGB", (640, 480), (shade, shade, shade))), **owned())
        for shade in (250, 252)
    ]
    while examine(sqlite_world):
        pass
    assert [flags(li, document) for document in documents] == [{}, {}]


def test_likeness_is_looked_up_by_index_however_many_photos_there_are(world: World) -> None:
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        statement = (
            select(PhotoLikeness.sha256)
            .where(
                PhotoLikeness.organisation_id == world.organisation_id,
                PhotoLikeness.quarter_2.in_([1, 2, 3]),
            )
            .compile(dialect=session.get_bind().dialect, compile_kwargs={"literal_binds": True})
        )
        if session.get_bind().dialect.name == "sqlite":
            plan = session.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all()
        else:
            # As the planner sees a table that never held anything: it takes ten pages for granted.
            session.execute(text("TRUNCATE photo_likenesses"))
            session.execute(text("SET LOCAL enable_seqscan = off"))
            plan = session.execute(text(f"EXPLAIN {statement}")).all()
    assert "quarter_2" in str(plan)
    assert "ix_photo_likenesses_organisation_id_quarter_2" in str(plan)


# -- times, places, clocks, sources --------------------------------------------------------------


def test_late_entry_gallery_and_far_position_are_flagged_with_their_numbers(
    sqlite_world: World,
) -> None:
    place_site(sqlite_world, "31.230416", "121.473701", 300)
    li = sqlite_world.person("li")
    document = stored_photo(
        li,
        photo(1, captured="2026:02:20 09:15:30", position=(31.2394, 121.4737)),
        **owned(),
        entered_at="2026-03-02T01:20:00Z",
        source="gallery",
    )
    examine(sqlite_world)
    found = flags(li, document)
    assert list(found) == ["captured_before_entry", "far_from_site", "from_gallery"]
    assert found["far_from_site"]["params"] == {"distance_m": 999, "limit_m": 300}
    assert "10 天" in found["captured_before_entry"]["text"]["zh-CN"]
    assert found["from_gallery"]["accepted"] is None


def test_clock_of_the_device_is_that_of_its_last_sync_and_stays_by_the_photo(
    world: World,
) -> None:
    li = world.person("li")
    with world.app.app_context(), transaction(current_session(), write=True):
        current_session().execute(
            text(
                "INSERT INTO device_syncs (organisation_id, device_id, user_id, last_sync_at, "
                "clock_offset_ms, sessions) VALUES (:organisation, :device, :user, "
                "'2026-03-02 01:00:00', 300000, 1)"
            ),
            {
                "organisation": _stored_id(world, world.organisation_id),
                "device": li.device_id,
                "user": _stored_id(world, li.user_id),
            },
        )
    document = stored_photo(li, photo(1), **owned())
    examine(world)
    assert flags(li, document)["clock_ahead"]["params"]["offset_seconds"] == 300
    with world.app.app_context(), transaction(current_session(), write=True):
        current_session().execute(text("UPDATE device_syncs SET clock_offset_ms = 0"))
    li.put(
        f"/api/v1/attachments/{document['id']}",
        json={**record(li, document["id"]), "caption": "三号箱"},
        headers={"If-Match": "*"},
    )
    examine(world)
    assert flags(li, document)["clock_ahead"]["params"]["offset_seconds"] == 300


def _stored_id(world: World, id_: str) -> str:
    is_sqlite = "sqlite" in world.app.config["SQLALCHEMY_DATABASE_URI"]
    return id_.replace("-", "") if is_sqlite else id_


def test_judging_again_gives_the_same_and_publishes_nothing(world: World) -> None:
    li = world.person("li")
    document = stored_photo(li, photo(1), **owned(), source="gallery")
    examine(world)
    answer = li.get(f"/api/v1/attachments/{document['id']}").json
    with looking_across(world, write=True) as session:
        session.execute(update(Attachment).values(needs_examination=True))
    assert examine(world) == 1
    assert li.get(f"/api/v1/attachments/{document['id']}").json == answer


def test_phones_pull_the_flags_and_cannot_write_them(world: World) -> None:
    li = world.person("li")
    document = stored_photo(li, photo(1), **owned(), source="gallery", flags=[])
    examine(world)
    pulled = li.get("/api/v1/sync/pull?collections=attachments").json["changes"]
    [found] = [c["document"] for c in pulled if c["id"] == document["id"]]
    assert [flag["code"] for flag in found["flags"]] == ["from_gallery"]
    answer = li.put(
        f"/api/v1/attachments/{document['id']}",
        json={**found, "caption": "新说明", "flags": []},
        headers={"If-Match": "*"},
    )
    assert [flag["code"] for flag in answer.json["document"]["flags"]] == ["from_gallery"]


# -- what the store lost -------------------------------------------------------------------------


def test_lost_photo_is_found_by_the_job_asked_for_and_healed(world: World) -> None:
    li = world.person("li")
    lost, kept, half = (stored_photo(li, photo(n), **owned()) for n in (1, 2, 3))
    examine(world)
    with world.app.app_context():
        current_storage().blobs.delete(lost["sha256"])
    (path,) = (data_dir(world) / "blobs").rglob(half["sha256"])
    path.write_bytes(photo(3).content[:500])
    assert run_job(world.app, LOST) == 2
    assert record(li, kept["id"])["status"] == "stored"
    missing = li.get("/api/v1/attachments/missing").json["attachments"]
    assert {entry["id"] for entry in missing} == {lost["id"], half["id"]}
    assert run_job(world.app, LOST) == 0
    for document, content in ((lost, photo(1)), (half, photo(3))):
        assert record(li, document["id"])["status"] == "expected"
        upload(li, content)
        assert record(li, document["id"])["status"] == "stored"
    assert path.read_bytes() == photo(3).content
    assert li.get("/api/v1/attachments/missing").json["attachments"] == []


def test_evidence_the_store_lost_is_still_evidence(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1), **owned())
    stored_photo(li, photo(2))
    with sqlite_world.app.app_context():
        current_storage().blobs.delete(document["sha256"])
    run_job(sqlite_world.app, LOST)
    mutation = {
        "mutation_id": str(uuid4()),
        "collection": "attachments",
        "id": document["id"],
        "operation": "delete",
        "base_version": 3,
    }
    body = {"device_id": li.device_id, "mutations": [mutation]}
    [result] = li.post("/api/v1/sync/push", json=body).json["results"]
    assert result["problem"]["type"] == "/problems/evidence-is-kept"
    moved = {**record(li, document["id"]), "captured_at": "2020-01-01T00:00:00Z"}
    answer = li.put(f"/api/v1/attachments/{document['id']}", json=moved, headers={"If-Match": "*"})
    assert answer.json["type"] == "/problems/attachment-is-fixed"


def test_store_that_is_not_mounted_loses_nothing(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    for seed in (1, 2, 3):
        stored_photo(li, photo(seed))
    shutil.rmtree(data_dir(sqlite_world) / "blobs")
    with sqlite_world.app.app_context(), transaction(current_session(), write=False):
        assert lost_contents(current_session(), current_storage().blobs) == []


def test_examination_finds_a_loss_too(sqlite_world: World) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1))
    shutil.rmtree(data_dir(sqlite_world) / "blobs")
    examine(sqlite_world)
    assert record(li, document["id"])["status"] == "expected"


# -- trouble -------------------------------------------------------------------------------------


def test_photos_wait_while_the_store_is_away(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = sqlite_world.person("li")
    document = stored_photo(li, photo(1), source="gallery")
    with sqlite_world.app.app_context():
        store = current_storage().blobs
    with monkeypatch.context() as patched:
        patched.setattr(type(store), "open", _away)
        assert examine(sqlite_world) == 0
    assert examine(sqlite_world) == 1
    assert list(flags(li, document)) == ["from_gallery"]


def _away(*_: Any) -> Any:
    raise OSError("the store is away")


def test_photo_examined_for_one_organisation_has_its_likeness_in_the_other(world: World) -> None:
    zhao = world.person("zhao", Role.MANAGER, [world.abroad])
    stored_photo(world.person("li"), jpeg(scene(3)))
    examine(world)
    stored_photo(zhao, jpeg(scene(3)))
    examine(world)
    with looking_across(world, write=False) as session:
        rows = session.scalars(select(PhotoLikeness)).all()
        blobs = session.scalars(select(Blob)).all()
    assert len(rows) == 2
    assert len({(r.quarter_0, r.quarter_1, r.quarter_2, r.quarter_3) for r in rows}) == 1
    assert all(blob.examined_at is not None for blob in blobs)


def test_attachment_that_is_gone_is_judged_without_harm(world: World) -> None:
    limits = FlagLimits(timedelta(1), timedelta(1), timedelta(1), 1)
    with world.app.app_context(), transaction(current_session(), write=True):
        session, id_ = current_session(), str(uuid4())
        with unscoped(session):
            judged = judge_attachment(session, world.organisation_id, id_, limits, current_time())
    assert judged is None


def test_new_likeness_holds_the_hash() -> None:
    row = new_likeness("o", "s", 0x0123456789ABCDEF)
    assert (row.quarter_0, row.quarter_3) == (0x0123, 0xCDEF)
