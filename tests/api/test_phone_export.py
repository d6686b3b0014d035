"""``import-phone-export``: an administrator carries out what a phone could not send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import Result

from server.access import Role
from server.cli import init_cli
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.identity.models import User
from tests.api.sync_client import entries_of, entry, mutation
from tests.infrastructure.phone_exports import PASSPHRASE, Entry, phone_export
from tests.infrastructure.photos import photo
from tests.world import Person, World


def work_of(person: Person) -> tuple[dict[str, Any], list[Entry]]:
    """A work log with a photo, as a phone exports them."""
    record, picture = entry(site_id=person.site_ids[0]), photo(71)
    attachment = {
        "id": entry()["id"],
        "site_id": person.site_ids[0],
        "sha256": picture.sha256,
        "size": picture.size,
        "media_type": "image/jpeg",
        "owner_collection": "work_log_entries",
        "owner_id": record["id"],
        "captured_at": "2026-03-02T01:15:30.000Z",
    }
    kept = {"is_handed_over": True, "problem": None}
    mutations = [
        {**mutation(attachment, collection="attachments"), **kept},
        {**mutation(record), **kept},
    ]
    photo_entry = {"photo": {"id": attachment["id"], "media_type": "image/jpeg"}}
    return attachment, [(photo_entry, picture.content), ({"mutations": mutations}, b"")]


def take_in(world: World, path: Path, content: bytes, passphrase: str = PASSPHRASE) -> Result:
    path.write_bytes(content)
    if "import-phone-export" not in world.app.cli.commands:
        init_cli(world.app)
    arguments = ["import-phone-export", str(path), "--passphrase", passphrase]
    return world.app.test_cli_runner().invoke(args=arguments)


def test_what_a_phone_exported_is_carried_out_once_and_as_its_authors(world: World, tmp_path):
    anna = world.person("anna")
    attachment, entries = work_of(anna)
    content = phone_export(anna.user_id, anna.device_id, entries)
    done = take_in(world, tmp_path / "export.yse", content)
    assert done.exit_code == 0, done.output
    assert "2  已写入 applied" in done.output
    assert "1  照片 photos" in done.output
    [change] = entries_of(anna).values()
    assert change["version"] == 1
    stored = anna.get(f"/api/v1/attachments/{attachment['id']}/content")
    assert stored.data == photo(71).content
    again = take_in(world, tmp_path / "export.yse", content)
    assert "2  之前已收到 received before" in again.output
    assert [one["version"] for one in entries_of(anna).values()] == [1]


def test_work_of_a_disabled_account_waits_for_review(sqlite_world: World, tmp_path):
    world = sqlite_world
    anna = world.person("anna")
    admin = world.person("admin", Role.ADMIN)
    _, entries = work_of(anna)
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        with unscoped(session):
            session.get_one(User, anna.user_id).is_active = False
    content = phone_export(anna.user_id, anna.device_id, entries)
    done = take_in(world, tmp_path / "export.yse", content)
    assert "2  待审核 in quarantine" in done.output
    assert entries_of(admin) == {}


def test_a_wrong_passphrase_or_a_strangers_file_changes_nothing(sqlite_world: World, tmp_path):
    world = sqlite_world
    anna = world.person("anna")
    _, entries = work_of(anna)
    content = phone_export(anna.user_id, anna.device_id, entries)
    wrong = take_in(world, tmp_path / "export.yse", content, "another one")
    assert (wrong.exit_code, "口令不对" in wrong.output) == (1, True)
    cut = take_in(world, tmp_path / "export.yse", content[:100])
    assert (cut.exit_code, "不是完整的导出文件" in cut.output) == (1, True)
    stranger = phone_export(anna.user_id, "another-phone", entries)
    unknown = take_in(world, tmp_path / "export.yse", stranger)
    assert (unknown.exit_code, "没有文件中的帐户或设备" in unknown.output) == (1, True)
    assert entries_of(anna) == {}
