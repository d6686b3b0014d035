"""Drafts, publication, versions in force, retirement, confirmation: over HTTP."""

from __future__ import annotations

import copy
from uuid import uuid4

import pytest

from server.access import Role
from tests.checklists.author import CHECKLISTS, DRAFTS, author_in, small_checklist

TODAY = "2026-03-02"  # the test clock's day, in kitchen time


@pytest.fixture
def author(sqlite_world):
    return author_in(sqlite_world)


def problem(answer):
    return answer.status_code, answer.json["type"].removeprefix("/problems/")


# -- drafting ------------------------------------------------------------------------------------


def test_a_new_checklist_is_drafted_saved_and_published(world):
    author = author_in(world)
    draft = author.begin(content=small_checklist()).json
    assert (draft["revision"], draft["faults"]) == (1, [])
    content = {**draft["content"], "zh": "库房每日检查"}
    saved = author.save(draft, content)
    assert (saved.json["revision"], saved.headers["ETag"]) == (2, '"2"')
    answer = author.publish(saved.json, "首次发布")
    assert answer.status_code == 201
    document = answer.json["document"]
    assert (document["version"], document["zh"]) == (1, "库房每日检查")
    assert (document["reason"], document["valid_from"]) == ("首次发布", TODAY)
    assert author.person.get(f"{DRAFTS}/{draft['id']}").status_code == 404
    assert author.in_force()["INS-STORE"] == document


def test_a_draft_may_be_unfinished_and_says_what_is_missing(author):
    draft = author.begin(content=small_checklist(items=[])).json
    assert [fault["pointer"] for fault in draft["faults"]] == ["/items"]
    answer = author.publish(draft)
    assert problem(answer) == (422, "validation-failed")
    assert answer.json["errors"][0]["pointer"] == "/items"
    assert author.person.get(f"{DRAFTS}/{draft['id']}").json == draft


def test_faults_come_in_the_readers_language(author):
    draft = author.begin(content=small_checklist(items=[])).json
    path = f"{DRAFTS}/{draft['id']}"
    english = author.person.get(path, headers={"Accept-Language": "en"}).json
    assert english["faults"][0]["detail"] == "The checklist has no item."
    assert draft["faults"][0]["detail"] == "检查表没有任何项目"


def test_a_saving_nobody_has_seen_is_not_overwritten(author):
    draft = author.begin(content=small_checklist()).json
    assert author.save(draft, {**draft["content"], "zh": "甲"}).status_code == 200
    answer = author.save(draft, {**draft["content"], "zh": "乙"})
    assert problem(answer) == (412, "version-mismatch")
    path = f"{DRAFTS}/{draft['id']}"
    assert author.person.put(path, json=draft["content"]).status_code == 428
    assert author.person.get(path).json["content"]["zh"] == "甲"


def test_saving_the_same_again_makes_no_revision(author):
    draft = author.begin(content=small_checklist()).json
    assert author.save(draft, draft["content"]).json["revision"] == 1


def test_beginning_a_draft_twice_begins_one(author):
    given = {"id": str(uuid4()), "content": small_checklist()}
    first, again = author.begin(**given), author.begin(**given)
    assert first.json == again.json
    assert len(author.person.get(DRAFTS).json["drafts"]) == 1


def test_a_published_code_is_not_taken_by_a_new_checklist(author):
    answer = author.begin(content=small_checklist("RCV-MEAT"))
    assert problem(answer) == (409, "code-is-taken")


def test_a_draft_keeps_its_code(author):
    draft = author.begin(content=small_checklist()).json
    answer = author.save(draft, {**draft["content"], "code": "OTHER"})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/code")


def test_a_draft_thrown_away_is_gone(author):
    draft = author.begin(content=small_checklist()).json
    path = f"{DRAFTS}/{draft['id']}"
    assert author.person.delete(path).status_code == 428
    assert author.person.delete(path, headers={"If-Match": '"1"'}).status_code == 204
    assert author.person.get(path).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"content": small_checklist(), "from_checklist_id": str(uuid4())},
        {"content": {}},
        {"content": {**small_checklist(), "items": [{"id": "x", "type": "magic"}]}},
        {"content": {**small_checklist(), "surprise": 1}},
    ],
)
def test_what_is_no_draft_is_refused(author, given):
    assert problem(author.begin(**given)) == (422, "validation-failed")


def test_only_those_who_write_master_data_write_checklists(sqlite_world, author):
    inspector = sqlite_world.person("inspector")
    draft = author.begin(content=small_checklist()).json
    for method, path, body in (
        ("GET", DRAFTS, None),
        ("GET", f"{DRAFTS}/{draft['id']}", None),
        ("POST", DRAFTS, {"id": str(uuid4()), "content": small_checklist()}),
        ("POST", f"{DRAFTS}/{draft['id']}/publication", {"reason": "x"}),
    ):
        assert inspector.request(method, path, json=body).status_code == 403


def test_another_organisation_sees_no_draft(world):
    author = author_in(world)
    draft = author.begin(content=small_checklist()).json
    stranger = world.person("stranger", Role.QUALITY, [world.abroad])
    assert stranger.get(DRAFTS).json["drafts"] == []
    assert stranger.get(f"{DRAFTS}/{draft['id']}").status_code == 404


# -- versions ------------------------------------------------------------------------------------


def test_a_published_version_never_changes_when_the_next_comes(world):
    author = author_in(world)
    one = author.published()
    two = author.next_version(one, {"zh": "新名"}, reason="改名")
    assert (two["version"], two["reason"]) == (2, "改名")
    assert author.person.get(f"{CHECKLISTS}/{one['id']}").json["document"] == one
    assert author.in_force()["INS-STORE"] == two
    versions = author.person.get(f"{CHECKLISTS}/{one['id']}/versions").json["versions"]
    assert [(v["version"], v["id"]) for v in versions] == [(2, two["id"]), (1, one["id"])]


def test_a_version_of_the_future_is_not_in_force_yet(author, clock):
    one = author.published()
    two = author.next_version(one, {"zh": "下月"}, valid_from="2026-04-01")
    assert author.in_force()["INS-STORE"]["id"] == one["id"]
    assert author.in_force(on="2026-03-31")["INS-STORE"]["id"] == one["id"]
    assert author.in_force(on="2026-04-01")["INS-STORE"]["id"] == two["id"]
    # 00:30 on 1 April in the kitchen is 16:30 on 31 March in UTC.
    clock.now = clock.now.replace(month=3, day=31, hour=16, minute=30)
    author.person.sign_in()
    assert author.in_force()["INS-STORE"]["id"] == two["id"]


@pytest.mark.parametrize("day", ["2026-03-01", "2025-12-31"])
def test_rules_are_not_changed_for_days_gone_by(author, day):
    draft = author.begin(content=small_checklist()).json
    answer = author.publish(draft, valid_from=day)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/valid_from")


def test_versions_come_into_force_in_their_order(author):
    one = author.published()
    author.next_version(one, {"zh": "四月起"}, valid_from="2026-04-01")
    two = author.in_force(on="2026-04-01")["INS-STORE"]
    draft = author.draft_of(two["id"])
    assert author.publish(draft, valid_from="2026-03-15").status_code == 422
    three = author.publish(draft).json["document"]
    assert three["valid_from"] == "2026-04-01"


def test_a_draft_from_an_older_version_is_told_so(author):
    one = author.published()
    early, late = author.draft_of(one["id"]), author.draft_of(one["id"])
    assert author.publish(early).status_code == 201
    assert problem(author.publish(late)) == (409, "draft-outdated")
    assert author.person.get(f"{DRAFTS}/{late['id']}").status_code == 200


def test_two_new_checklists_of_one_code_do_not_both_become_version_one(author):
    first, second = (author.begin(content=small_checklist()).json for _ in range(2))
    assert author.publish(first).status_code == 201
    assert problem(author.publish(second)) == (409, "draft-outdated")


def test_phones_pull_every_version_and_cannot_push_one(author):
    one = author.published()
    two = author.next_version(one, {"zh": "二"})
    pulled = author.person.get("/api/v1/sync/pull?collections=checklists").json["changes"]
    assert {one["id"], two["id"]} <= {change["id"] for change in pulled}
    mutation = {
        "mutation_id": str(uuid4()), "collection": "checklists", "id": one["id"],
        "operation": "upsert", "base_version": 1, "document": {**one, "zh": "改"},
        "captured_at": "2026-03-02T01:00:00Z",
    }  # fmt: skip
    body = {"device_id": author.person.device_id, "mutations": [mutation]}
    result = author.person.post("/api/v1/sync/push", json=body).json["results"][0]
    assert result["status"] == "rejected"
    assert result["problem"]["type"].endswith("/read-only-collection")


# -- differences ---------------------------------------------------------------------------------


def test_the_difference_between_two_versions_is_data(author):
    one = author.published()
    items = copy.deepcopy(one["items"])
    items[1]["limits"] = {"min": "0", "max": "5"}
    added = {**items[0], "id": "S3", "zh": "离地", "en": "Off the floor"}
    two = author.next_version(one, {"items": [added, items[1]], "zh": "库房"})
    found = author.person.get(f"{CHECKLISTS}/{two['id']}/differences").json
    assert (found["older_id"], found["newer_id"]) == (one["id"], two["id"])
    assert [(d["change"], d["pointer"], d["item_id"]) for d in found["differences"]] == [
        ("changed", "/zh", None),
        ("removed", "/items/0", "S1"),
        ("added", "/items/0", "S3"),
        ("changed", "/items/1/limits", "S2"),
    ]
    assert found["differences"][3]["after"] == {"min": "0", "max": "5"}


def test_a_moved_item_is_moved_and_not_changed(author):
    one = author.published()
    two = author.next_version(one, {"items": one["items"][::-1]})
    path = f"{CHECKLISTS}/{two['id']}/differences"
    found = author.person.get(path, query_string={"since": one["id"]}).json["differences"]
    assert [d["change"] for d in found] == ["moved"]


def test_a_first_version_differs_from_nothing(author):
    one = author.published()
    found = author.person.get(f"{CHECKLISTS}/{one['id']}/differences").json
    assert found["differences"] == []


# -- retirement ----------------------------------------------------------------------------------


def test_a_retirement_reaches_the_phones_and_takes_no_version_from_them(world):
    author = author_in(world)
    one = author.published()
    author.person.post(f"{CHECKLISTS}/{one['id']}/retirement", json={"reason": "合并到日检"})
    path = "/api/v1/sync/pull?collections=checklists,checklist_retirements"
    changes = author.person.get(path).json["changes"]
    (retirement,) = [c for c in changes if c["collection"] == "checklist_retirements"]
    assert retirement["document"]["code"] == "INS-STORE"
    assert retirement["document"]["retired_by"] == author.person.user_id
    (version,) = [c for c in changes if c["id"] == one["id"]]
    assert (version["deleted"], version["document"]) == (False, one)


def test_a_retired_checklist_is_offered_no_more_and_still_read(author):
    one = author.published()
    path = f"{CHECKLISTS}/{one['id']}"
    answer = author.person.post(f"{path}/retirement", json={"reason": "合并到日检"})
    assert answer.json["reason"] == "合并到日检"
    assert "INS-STORE" not in author.in_force()
    assert author.person.get(path).json["document"] == one
    assert problem(author.publish(author.draft_of(one["id"]))) == (409, "checklist-retired")
    again = author.person.post(f"{path}/retirement", json={"reason": "另一个理由"})
    assert again.json["reason"] == "合并到日检"


# -- confirmation --------------------------------------------------------------------------------

FIGURE = {"part": "item", "item_id": "S2", "source": "GB 31654-2021 第 5 页"}


def confirm(author, document, **given):
    path = f"{CHECKLISTS}/{document['id']}/confirmations"
    return author.person.post(path, json={"id": str(uuid4()), **FIGURE, **given})


def marks(document):
    return {item["id"]: item["is_confirmed"] for item in document["items"]}


def test_no_author_confirms_a_figure_by_writing_so(author):
    content = small_checklist()
    content["items"][1]["is_confirmed"] = True
    assert marks(author.publish(author.begin(content=content).json).json["document"]) == {
        "S1": True, "S2": False,
    }  # fmt: skip


def test_a_confirmation_is_a_record_of_who_checked_what(world):
    author = author_in(world)
    one = author.published()
    answer = confirm(author, one)
    assert answer.status_code == 201
    document = answer.json["document"]
    assert document["confirmed_by"] == author.person.user_id
    assert document["figure"]["limits"] == {"min": "0", "max": "8"}
    listed = author.person.get(f"{CHECKLISTS}/{one['id']}/confirmations").json
    assert [entry["source"] for entry in listed["confirmations"]] == [FIGURE["source"]]
    pulled = author.person.get("/api/v1/sync/pull?collections=checklist_confirmations").json
    assert [change["document"] for change in pulled["changes"]] == [document]
    assert author.person.get(f"{CHECKLISTS}/{one['id']}").json["document"] == one
    assert problem(confirm(author, one)) == (409, "already-confirmed")


def test_one_list_says_what_is_still_to_be_confirmed_and_who_confirmed_the_rest(world):
    author = author_in(world)
    one = author.published()

    def listed():
        found = author.person.get("/api/v1/checklist-figures").json["figures"]
        return [figure for figure in found if figure["item_id"] == "S2"]

    [before] = listed()
    assert (before["checklist_id"], before["code"], before["item_id"]) == (
        one["id"], one["code"], "S2",
    )  # fmt: skip
    assert before["figure"]["limits"] == {"min": "0", "max": "8"}
    assert before["confirmation"] is None
    confirm(author, one)
    [after] = listed()
    assert after["confirmation"]["source"] == FIGURE["source"]
    assert after["confirmation"]["confirmed_by"] == author.person.user_id
    assert {**after, "confirmation": None} == before
    # In the next version the same figure ships confirmed: there is nothing left to be done.
    author.next_version(one, {"zh": "二"})
    assert listed() == []


def test_the_next_version_keeps_what_was_confirmed_and_is_the_same(author):
    one = author.published()
    confirm(author, one)
    assert marks(author.next_version(one, {"zh": "二"})) == {"S1": True, "S2": True}


def test_a_figure_that_changes_must_be_confirmed_anew(author):
    one = author.published()
    confirm(author, one)
    items = copy.deepcopy(one["items"])
    items[1] |= {"limits": {"min": "0", "max": "10"}, "is_confirmed": True}
    assert marks(author.next_version(one, {"items": items})) == {"S1": True, "S2": False}


def test_the_rule_of_a_grade_is_confirmed_like_a_limit(author):
    rule = {"pass": {"A": 0, "B": 0, "C": 0}, "basic": {"A": 0, "B": 2, "C": 4}}
    one = author.published(grading={**rule, "is_confirmed": True})
    assert one["grading"]["is_confirmed"] is False
    answer = confirm(author, one, part="grading", item_id="")
    assert answer.status_code == 201
    assert author.next_version(one, {"zh": "二"})["grading"]["is_confirmed"] is True


@pytest.mark.parametrize(
    "given",
    [
        {"item_id": "S1"},
        {"item_id": "S9"},
        {"part": "acceptance", "item_id": ""},
        {"part": "item", "item_id": ""},
        {"part": "magic"},
        {"source": ""},
    ],
)
def test_what_needs_no_confirmation_cannot_be_confirmed(author, given):
    assert problem(confirm(author, author.published(), **given)) == (422, "validation-failed")


# -- standards -----------------------------------------------------------------------------------


def test_a_standard_is_kept_with_its_clause_and_days(world):
    author = author_in(world)
    standard = {
        "id": str(uuid4()), "code": "GB 31654-2021", "zh": "餐饮服务通用卫生规范",
        "en": "Catering hygiene", "clause": "第 7 章", "effective_from": "2022-02-22",
    }  # fmt: skip
    path = f"/api/v1/standards/{standard['id']}"
    first = author.person.put(path, json=standard)
    assert first.status_code == 201
    document = first.json["document"]
    assert (document["clause"], document["is_confirmed"]) == ("第 7 章", False)
    assert author.person.put(path, json=standard).status_code == 428
    changed = author.person.put(
        path, json={**standard, "is_confirmed": True}, headers={"If-Match": '"1"'}
    )
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    listed = author.person.get("/api/v1/standards").json["standards"]
    assert [one["document"]["code"] for one in listed] == ["GB 31654-2021"]
    pulled = author.person.get("/api/v1/sync/pull?collections=standards").json["changes"]
    assert [change["version"] for change in pulled] == [2]


def test_a_standard_is_refused_with_a_taken_code_or_days_the_wrong_way_round(author):
    def put(**changes):
        standard = {"id": str(uuid4()), "code": "GB 1", "zh": "标准", "en": "Standard", **changes}
        return author.person.put(f"/api/v1/standards/{standard['id']}", json=standard)

    assert put().status_code == 201
    assert problem(put()) == (409, "code-is-taken")
    days = {"effective_from": "2026-01-02", "effective_until": "2026-01-01"}
    assert problem(put(code="GB 2", **days)) == (422, "validation-failed")


def test_a_version_goes_back_to_a_standard_that_is_there(author):
    begun = author.begin(content=small_checklist(standard_id=str(uuid4())))
    refused = author.publish(begun.json)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == ["/standard_id"]
    standard = {"id": str(uuid4()), "code": "GB 2", "zh": "标准", "en": "Standard"}
    assert author.person.put(f"/api/v1/standards/{standard['id']}", json=standard).status_code < 300
    assert (
        author.published(code="INS-STD", standard_id=standard["id"])["standard_id"]
        == standard["id"]
    )


def test_an_older_organisation_takes_over_what_a_release_brings(sqlite_world):
    quality = sqlite_world.person("quality", Role.QUALITY)

    def offered():
        listed = quality.get("/api/v1/default-checklists").json["default_checklists"]
        return {one["code"]: one["item_count"] for one in listed}

    def take(code):
        return quality.post("/api/v1/default-checklists", json={"code": code})

    assert offered()["REC-WASTE"] == 6
    taken = take("REC-WASTE")
    assert (taken.status_code, taken.json["document"]["version"]) == (201, 1)
    assert "REC-WASTE" not in offered()
    assert take("REC-WASTE").json == taken.json
    checklist_id = taken.json["document"]["id"]
    quality.post(f"{CHECKLISTS}/{checklist_id}/retirement", json={"reason": "不需要"})
    assert "REC-WASTE" not in offered()
    assert problem(take("REC-NOTHING")) == (422, "validation-failed")
    inspector = sqlite_world.person("inspector", Role.INSPECTOR)
    assert inspector.get("/api/v1/default-checklists").status_code == 403
