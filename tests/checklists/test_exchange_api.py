"""Importing and exporting over HTTP and on the command line."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from server.checklists.service import COLLECTION
from server.cli import init_cli
from server.db.base import current_session
from server.db.change_store import publish
from server.db.scope import Scope, enter_scope
from server.db.transaction import transaction
from server.http.context import current_time
from tests.checklists.author import CHECKLISTS, DRAFTS, author_in, small_checklist
from tests.checklists.forms import INSPECTION, survey

IMPORTS = "/api/v1/checklist-imports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def author(sqlite_world):
    return author_in(sqlite_world)


def send(author, content, media_type=XLSX, **query):
    return author.person.post(IMPORTS, data=content, content_type=media_type, query_string=query)


def test_a_form_is_reported_first_and_kept_as_a_draft_when_asked(world):
    author = author_in(world)
    first = send(author, INSPECTION)
    assert first.status_code == 200
    assert first.json["draft_id"] is None
    assert len(first.json["report"]) == 22
    assert author.person.get(DRAFTS).json["drafts"] == []
    draft_id = str(uuid4())
    kept = send(author, INSPECTION, dry_run="false", draft_id=draft_id)
    assert (kept.status_code, kept.json["draft_id"]) == (201, draft_id)
    assert kept.json["report"] == first.json["report"]
    draft = author.person.get(f"{DRAFTS}/{draft_id}").json
    assert draft["content"] == first.json["content"]
    assert draft["faults"] == kept.json["faults"]
    again = send(author, INSPECTION, dry_run="false", draft_id=draft_id)
    assert again.status_code == 201
    assert len(author.person.get(DRAFTS).json["drafts"]) == 1


def test_what_keeps_an_imported_form_from_being_published_is_told(author):
    faults = send(author, INSPECTION).json["faults"]
    assert [(fault["pointer"], fault["detail"]) for fault in faults] == [
        ("/items/1/unit", "项目 chiller 没有写单位"),
        ("/items/3/unit", "项目 age 没有写单位"),
    ]


@pytest.mark.parametrize(
    ("format_", "media_type"), [("xlsform", XLSX), ("json", "application/json")]
)
def test_an_exported_version_comes_back_as_the_draft_of_the_next(author, format_, media_type):
    one = author.published()
    answer = author.person.get(f"{CHECKLISTS}/{one['id']}/export", query_string={"format": format_})
    assert answer.mimetype == media_type
    assert "INS-STORE-1." in answer.headers["Content-Disposition"]
    draft_id = str(uuid4())
    kept = send(author, answer.data, media_type, format=format_, dry_run="false", draft_id=draft_id)
    assert kept.json["report"] == []
    draft = author.person.get(f"{DRAFTS}/{draft_id}").json
    assert draft["based_on"] == one["id"]
    two = author.publish(draft).json["document"]
    found = author.person.get(f"{CHECKLISTS}/{two['id']}/differences").json
    assert found["differences"] == []


def test_nobody_confirms_figures_by_importing_them(author):
    one = author.published()
    file = author.person.get(f"{CHECKLISTS}/{one['id']}/export?format=json").data
    forged = file.replace(b'"is_confirmed": false', b'"is_confirmed": true')
    assert forged != file
    draft_id = str(uuid4())
    send(author, forged, "application/json", format="json", dry_run="false", draft_id=draft_id)
    draft = author.person.get(f"{DRAFTS}/{draft_id}").json
    two = author.publish(draft).json["document"]
    assert [item["is_confirmed"] for item in two["items"]] == [True, False]


def test_a_draft_is_exported_as_it_stands(author):
    draft = author.begin(content=small_checklist()).json
    file = author.person.get(f"{DRAFTS}/{draft['id']}/export").data
    names = [cell.value for cell in load_workbook(io.BytesIO(file))["survey"]["B"]]
    assert names == ["name", "S1", "S2"]


@pytest.mark.parametrize(
    ("content", "query", "slug"),
    [
        (b"nothing", {}, "import-unreadable"),
        (b"", {}, "import-unreadable"),
        (b"x" * (3 * 1024 * 1024), {}, "import-too-large"),
        (INSPECTION, {"format": "json"}, "import-unreadable"),
        (INSPECTION, {"format": "magic"}, "validation-failed"),
        (INSPECTION, {"dry_run": "false"}, "validation-failed"),
        (INSPECTION, {"dry_run": "perhaps"}, "validation-failed"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_the_readers_language(author, content, query, slug):
    for language, has_chinese in (("zh-CN", True), ("en", False)):
        answer = author.person.post(
            IMPORTS, data=content, content_type=XLSX, query_string=query,
            headers={"Accept-Language": language},
        )  # fmt: skip
        assert answer.json["type"] == f"/problems/{slug}"
        assert answer.status_code in (413, 422)
        assert any("一" <= sign <= "鿿" for sign in answer.json["detail"]) is has_chinese


def test_inspectors_import_nothing(sqlite_world, author):
    inspector = sqlite_world.person("inspector")
    answer = inspector.post(IMPORTS, data=INSPECTION, content_type=XLSX)
    assert answer.status_code == 403


def test_a_version_published_before_sections_existed_is_drafted_exported_and_compared(world):
    author = author_in(world)
    old = author.published()
    new_in_items = ("section", "is_required", "required_when", "weight")
    bare = {name: old[name] for name in old if name not in {"sections", "standard_id", "reason"}}
    bare["items"] = [
        {name: value for name, value in item.items() if name not in new_in_items}
        for item in old["items"]
    ]
    with world.app.app_context(), transaction(current_session(), write=True):
        session, actor = current_session(), world.actor(author.person)
        enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
        publish(session, actor, COLLECTION, old["id"], None, bare, current_time())
    two = author.next_version(old, {"zh": "二"})
    assert two["items"] == old["items"]
    found = author.person.get(f"{CHECKLISTS}/{two['id']}/differences").json["differences"]
    assert [one["pointer"] for one in found] == ["/zh"]
    assert author.person.get(f"{CHECKLISTS}/{old['id']}/export").status_code == 200


# -- the command line ----------------------------------------------------------------------------


def test_the_command_line_tells_what_would_come_of_a_file(sqlite_app, tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(INSPECTION)
    init_cli(sqlite_app)
    runner = sqlite_app.test_cli_runner()
    told = runner.invoke(args=["read-checklist", str(path), "--language", "en"])
    assert told.exit_code == 0
    assert "survey!8 type [left_out] select_multiple yes_no: Several choices" in told.output
    assert "/items/1/unit ! Item chiller has no unit." in told.output
    path.write_bytes(survey({"type": "text"})[:500])
    assert runner.invoke(args=["read-checklist", str(path)]).exit_code == 1


def test_the_command_line_writes_the_newest_version(sqlite_world, author, tmp_path):
    author.published()
    init_cli(sqlite_world.app)
    runner = sqlite_world.app.test_cli_runner()
    for ending in ("xlsx", "json"):
        path = tmp_path / f"store.{ending}"
        assert runner.invoke(args=["write-checklist", "INS-STORE", str(path)]).exit_code == 0
        told = runner.invoke(args=["read-checklist", str(path)])
        assert told.output == "INS-STORE: 2 items\n"
    assert runner.invoke(args=["write-checklist", "GONE", str(path)]).exit_code == 1
    assert runner.invoke(args=["write-checklist", "INS-STORE", str(tmp_path / "x")]).exit_code == 1
